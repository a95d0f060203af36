package io.foursight.wire.traces.rpc;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.TraceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Pages with everything in them, and what they say as text.
final class RandomPages {
  static final List<SpanField> FIELDS =
      List.of(
          SpanField.Intrinsic.NAME,
          SpanField.SERVICE_NAME,
          new SpanField.Attribute(SpanField.Scope.EVENT, "é.x"));

  private RandomPages() {}

  static SpanPage page(Random random, int rows) {
    var highs = new long[rows];
    var lows = new long[rows];
    var ids = new long[rows];
    var parents = new long[rows];
    var starts = new long[rows];
    var ends = new long[rows];
    var kinds = new byte[rows];
    var statuses = new byte[rows];
    boolean withParents = random.nextBoolean();
    for (int row = 0; row < rows; row++) {
      boolean same = row > 0 && random.nextInt(3) > 0;
      highs[row] = same ? highs[row - 1] : random.nextLong();
      lows[row] = same ? lows[row - 1] : random.nextLong();
      ids[row] = random.nextLong();
      parents[row] = withParents && random.nextBoolean() ? random.nextLong() : 0;
      starts[row] = random.nextLong();
      ends[row] = starts[row] + random.nextInt();
      kinds[row] = (byte) random.nextInt(7);
      statuses[row] = (byte) random.nextInt(-1, 3);
    }
    var columns = new ArrayList<SpanColumn>();
    for (int c = 0; c < FIELDS.size(); c++) {
      columns.add(column(random, FIELDS.get(c), rows, c == 2));
    }
    return new SpanPage(
        rows, highs, lows, ids, parents, starts, ends, kinds, statuses, List.copyOf(columns));
  }

  private static SpanColumn column(Random random, SpanField field, int rows, boolean several) {
    int texts = 1 + random.nextInt(5);
    var bytes = new byte[64 * texts];
    // Longer than used, as those of cursors are.
    var starts = new int[texts + 7];
    for (int t = 0; t < texts; t++) {
      byte[] text =
          "%sé%d".formatted("x".repeat(random.nextInt(50)), t).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, bytes, starts[t], text.length);
      starts[t + 1] = starts[t] + text.length;
    }
    var ends = new int[several ? rows + 3 : 0];
    int values = several ? 0 : rows;
    for (int row = 0; several && row < rows; row++) {
      values += random.nextInt(4);
      ends[row] = values;
    }
    var types = new byte[values + 2];
    var numbers = new long[values + 2];
    for (int v = 0; v < values; v++) {
      types[v] = (byte) random.nextInt(several ? 1 : 0, 7);
      numbers[v] =
          switch (types[v]) {
            case SpanColumn.TEXT -> random.nextInt(texts);
            case SpanColumn.BOOL -> random.nextInt(2);
            case SpanColumn.DOUBLE -> Double.doubleToRawLongBits(random.nextGaussian());
            default -> random.nextLong();
          };
    }
    boolean mayBeArray = random.nextBoolean();
    var arrays = new boolean[mayBeArray ? rows : 0];
    for (int row = 0; row < arrays.length; row++) {
      arrays[row] = random.nextBoolean();
    }
    return new SpanColumn(
        field, ends, types, numbers, new SpanTexts(bytes, starts, texts), mayBeArray, arrays);
  }

  static List<String> rows(SpanPage page) {
    var rows = new ArrayList<String>();
    for (int row = 0; row < page.rows(); row++) {
      var out = new StringBuilder();
      out.append(new TraceId(page.traceHighs()[row], page.traceLows()[row]));
      for (long[] column :
          List.of(page.spanIds(), page.parentIds(), page.startNanos(), page.endNanos())) {
        out.append(' ').append(column[row]);
      }
      out.append(' ').append(page.kinds()[row]).append(' ').append(page.statuses()[row]);
      for (SpanColumn column : page.columns()) {
        out.append(' ').append(column.field()).append(column.isArray(row) ? "[]" : "");
        for (int v = column.start(row); v < column.end(row); v++) {
          out.append(' ').append(value(column, v));
        }
      }
      rows.add(out.toString());
    }
    return rows;
  }

  private static String value(SpanColumn column, int v) {
    byte type = column.types()[v];
    return type + ":" + (type == SpanColumn.TEXT ? column.text(v) : column.numbers()[v]);
  }

  static List<String> rows(List<SpanPage> pages) {
    return pages.stream().flatMap(page -> rows(page).stream()).toList();
  }
}
