package io.foursight.storage.logs.block.v1;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds templates in the values of a column and writes it as a [TemplateColumn]. Columns of
/// variables with a key are shared by all templates, others belong to one template; what is the
/// same in all rows of a template becomes part of it. Rows of rare templates become one raw column.
/// Owned by one thread.
final class TemplateWriter {
  private static final int MAX_TEMPLATES = 4096;

  /// Templates of fewer rows are not worth a line of the directory.
  private static final int MIN_ROWS = 4;

  private static final int RAW = -1;

  private final Tokenizer tokenizer = new Tokenizer();
  private final Strings values;
  private final long[] times;
  private final int[] ids;
  private final List<TemplateDraft> drafts = new ArrayList<>();
  private int[] table = new int[1024];
  private int[] spans;
  private int spanCount;
  private long[] deltas = new long[256];
  private int deltaCount;

  /// A column that is being filled: `strings`, or distances of times with a layout.
  private static final class Filling {
    final int layout;
    final Strings strings;
    long[] distances = new long[64];
    int count;
    boolean isPrivate;

    Filling(int layout, byte[] bytes) {
      this.layout = layout;
      this.strings = new Strings(bytes);
    }

    void add(long distance) {
      if (count == distances.length) {
        distances = Arrays.copyOf(distances, 2 * count);
      }
      distances[count++] = distance;
    }

    int rows() {
      return layout == Tokenizer.NO_LAYOUT ? strings.count : count;
    }

    boolean isConstant() {
      if (!isPrivate || layout != Tokenizer.NO_LAYOUT) {
        return false;
      }
      for (int i = 1; i < strings.count; i++) {
        if (!strings.same(i, 0)) {
          return false;
        }
      }
      return true;
    }
  }

  /// @param times of the entries when the values are lines, else empty
  TemplateWriter(Strings values, long[] times) {
    this.values = values;
    this.times = times;
    ids = new int[values.count];
    spans = new int[Math.max(64, 8 * values.count)];
  }

  private boolean areLines() {
    return times.length > 0;
  }

  /// Sorts the rows by template.
  ///
  /// @return whether that is of any use
  boolean find() {
    byte[] bytes = values.bytes;
    for (int row = 0; row < values.count; row++) {
      int from = values.starts[row];
      int to = from + values.lengths[row];
      boolean ok =
          areLines()
              ? tokenizer.line(bytes, from, to, times[row])
              : tokenizer.value(bytes, from, to);
      ids[row] = ok ? template(bytes, from, to) : RAW;
      if (ids[row] != RAW) {
        drafts.get(ids[row]).rows++;
        keepSpans();
      } else if (!areLines() && row > 64 && drafts.size() > row / 4) {
        return false;
      }
    }
    return isUseful();
  }

  private boolean isUseful() {
    int covered = 0;
    int variables = 0;
    int kept = 0;
    for (TemplateDraft draft : drafts) {
      if (draft.rows >= minRows()) {
        covered += draft.rows;
        variables += draft.layouts.length;
        kept++;
      }
    }
    if (areLines()) {
      return covered >= values.count / 4;
    }
    return variables > 0 && covered >= values.count / 2 && kept <= Math.max(8, values.count / 8);
  }

  private int minRows() {
    return values.count >= 64 ? MIN_ROWS : 1;
  }

  private int template(byte[] bytes, int from, int to) {
    long hash = TemplateDraft.hash(bytes, from, to, tokenizer);
    int slot = (int) hash & table.length - 1;
    while (table[slot] != 0) {
      int id = table[slot] - 1;
      TemplateDraft draft = drafts.get(id);
      if (draft.hash == hash && draft.fits(bytes, from, to, tokenizer)) {
        return id;
      }
      slot = slot + 1 & table.length - 1;
    }
    if (drafts.size() == MAX_TEMPLATES) {
      return RAW;
    }
    drafts.add(new TemplateDraft(hash, bytes, from, to, tokenizer));
    table[slot] = drafts.size();
    if (2 * drafts.size() > table.length) {
      grow();
    }
    return drafts.size() - 1;
  }

  private void grow() {
    table = new int[4 * table.length];
    for (int id = 0; id < drafts.size(); id++) {
      int slot = (int) drafts.get(id).hash & table.length - 1;
      while (table[slot] != 0) {
        slot = slot + 1 & table.length - 1;
      }
      table[slot] = id + 1;
    }
  }

  private void keepSpans() {
    int n = tokenizer.count;
    if (spanCount + 2 * n > spans.length) {
      spans = Arrays.copyOf(spans, Math.max(2 * spans.length, spanCount + 2 * n));
    }
    for (int i = 0; i < n; i++) {
      spans[spanCount++] = tokenizer.starts[i];
      spans[spanCount++] = tokenizer.ends[i] - tokenizer.starts[i];
      if (tokenizer.layouts[i] != Tokenizer.NO_LAYOUT) {
        if (deltaCount == deltas.length) {
          deltas = Arrays.copyOf(deltas, 2 * deltaCount);
        }
        deltas[deltaCount++] = tokenizer.deltas[i];
      }
    }
  }

  void write(ColumnWriter columns, int depth, GroupOutput out) {
    var fillings = new ArrayList<Filling>();
    var columnsOf = new int[drafts.size()][];
    var keyed = new HashMap<String, Integer>();
    for (int t = 0; t < drafts.size(); t++) {
      TemplateDraft draft = drafts.get(t);
      columnsOf[t] = draft.rows < minRows() ? new int[0] : columnsOf(draft, keyed, fillings);
    }
    var raw = new Filling(Tokenizer.NO_LAYOUT, values.bytes);
    fill(columnsOf, fillings, raw);
    emit(columnsOf, fillings, raw, columns, depth, out);
  }

  private int[] columnsOf(TemplateDraft draft, Map<String, Integer> keyed, List<Filling> fillings) {
    int n = draft.layouts.length;
    var of = new int[n];
    var uses = new HashMap<String, Integer>();
    for (int i = 0; i < n; i++) {
      int layout = draft.layouts[i];
      if (draft.keys[i].length == 0) {
        of[i] = fillings.size();
        var filling = new Filling(layout, values.bytes);
        filling.isPrivate = true;
        fillings.add(filling);
        continue;
      }
      String key = layout + "=" + new String(draft.keys[i], StandardCharsets.ISO_8859_1);
      int use = uses.merge(key, 1, Integer::sum);
      Integer known = keyed.putIfAbsent(use + "=" + key, fillings.size());
      of[i] = known == null ? fillings.size() : known;
      if (known == null) {
        fillings.add(new Filling(layout, values.bytes));
      }
    }
    return of;
  }

  private void fill(int[][] columnsOf, List<Filling> fillings, Filling raw) {
    int span = 0;
    int delta = 0;
    for (int row = 0; row < values.count; row++) {
      int id = ids[row];
      if (id == RAW) {
        raw.strings.add(values.starts[row], values.lengths[row]);
        continue;
      }
      TemplateDraft draft = drafts.get(id);
      int n = draft.layouts.length;
      boolean rare = draft.rows < minRows();
      if (rare) {
        raw.strings.add(values.starts[row], values.lengths[row]);
        ids[row] = RAW;
      }
      for (int i = 0; i < n; i++) {
        boolean isTime = draft.layouts[i] != Tokenizer.NO_LAYOUT;
        if (!rare) {
          Filling filling = fillings.get(columnsOf[id][i]);
          if (isTime) {
            filling.add(deltas[delta]);
          } else {
            filling.strings.add(spans[span], spans[span + 1]);
          }
        }
        delta += isTime ? 1 : 0;
        span += 2;
      }
    }
  }

  private void emit(
      int[][] columnsOf,
      List<Filling> fillings,
      Filling raw,
      ColumnWriter columns,
      int depth,
      GroupOutput out) {
    var numbers = new int[fillings.size()];
    var written = new ArrayList<GroupOutput>();
    var counts = new ArrayList<Integer>();
    for (int c = 0; c < numbers.length; c++) {
      Filling filling = fillings.get(c);
      if (filling.isConstant()) {
        numbers[c] = -1;
        continue;
      }
      numbers[c] = written.size();
      GroupOutput column = out.fresh();
      if (filling.layout != Tokenizer.NO_LAYOUT) {
        TimeColumn.write(filling.layout, filling.distances, filling.count, column);
      } else {
        columns.write(filling.strings, depth + 1, column);
      }
      written.add(column);
      counts.add(filling.rows());
    }
    var templates = new ArrayList<Template>();
    var renumbered = new int[drafts.size()];
    for (int t = 0; t < drafts.size(); t++) {
      renumbered[t] = templates.size();
      if (drafts.get(t).rows >= minRows()) {
        templates.add(folded(drafts.get(t), columnsOf[t], numbers, fillings));
      }
    }
    int rawTemplate = templates.size();
    if (raw.rows() > 0) {
      templates.add(
          new Template(new byte[][] {new byte[0], new byte[0]}, new int[] {written.size()}));
      GroupOutput column = out.fresh();
      columns.write(raw.strings, ColumnWriter.MAX_DEPTH, column);
      written.add(column);
      counts.add(raw.rows());
    }
    for (int row = 0; row < ids.length; row++) {
      ids[row] = ids[row] == RAW ? rawTemplate : renumbered[ids[row]];
    }
    TemplateColumn.write(
        values.count,
        ids,
        templates,
        written,
        counts.stream().mapToInt(Integer::intValue).toArray(),
        out);
  }

  /// The template with constant variables made part of its literals.
  private static Template folded(
      TemplateDraft draft, int[] columns, int[] numbers, List<Filling> fillings) {
    var literals = new ArrayList<byte[]>();
    var variables = new ArrayList<Integer>();
    var literal = new ByteArrayOutputStream();
    for (int i = 0; i < columns.length; i++) {
      literal.writeBytes(draft.literals[i]);
      if (numbers[columns[i]] < 0) {
        literal.writeBytes(fillings.get(columns[i]).strings.value(0));
      } else {
        literals.add(literal.toByteArray());
        literal.reset();
        variables.add(numbers[columns[i]]);
      }
    }
    literal.writeBytes(draft.literals[columns.length]);
    literals.add(literal.toByteArray());
    return new Template(
        literals.toArray(new byte[0][]), variables.stream().mapToInt(Integer::intValue).toArray());
  }
}
