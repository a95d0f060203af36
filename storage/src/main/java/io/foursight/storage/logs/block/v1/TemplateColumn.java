package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Values made of templates and columns of variables:
///
/// ```
/// | columns varint | templates varint | template: Template * | templates of the rows: Longs |
/// | (rows varint, column) * |
/// ```
///
/// A column's rows are those of the rows whose template uses it, in order; a template uses a column
/// once at most.
final class TemplateColumn extends Column {
  record Spec(int count, Template[] templates, Longs ids, ColumnSpec[] columns, int[][] usedBy)
      implements ColumnSpec {
    static Spec read(int count, Chunk.Places places, int depth) {
      ByteReader in = places.in();
      var columns = new ColumnSpec[in.varint(in.remaining())];
      var templates = new Template[in.varint(in.remaining())];
      for (int t = 0; t < templates.length; t++) {
        templates[t] = Template.read(in, columns.length);
      }
      Longs ids = Longs.read(count, places);
      for (int c = 0; c < columns.length; c++) {
        columns[c] = ColumnSpec.read(in.varint(count), places, depth + 1);
      }
      return new Spec(count, templates, ids, columns, usedBy(in, templates, columns.length));
    }

    /// The templates of each column, ascending.
    private static int[][] usedBy(ByteReader in, Template[] templates, int columns) {
      var uses = new int[columns];
      for (int t = 0; t < templates.length; t++) {
        for (int c : templates[t].columns()) {
          uses[c]++;
        }
      }
      var usedBy = new int[columns][];
      for (int c = 0; c < columns; c++) {
        usedBy[c] = new int[uses[c]];
      }
      Arrays.fill(uses, 0);
      for (int t = 0; t < templates.length; t++) {
        for (int c : templates[t].columns()) {
          if (uses[c] > 0 && usedBy[c][uses[c] - 1] == t) {
            throw in.corrupt("template " + t + " uses column " + c + " twice");
          }
          usedBy[c][uses[c]++] = t;
        }
      }
      return usedBy;
    }

    @Override
    public Column open(GroupChunks source) {
      return new TemplateColumn(this, source);
    }
  }

  private final Spec spec;
  private final GroupChunks source;
  private final Column[] columns;
  private final TemplateSearch search;
  private int[] ids;
  private int[] firstOf;
  private int[] rowsByTemplate;
  private int[] placeInTemplate;
  private final int[][] rowsOf;
  private final int[][] places;

  private TemplateColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
    columns = new Column[spec.columns.length];
    rowsOf = new int[columns.length][];
    places = new int[columns.length][];
    search = new TemplateSearch(this, spec.templates);
  }

  Column column(int c) {
    if (columns[c] == null) {
      columns[c] =
          spec.columns[c] instanceof TimeColumn.Spec time
              ? new TimeColumn(time, source, place -> row(c, place))
              : spec.columns[c].open(source);
    }
    return columns[c];
  }

  Template template(int id) {
    return spec.templates[id];
  }

  int columnCount() {
    return columns.length;
  }

  /// Template of each row.
  int[] ids() {
    if (ids == null) {
      ids = spec.ids.loadInts(source, spec.templates.length - 1);
      sortRows();
    }
    return ids;
  }

  private void sortRows() {
    int n = spec.templates.length;
    firstOf = new int[n + 1];
    for (int id : ids) {
      firstOf[id + 1]++;
    }
    for (int t = 0; t < n; t++) {
      firstOf[t + 1] += firstOf[t];
    }
    rowsByTemplate = new int[count];
    placeInTemplate = new int[count];
    var next = new int[n];
    for (int row = 0; row < count; row++) {
      int t = ids[row];
      placeInTemplate[row] = next[t];
      rowsByTemplate[firstOf[t] + next[t]++] = row;
    }
    for (int c = 0; c < columns.length; c++) {
      int rows = 0;
      for (int t : spec.usedBy[c]) {
        rows += firstOf[t + 1] - firstOf[t];
      }
      if (rows != spec.columns[c].count()) {
        throw FoursightException.corrupt(
            LogsBlockFormat.ROWS
                + ": a column of "
                + spec.columns[c].count()
                + " rows is used by "
                + rows);
      }
    }
  }

  /// Sets the rows of a template.
  void addRows(int template, BitSet into) {
    ids();
    for (int i = firstOf[template]; i < firstOf[template + 1]; i++) {
      into.set(rowsByTemplate[i]);
    }
  }

  /// Sets the rows of a template whose values satisfy the comparison.
  void addMatchingRows(int template, Op op, byte[] part, BitSet into) {
    ids();
    var value = new ByteWriter(1 << 8);
    for (int i = firstOf[template]; i < firstOf[template + 1]; i++) {
      value.clear();
      append(rowsByTemplate[i], value);
      if (Needle.test(op, value.array(), 0, value.size(), part)) {
        into.set(rowsByTemplate[i]);
      }
    }
  }

  /// The row that a row of column `c` belongs to.
  int row(int c, int place) {
    ids();
    if (spec.columns[c].count() == count) {
      return place;
    }
    int[] users = spec.usedBy[c];
    if (users.length == 1) {
      return rowsByTemplate[firstOf[users[0]] + place];
    }
    return rowsOf(c)[place];
  }

  /// The row of column `c` for a row whose template uses it.
  int place(int c, int row) {
    if (spec.columns[c].count() == count) {
      return row;
    }
    if (spec.usedBy[c].length == 1) {
      return placeInTemplate[row];
    }
    if (places[c] == null) {
      int[] rows = rowsOf(c);
      var of = new int[count];
      for (int i = 0; i < rows.length; i++) {
        of[rows[i]] = i;
      }
      places[c] = of;
    }
    return places[c][row];
  }

  /// Rows of a column that several, but not all, templates use.
  private int[] rowsOf(int c) {
    if (rowsOf[c] == null) {
      // Columns of the same templates have the same rows.
      for (int d = 0; d < c; d++) {
        if (rowsOf[d] != null && Arrays.equals(spec.usedBy[c], spec.usedBy[d])) {
          rowsOf[c] = rowsOf[d];
          places[c] = places[d];
          return rowsOf[c];
        }
      }
      var uses = new boolean[spec.templates.length];
      for (int t : spec.usedBy[c]) {
        uses[t] = true;
      }
      var rows = new int[spec.columns[c].count()];
      int n = 0;
      for (int row = 0; row < count; row++) {
        if (uses[ids[row]]) {
          rows[n++] = row;
        }
      }
      rowsOf[c] = rows;
    }
    return rowsOf[c];
  }

  @Override
  void append(int row, ByteWriter out) {
    Template template = spec.templates[ids()[row]];
    byte[][] literals = template.literals();
    int[] variables = template.columns();
    for (int i = 0; i < variables.length; i++) {
      out.bytes(literals[i], 0, literals[i].length);
      int c = variables[i];
      column(c).append(place(c, row), out);
    }
    byte[] last = literals[variables.length];
    out.bytes(last, 0, last.length);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    return search.possible(op, part);
  }

  @Override
  BitSet match(Op op, byte[] part) {
    return search.rows(op, part);
  }

  static void write(
      int count,
      int[] ids,
      List<Template> templates,
      List<GroupOutput> columns,
      int[] counts,
      GroupOutput out) {
    out.directory.u8(ColumnSpec.TEMPLATE);
    out.directory.varint(columns.size());
    out.directory.varint(templates.size());
    templates.forEach(template -> template.write(out.directory));
    var codes = new long[count];
    for (int i = 0; i < count; i++) {
      codes[i] = ids[i];
    }
    Longs.write(codes, count, out);
    for (int c = 0; c < columns.size(); c++) {
      out.directory.varint(counts[c]);
      out.append(columns.get(c));
    }
  }
}
