package io.foursight.wire.profiles.pyroscope;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplar;
import io.foursight.model.profiles.ProfilesQueryRunner.Heatmap;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.wire.profiles.FlameGraph;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.HexFormat;
import java.util.List;

/// The responses of `querier.v1.QuerierService` as protobuf. Stateless; safe from any thread.
public final class QuerierMessages {
  /// A message without fields.
  public static final byte[] NOTHING = {};

  private static final long NANOS = 1_000_000;

  private QuerierMessages() {}

  /// `ProfileTypesResponse`.
  public static byte[] profileTypes(List<ProfileType> types) {
    var out = new ProtoWriter();
    for (ProfileType type : types) {
      int mark = out.begin(1);
      out.string(1, type.id());
      out.string(2, type.name());
      out.string(4, type.sampleType());
      out.string(5, type.sampleUnit());
      out.string(6, type.periodType());
      out.string(7, type.periodUnit());
      out.end(mark);
    }
    return out.toByteArray();
  }

  /// `LabelNamesResponse` and `LabelValuesResponse`.
  public static byte[] names(List<String> names) {
    var out = new ProtoWriter();
    names.forEach(name -> text(out, 1, name));
    return out.toByteArray();
  }

  /// A value of a repeated field, which counts when it is empty, too.
  private static void text(ProtoWriter out, int field, String value) {
    if (value.isEmpty()) {
      out.bytes(field, NOTHING);
    } else {
      out.string(field, value);
    }
  }

  /// `SeriesResponse`.
  public static byte[] series(List<Labels> sets) {
    var out = new ProtoWriter();
    for (Labels labels : sets) {
      int mark = out.begin(2);
      labels(out, 1, labels);
      out.end(mark);
    }
    return out.toByteArray();
  }

  private static void labels(ProtoWriter out, int field, Labels labels) {
    labels.forEach((name, value) -> {
      int mark = out.begin(field);
      out.string(1, name);
      out.string(2, value);
      out.end(mark);
    });
  }

  /// `SelectMergeStacktracesResponse` or `SelectMergeSpanProfileResponse` with a flame graph.
  public static byte[] flameGraph(FlameGraph graph) {
    var out = new ProtoWriter(4096);
    flameGraph(out, graph);
    return out.toByteArray();
  }

  /// `DiffResponse`.
  public static byte[] diff(FlameGraph graph) {
    return flameGraph(graph);
  }

  private static void flameGraph(ProtoWriter out, FlameGraph graph) {
    int mark = out.begin(1);
    graph.names().forEach(name -> text(out, 1, name));
    for (long[] level : graph.levels()) {
      int inner = out.begin(2);
      int values = out.begin(1);
      for (long value : level) {
        out.rawVarint(value);
      }
      out.end(values);
      out.end(inner);
    }
    out.varint(3, graph.total());
    out.varint(4, graph.maxSelf());
    out.varint(5, graph.leftTotal());
    out.varint(6, graph.rightTotal());
    out.end(mark);
  }

  /// The same two with a tree; without any when there is none.
  public static byte[] tree(byte[] tree) {
    var out = new ProtoWriter(tree.length + 16);
    if (tree.length > 0) {
      out.bytes(2, tree);
    }
    return out.toByteArray();
  }

  /// `SelectMergeStacktracesResponse` with a graph in the DOT language.
  public static byte[] dot(String dot) {
    var out = new ProtoWriter();
    out.string(3, dot);
    return out.toByteArray();
  }

  /// `SelectMergeStacktracesResponse` with a `google.v1.Profile`.
  public static byte[] pprof(byte[] profile) {
    var out = new ProtoWriter(profile.length + 32);
    int mark = out.begin(5);
    out.bytes(1, profile);
    out.end(mark);
    return out.toByteArray();
  }

  /// How far a query is that nobody waits for.
  public enum Progress {
    UNKNOWN,
    IN_PROGRESS,
    SUCCESS,
    FAILURE
  }

  /// `SelectMergeStacktracesResponse` about a query that nobody waits for.
  ///
  /// @param result the response without this, empty while there is none
  public static byte[] async(String requestId, Progress progress, String error, byte[] result) {
    var out = new ProtoWriter(result.length + 64);
    int mark = out.begin(4);
    out.string(1, requestId);
    out.varint(2, progress.ordinal());
    out.string(3, error);
    out.end(mark);
    out.raw(result, 0, result.length);
    return out.toByteArray();
  }

  /// `SelectSeriesResponse`.
  public static byte[] points(List<Points> series) {
    var out = new ProtoWriter(4096);
    for (Points points : series) {
      int mark = out.begin(1);
      labels(out, 1, points.labels());
      // Of each point at most one, in order of time.
      int next = 0;
      for (int i = 0; i < points.timesMillis().length; i++) {
        int inner = out.begin(2);
        out.float64(1, points.values()[i]);
        out.varint(2, points.timesMillis()[i]);
        while (next < points.exemplars().size()
            && millis(points.exemplars().get(next)) <= points.timesMillis()[i]) {
          exemplar(out, points.exemplars().get(next++));
        }
        out.end(inner);
      }
      out.end(mark);
    }
    return out.toByteArray();
  }

  private static long millis(Exemplar exemplar) {
    return Math.floorDiv(exemplar.timeNanos(), NANOS);
  }

  private static void exemplar(ProtoWriter out, Exemplar exemplar) {
    int mark = out.begin(4);
    out.varint(1, millis(exemplar));
    if ((exemplar.profile().high() | exemplar.profile().low()) != 0) {
      out.string(2, exemplar.profile().toString());
    }
    if (exemplar.spanId() != 0) {
      out.string(3, HexFormat.of().toHexDigits(exemplar.spanId()));
    }
    out.varint(4, exemplar.value());
    labels(out, 5, exemplar.labels());
    if ((exemplar.traceHigh() | exemplar.traceLow()) != 0) {
      out.string(
          6,
          HexFormat.of().toHexDigits(exemplar.traceHigh())
              + HexFormat.of().toHexDigits(exemplar.traceLow()));
    }
    out.end(mark);
  }

  /// `SelectHeatmapResponse`.
  public static byte[] heatmaps(List<Heatmap> series) {
    var out = new ProtoWriter(4096);
    for (Heatmap heatmap : series) {
      int mark = out.begin(1);
      labels(out, 1, heatmap.labels());
      int next = 0;
      for (int i = 0; i < heatmap.timesMillis().length; i++) {
        int slot = out.begin(2);
        out.varint(1, heatmap.timesMillis()[i]);
        int starts = out.begin(2);
        for (double start : heatmap.bandStarts()) {
          out.fixed64(Double.doubleToRawLongBits(start));
        }
        out.end(starts);
        int counts = out.begin(3);
        for (int count : heatmap.counts()[i]) {
          out.rawVarint(count);
        }
        out.end(counts);
        while (next < heatmap.exemplars().size()
            && millis(heatmap.exemplars().get(next)) <= heatmap.timesMillis()[i]) {
          exemplar(out, heatmap.exemplars().get(next++));
        }
        out.end(slot);
      }
      out.end(mark);
    }
    return out.toByteArray();
  }

  /// `GetProfileStatsResponse`.
  public static byte[] stats(ProfilesStats stats) {
    var out = new ProtoWriter();
    out.varint(1, stats.profiles() > 0 ? 1 : 0);
    out.varint(2, Math.floorDiv(stats.oldestNanos(), NANOS));
    out.varint(3, Math.floorDiv(stats.newestNanos(), NANOS));
    return out.toByteArray();
  }

  /// `AnalyzeQueryResponse`.
  ///
  /// @param asked what the query would read
  /// @param all what lies in its range
  public static byte[] analysis(ProfilesStats asked, ProfilesStats all) {
    var out = new ProtoWriter();
    int scope = out.begin(1);
    out.string(1, "profiles");
    out.varint(2, 1);
    out.varint(4, asked.series());
    out.varint(5, asked.profiles());
    out.varint(6, asked.samples());
    out.varint(8, asked.bytes());
    out.end(scope);
    int impact = out.begin(2);
    out.varint(2, all.bytes());
    out.varint(3, asked.series());
    out.end(impact);
    return out.toByteArray();
  }
}
