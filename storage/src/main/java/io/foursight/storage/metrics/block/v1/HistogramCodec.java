package io.foursight.storage.metrics.block.v1;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.DoubleCodec;
import io.foursight.storage.encoding.LongCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Native histograms of one chunk, column by column. Rows with the same bucket layout have their
/// buckets side by side in time, so that each bucket is a column of slowly growing numbers.
///
/// ```
/// | layout count varint | layouts | layout of each row: LongCodec | reset hints: LongCodec |
/// | zero counts, counts, sums: DoubleCodec each | for each layout: buckets |
/// layout: | integer u8 | schema zigzag | zero threshold u64 | positive spans | negative spans | custom values (varint, u64*) | positive and negative bucket count varint |
/// spans: | numbers varint | (zigzag)* |
/// buckets of k rows: k >= 16: a DoubleCodec a bucket; else all buckets one after the other, bucket by bucket, in DoubleCodecs of up to 1024
/// ```
final class HistogramCodec {
  private static final int OWN_COLUMN_ROWS = 16;
  private static final ResetHint[] HINTS = ResetHint.values();

  private final DoubleCodec doubles = new DoubleCodec();
  private final LongCodec longs = new LongCodec();
  private final long[] longScratch = new long[LongCodec.MAX_COUNT];
  private final double[] doubleScratch = new double[LongCodec.MAX_COUNT];

  /// What rows must agree on to share bucket columns; compares bit by bit.
  private record Layout(
      boolean integer,
      int schema,
      double zeroThreshold,
      int[] positiveSpans,
      int[] negativeSpans,
      double[] customValues,
      int positive,
      int negative) {
    static Layout of(NativeHistogram h) {
      return new Layout(
          h.integer(),
          h.schema(),
          h.zeroThreshold(),
          h.positiveSpans(),
          h.negativeSpans(),
          h.customValues(),
          h.positiveBuckets().length,
          h.negativeBuckets().length);
    }

    int buckets() {
      return positive + negative;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Layout l
          && integer == l.integer
          && schema == l.schema
          && positive == l.positive
          && negative == l.negative
          && Double.doubleToRawLongBits(zeroThreshold)
              == Double.doubleToRawLongBits(l.zeroThreshold)
          && Arrays.equals(positiveSpans, l.positiveSpans)
          && Arrays.equals(negativeSpans, l.negativeSpans)
          && sameBits(customValues, l.customValues);
    }

    private static boolean sameBits(double[] a, double[] b) {
      boolean same = a.length == b.length;
      for (int i = 0; same && i < a.length; i++) {
        same = Double.doubleToRawLongBits(a[i]) == Double.doubleToRawLongBits(b[i]);
      }
      return same;
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(positiveSpans) + Arrays.hashCode(negativeSpans) + schema;
    }
  }

  void encode(List<NativeHistogram> rows, ByteWriter out) {
    int n = rows.size();
    Map<Layout, List<NativeHistogram>> byLayout = new LinkedHashMap<>();
    Map<Layout, Integer> ids = new LinkedHashMap<>();
    var layoutOfRow = new long[n];
    for (int i = 0; i < n; i++) {
      var layout = Layout.of(rows.get(i));
      byLayout.computeIfAbsent(layout, l -> new ArrayList<>()).add(rows.get(i));
      layoutOfRow[i] = ids.computeIfAbsent(layout, l -> ids.size());
    }
    out.varint(byLayout.size());
    byLayout.keySet().forEach(layout -> writeLayout(layout, out));
    longs.encode(layoutOfRow, n, out);
    for (int i = 0; i < n; i++) {
      longScratch[i] = rows.get(i).resetHint().ordinal();
    }
    longs.encode(longScratch, n, out);
    for (int column = 0; column < 3; column++) {
      for (int i = 0; i < n; i++) {
        NativeHistogram h = rows.get(i);
        doubleScratch[i] = column == 0 ? h.zeroCount() : column == 1 ? h.count() : h.sum();
      }
      doubles.encode(doubleScratch, 0, n, out);
    }
    byLayout.forEach((layout, members) -> writeBuckets(layout, members, out));
  }

  private void writeBuckets(Layout layout, List<NativeHistogram> rows, ByteWriter out) {
    int k = rows.size();
    int filled = 0;
    for (int b = 0; b < layout.buckets(); b++) {
      for (NativeHistogram h : rows) {
        if (filled == doubleScratch.length) {
          doubles.encode(doubleScratch, 0, filled, out);
          filled = 0;
        }
        doubleScratch[filled++] =
            b < layout.positive ? h.positiveBuckets()[b] : h.negativeBuckets()[b - layout.positive];
      }
      if (k >= OWN_COLUMN_ROWS) {
        doubles.encode(doubleScratch, 0, filled, out);
        filled = 0;
      }
    }
    if (filled > 0) {
      doubles.encode(doubleScratch, 0, filled, out);
    }
  }

  private static void writeLayout(Layout layout, ByteWriter out) {
    out.u8(layout.integer ? 1 : 0);
    out.zigzag(layout.schema);
    out.u64(Double.doubleToRawLongBits(layout.zeroThreshold));
    writeSpans(layout.positiveSpans, out);
    writeSpans(layout.negativeSpans, out);
    out.varint(layout.customValues.length);
    for (double v : layout.customValues) {
      out.u64(Double.doubleToRawLongBits(v));
    }
    out.varint(layout.positive);
    out.varint(layout.negative);
  }

  private static void writeSpans(int[] spans, ByteWriter out) {
    out.varint(spans.length);
    for (int s : spans) {
      out.zigzag(s);
    }
  }

  List<NativeHistogram> decode(ByteReader in, int n) {
    var layouts = new Layout[in.varint(n)];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] = readLayout(in);
    }
    var layoutOfRow = new long[n];
    longs.decode(in, n, layoutOfRow);
    var hints = new long[n];
    longs.decode(in, n, hints);
    var zeroCounts = new double[n];
    var counts = new double[n];
    var sums = new double[n];
    doubles.decode(in, n, zeroCounts, 0);
    doubles.decode(in, n, counts, 0);
    doubles.decode(in, n, sums, 0);
    var positive = new double[n][];
    var negative = new double[n][];
    for (int l = 0; l < layouts.length; l++) {
      readBuckets(in, layouts[l], l, layoutOfRow, positive, negative);
    }
    var rows = new ArrayList<NativeHistogram>(n);
    for (int i = 0; i < n; i++) {
      if (layoutOfRow[i] < 0
          || layoutOfRow[i] >= layouts.length
          || hints[i] < 0
          || hints[i] >= HINTS.length) {
        throw in.corrupt("histogram layout " + layoutOfRow[i] + ", reset hint " + hints[i]);
      }
      var layout = layouts[(int) layoutOfRow[i]];
      rows.add(
          new NativeHistogram(
              layout.integer,
              HINTS[(int) hints[i]],
              layout.schema,
              layout.zeroThreshold,
              zeroCounts[i],
              counts[i],
              sums[i],
              layout.positiveSpans,
              positive[i],
              layout.negativeSpans,
              negative[i],
              layout.customValues));
    }
    return rows;
  }

  private void readBuckets(
      ByteReader in,
      Layout layout,
      int id,
      long[] layoutOfRow,
      double[][] positive,
      double[][] negative) {
    var rows = new int[layoutOfRow.length];
    int k = 0;
    for (int i = 0; i < layoutOfRow.length; i++) {
      if (layoutOfRow[i] == id) {
        positive[i] = new double[layout.positive];
        negative[i] = new double[layout.negative];
        rows[k++] = i;
      }
    }
    long left = (long) k * layout.buckets();
    int at = 0;
    int have = 0;
    for (int b = 0; b < layout.buckets(); b++) {
      for (int r = 0; r < k; r++) {
        if (at == have) {
          have = (int) (k >= OWN_COLUMN_ROWS ? k : Math.min(left, doubleScratch.length));
          doubles.decode(in, have, doubleScratch, 0);
          left -= have;
          at = 0;
        }
        double v = doubleScratch[at++];
        if (b < layout.positive) {
          positive[rows[r]][b] = v;
        } else {
          negative[rows[r]][b - layout.positive] = v;
        }
      }
    }
  }

  private static Layout readLayout(ByteReader in) {
    boolean integer = in.u8() == 1;
    int schema = (int) in.zigzag();
    double zeroThreshold = Double.longBitsToDouble(in.u64());
    int[] positiveSpans = readSpans(in);
    int[] negativeSpans = readSpans(in);
    var customValues = new double[in.varint(in.remaining() / 8)];
    for (int i = 0; i < customValues.length; i++) {
      customValues[i] = Double.longBitsToDouble(in.u64());
    }
    return new Layout(
        integer,
        schema,
        zeroThreshold,
        positiveSpans,
        negativeSpans,
        customValues,
        in.varint(1 << 20),
        in.varint(1 << 20));
  }

  private static int[] readSpans(ByteReader in) {
    var spans = new int[in.varint(in.remaining())];
    for (int i = 0; i < spans.length; i++) {
      spans[i] = (int) in.zigzag();
    }
    return spans;
  }
}
