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

  /// Columns of the variables of each draft.
  private final List<int[]> columnsOf = new ArrayList<>();

  private final Map<String, Integer> keyed = new HashMap<>();
  private final List<Filling> fillings = new ArrayList<>();
  private int[] table = new int[1024];

  /// What was written, for [#comesBack].
  private final List<Template> writtenTemplates = new ArrayList<>();

  private final List<Strings> writtenColumns = new ArrayList<>();

  /// A column that is being filled, one value after the other in memory of its own; of times with a
  /// layout also the distances.
  private static final class Filling {
    final int layout;
    final boolean isPrivate;
    final Strings strings = new Strings(new byte[0], 8);
    long[] distances = new long[8];

    /// Where [TemplateWriter#dropRare] reads and writes.
    int from;

    int to;

    Filling(int layout, boolean isPrivate) {
      this.layout = layout;
      this.isPrivate = isPrivate;
    }

    boolean isTime() {
      return layout != Tokenizer.NO_LAYOUT;
    }

    void add(byte[] bytes, int start, int length, long distance) {
      if (isTime()) {
        int row = strings.count;
        if (row == distances.length) {
          distances = Arrays.copyOf(distances, 2 * row);
        }
        distances[row] = distance;
      }
      strings.append(bytes, start, length);
    }

    void keep() {
      strings.starts[to] = strings.starts[from];
      strings.lengths[to] = strings.lengths[from];
      if (isTime()) {
        distances[to] = distances[from];
      }
      from++;
      to++;
    }

    boolean isConstant() {
      if (!isPrivate || isTime()) {
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
        fill(columnsOf.get(ids[row]), bytes);
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
    var draft = new TemplateDraft(hash, bytes, from, to, tokenizer);
    drafts.add(draft);
    columnsOf.add(columns(draft));
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

  private void fill(int[] columns, byte[] bytes) {
    for (int i = 0; i < columns.length; i++) {
      int start = tokenizer.starts[i];
      fillings.get(columns[i]).add(bytes, start, tokenizer.ends[i] - start, tokenizer.deltas[i]);
    }
  }

  void write(ColumnWriter columns, int depth, GroupOutput out) {
    dropRare();
    var raw = new Filling(Tokenizer.NO_LAYOUT, false);
    raw.strings.bytes = values.bytes;
    for (int row = 0; row < values.count; row++) {
      if (ids[row] == RAW) {
        raw.strings.add(values.starts[row], values.lengths[row]);
      }
    }
    emit(raw, columns, depth, out);
  }

  /// Makes the rows of rare templates raw and takes their values out of the columns.
  private void dropRare() {
    if (drafts.stream().allMatch(draft -> draft.rows >= minRows())) {
      return;
    }
    for (int row = 0; row < values.count; row++) {
      int id = ids[row];
      if (id == RAW) {
        continue;
      }
      boolean rare = drafts.get(id).rows < minRows();
      for (int c : columnsOf.get(id)) {
        Filling filling = fillings.get(c);
        if (rare) {
          filling.from++;
        } else {
          filling.keep();
        }
      }
      if (rare) {
        ids[row] = RAW;
      }
    }
    fillings.forEach(filling -> filling.strings.count = filling.to);
  }

  private int[] columns(TemplateDraft draft) {
    int n = draft.layouts.length;
    var of = new int[n];
    var uses = new HashMap<String, Integer>();
    for (int i = 0; i < n; i++) {
      int layout = draft.layouts[i];
      int next = fillings.size();
      if (draft.keys[i].length == 0) {
        fillings.add(new Filling(layout, true));
        of[i] = next;
        continue;
      }
      String key = layout + "=" + new String(draft.keys[i], StandardCharsets.ISO_8859_1);
      int use = uses.merge(key, 1, Integer::sum);
      Integer known = keyed.putIfAbsent(use + "=" + key, next);
      if (known == null) {
        fillings.add(new Filling(layout, false));
      }
      of[i] = known == null ? next : known;
    }
    return of;
  }

  private void emit(Filling raw, ColumnWriter columns, int depth, GroupOutput out) {
    var numbers = new int[fillings.size()];
    var written = new ArrayList<GroupOutput>();
    for (int c = 0; c < numbers.length; c++) {
      Filling filling = fillings.get(c);
      if (filling.strings.count == 0 || filling.isConstant()) {
        // Without rows it is one of rare templates alone.
        numbers[c] = -1;
        continue;
      }
      numbers[c] = written.size();
      GroupOutput column = out.fresh();
      if (filling.isTime()) {
        TimeColumn.write(filling.layout, filling.distances, filling.strings.count, column);
      } else {
        columns.write(filling.strings, depth + 1, column);
      }
      written.add(column);
      writtenColumns.add(filling.strings);
    }
    var renumbered = new int[drafts.size()];
    for (int t = 0; t < drafts.size(); t++) {
      renumbered[t] = writtenTemplates.size();
      if (drafts.get(t).rows >= minRows()) {
        writtenTemplates.add(folded(drafts.get(t), columnsOf.get(t), numbers));
      }
    }
    int rawTemplate = writtenTemplates.size();
    if (raw.strings.count > 0) {
      writtenTemplates.add(
          new Template(new byte[][] {new byte[0], new byte[0]}, new int[] {written.size()}));
      GroupOutput column = out.fresh();
      columns.write(raw.strings, ColumnWriter.MAX_DEPTH, column);
      written.add(column);
      writtenColumns.add(raw.strings);
    }
    for (int row = 0; row < ids.length; row++) {
      ids[row] = ids[row] == RAW ? rawTemplate : renumbered[ids[row]];
    }
    TemplateColumn.write(
        values.count,
        ids,
        writtenTemplates,
        written,
        writtenColumns.stream().mapToInt(strings -> strings.count).toArray(),
        out);
  }

  /// Whether a column that was read holds what was written: templates of rows, templates, and the
  /// values of every column, which together are the values of the rows. Column by column, since
  /// that goes through memory in one direction.
  boolean comesBack(TemplateColumn column) {
    if (!Arrays.equals(column.ids(), ids) || column.columnCount() != writtenColumns.size()) {
      return false;
    }
    for (int t = 0; t < writtenTemplates.size(); t++) {
      Template read = column.template(t);
      if (!Arrays.deepEquals(read.literals(), writtenTemplates.get(t).literals())
          || !Arrays.equals(read.columns(), writtenTemplates.get(t).columns())) {
        return false;
      }
    }
    for (int c = 0; c < writtenColumns.size(); c++) {
      if (!column.column(c).holds(writtenColumns.get(c))) {
        return false;
      }
    }
    return true;
  }

  /// The template with constant variables made part of its literals.
  private Template folded(TemplateDraft draft, int[] columns, int[] numbers) {
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
