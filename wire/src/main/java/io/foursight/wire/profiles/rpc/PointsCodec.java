package io.foursight.wire.profiles.rpc;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplar;
import io.foursight.model.profiles.ProfilesQueryRunner.Heatmap;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.Columns;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Series and heatmaps.
///
/// ```
/// points    1 labels (LabelPairs)   2 bytes times: zigzag differences   3 bytes doubles   4 msg exemplar
/// heatmap   1, 2, 4 as points       3 bytes starts of bands, doubles
///           5 bytes counts, once a time: varints
/// exemplar  1 sint time   2 bytes numbers: profile id (high, low), span id, trace id (high, low)
///           3 sint value  4 labels
/// ```
final class PointsCodec {
  private static final int BYTES = ProtoReader.BYTES;

  private PointsCodec() {}

  static void write(ProtoWriter out, Points points) {
    LabelPairs.write(out, 1, points.labels());
    times(out, points.timesMillis());
    doubles(out, points.values());
    points.exemplars().forEach(exemplar -> write(out, exemplar));
  }

  static Points readPoints(ProtoReader in) {
    var read = new Fields(in);
    if (read.times.length != read.doubles.length) {
      throw in.error(
          read.times.length + " times for " + read.doubles.length + " values", in.position());
    }
    return new Points(read.labels, read.times, read.doubles, read.exemplars);
  }

  static void write(ProtoWriter out, Heatmap map) {
    LabelPairs.write(out, 1, map.labels());
    times(out, map.timesMillis());
    doubles(out, map.bandStarts());
    map.exemplars().forEach(exemplar -> write(out, exemplar));
    for (int[] counts : map.counts()) {
      int mark = out.begin(5);
      for (int count : counts) {
        out.rawVarint(count);
      }
      out.end(mark);
    }
  }

  static Heatmap readHeatmap(ProtoReader in) {
    var read = new Fields(in);
    return new Heatmap(
        read.labels, read.times, read.doubles, read.counts.toArray(int[][]::new), read.exemplars);
  }

  private static void times(ProtoWriter out, long[] times) {
    int mark = out.begin(2);
    long before = 0;
    for (long time : times) {
      Columns.zigzag(out, time - before);
      before = time;
    }
    out.end(mark);
  }

  private static void doubles(ProtoWriter out, double[] values) {
    int mark = out.begin(3);
    for (double value : values) {
      out.fixed64(Double.doubleToRawLongBits(value));
    }
    out.end(mark);
  }

  private static void write(ProtoWriter out, Exemplar exemplar) {
    int message = out.begin(4);
    out.sint(1, exemplar.timeNanos());
    int mark = out.begin(2);
    out.fixed64(exemplar.profile().high());
    out.fixed64(exemplar.profile().low());
    out.fixed64(exemplar.spanId());
    out.fixed64(exemplar.traceHigh());
    out.fixed64(exemplar.traceLow());
    out.end(mark);
    out.sint(3, exemplar.value());
    LabelPairs.write(out, 4, exemplar.labels());
    out.end(message);
  }

  /// The fields of points or of a heatmap, read to the end.
  private static final class Fields {
    private Labels labels = Labels.EMPTY;
    private long[] times = {};
    private double[] doubles = {};
    private final List<int[]> counts = new ArrayList<>();
    private final List<Exemplar> exemplars = new ArrayList<>();

    Fields(ProtoReader in) {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> labels = LabelPairs.readField(in);
          case 2 << 3 | BYTES -> times = readTimes(in);
          case 3 << 3 | BYTES -> doubles = readDoubles(in);
          case 4 << 3 | BYTES -> exemplars.add(readExemplar(in));
          case 5 << 3 | BYTES -> counts.add(readCounts(in));
          default -> in.skip(tag);
        }
      }
    }
  }

  private static long[] readTimes(ProtoReader in) {
    int outer = in.enter();
    var times = new long[16];
    int count = 0;
    long before = 0;
    while (!in.atEnd()) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      before += in.zigzag64();
      times[count++] = before;
    }
    in.leave(outer);
    return Arrays.copyOf(times, count);
  }

  private static double[] readDoubles(ProtoReader in) {
    int outer = in.enter();
    var values = new double[(in.limit() - in.position()) / Double.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.float64();
    }
    in.leave(outer);
    return values;
  }

  private static int[] readCounts(ProtoReader in) {
    int outer = in.enter();
    var counts = new int[16];
    int count = 0;
    while (!in.atEnd()) {
      if (count == counts.length) {
        counts = Arrays.copyOf(counts, 2 * count);
      }
      counts[count++] = in.varint32();
    }
    in.leave(outer);
    return Arrays.copyOf(counts, count);
  }

  private static Exemplar readExemplar(ProtoReader in) {
    int outer = in.enter();
    long time = 0;
    var numbers = new long[5];
    long value = 0;
    Labels labels = Labels.EMPTY;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> time = in.zigzag64();
        case 2 << 3 | BYTES -> {
          int around = in.enter();
          Arrays.setAll(numbers, i -> in.fixed64());
          in.leave(around);
        }
        case 3 << 3 -> value = in.zigzag64();
        case 4 << 3 | BYTES -> labels = LabelPairs.readField(in);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Exemplar(
        time,
        new ProfileId(numbers[0], numbers[1]),
        numbers[2],
        numbers[3],
        numbers[4],
        value,
        labels);
  }
}
