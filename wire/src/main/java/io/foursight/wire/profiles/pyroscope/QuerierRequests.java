package io.foursight.wire.profiles.pyroscope;

import io.foursight.wire.connect.MessageFields;
import java.util.List;
import java.util.Optional;

/// The requests of `querier.v1.QuerierService`. Times are in milliseconds, both inclusive; zero and
/// empty are absent.
public final class QuerierRequests {
  private QuerierRequests() {}

  /// `ProfileTypesRequest`.
  public record Types(long start, long end) {
    public static Types of(MessageFields in) {
      return new Types(in.number(1), in.number(2));
    }
  }

  /// `LabelNamesRequest` and `LabelValuesRequest`.
  ///
  /// @param name empty when names are asked for
  public record LabelTexts(String name, List<String> matchers, long start, long end) {
    public static LabelTexts ofNames(MessageFields in) {
      return new LabelTexts("", in.texts(1), in.number(2), in.number(3));
    }

    public static LabelTexts ofValues(MessageFields in) {
      return new LabelTexts(in.text(1), in.texts(2), in.number(3), in.number(4));
    }
  }

  /// `SeriesRequest`.
  public record Series(List<String> matchers, List<String> labelNames, long start, long end) {
    public static Series of(MessageFields in) {
      return new Series(in.texts(1), in.texts(2), in.number(3), in.number(4));
    }
  }

  /// `GoPGO`.
  public record GoPgo(int keepLocations, boolean aggregateCallees) {}

  /// `StackTraceSelector`.
  ///
  /// @param callSite names of functions, the outermost first
  public record StackTraces(List<String> callSite, Optional<GoPgo> goPgo) {
    public static final StackTraces ALL = new StackTraces(List.of(), Optional.empty());

    static StackTraces of(MessageFields in) {
      return new StackTraces(
          in.messages(1).stream().map(location -> location.text(1)).toList(),
          in.message(2).map(pgo -> new GoPgo((int) pgo.number(1), pgo.bool(2))));
    }
  }

  /// `AsyncQueryRequest`.
  public record Async(String requestId, boolean force) {}

  /// The forms of a sum.
  public enum Format {
    FLAMEGRAPH,
    TREE,
    DOT,
    PPROF;

    private static Format of(long code) {
      return code >= 2 && code <= 4 ? values()[(int) code - 1] : FLAMEGRAPH;
    }
  }

  /// `SelectMergeStacktracesRequest`, and the two older requests for a sum.
  ///
  /// @param spans hexadecimal ids
  /// @param traces likewise
  /// @param profiles UUIDs
  public record Merge(
      String profileType,
      String selector,
      long start,
      long end,
      long maxNodes,
      Format format,
      StackTraces stackTraces,
      List<String> profiles,
      List<String> spans,
      List<String> traces,
      Optional<Async> async) {
    public static Merge of(MessageFields in) {
      return new Merge(
          in.text(1),
          in.text(2),
          in.number(3),
          in.number(4),
          in.number(5),
          Format.of(in.number(6)),
          in.message(7).map(StackTraces::of).orElse(StackTraces.ALL),
          in.texts(8),
          in.texts(11),
          in.texts(10),
          in.message(9).map(a -> new Async(a.text(1), a.number(2) == 1)));
    }

    /// `SelectMergeSpanProfileRequest`.
    public static Merge ofSpans(MessageFields in) {
      Format format = Format.of(in.number(7));
      return new Merge(
          in.text(1),
          in.text(2),
          in.number(4),
          in.number(5),
          in.number(6),
          format == Format.TREE ? Format.TREE : Format.FLAMEGRAPH,
          StackTraces.ALL,
          List.of(),
          in.texts(3),
          List.of(),
          Optional.empty());
    }

    /// `SelectMergeProfileRequest`.
    public static Merge ofProfile(MessageFields in) {
      return new Merge(
          in.text(1),
          in.text(2),
          in.number(3),
          in.number(4),
          in.number(5),
          Format.PPROF,
          in.message(6).map(StackTraces::of).orElse(StackTraces.ALL),
          in.texts(7),
          List.of(),
          in.texts(8),
          Optional.empty());
    }
  }

  /// Which exemplars are asked for.
  public enum Exemplars {
    NONE,
    INDIVIDUAL,
    SPAN;

    private static Exemplars of(long code) {
      return code == 2 ? INDIVIDUAL : code == 3 ? SPAN : NONE;
    }
  }

  /// `SelectSeriesRequest`.
  ///
  /// @param step in seconds
  public record SelectSeries(
      String profileType,
      String selector,
      long start,
      long end,
      List<String> groupBy,
      double step,
      boolean average,
      StackTraces stackTraces,
      long limit,
      Exemplars exemplars) {
    public static SelectSeries of(MessageFields in) {
      return new SelectSeries(
          in.text(1),
          in.text(2),
          in.number(3),
          in.number(4),
          in.texts(5),
          in.decimal(6),
          in.number(7) == 1,
          in.message(8).map(StackTraces::of).orElse(StackTraces.ALL),
          in.number(9),
          Exemplars.of(in.number(10)));
    }
  }

  /// `SelectHeatmapRequest`.
  ///
  /// @param step in seconds
  public record SelectHeatmap(
      String profileType,
      String selector,
      long start,
      long end,
      double step,
      List<String> groupBy,
      boolean bySpan,
      Exemplars exemplars,
      long limit) {
    public static SelectHeatmap of(MessageFields in) {
      return new SelectHeatmap(
          in.text(1),
          in.text(2),
          in.number(3),
          in.number(4),
          in.decimal(5),
          in.texts(6),
          in.number(7) == 2,
          Exemplars.of(in.number(8)),
          in.number(9));
    }
  }

  /// `DiffRequest`.
  public record Diff(Merge left, Merge right) {
    public static Diff of(MessageFields in) {
      return new Diff(
          Merge.of(in.message(1).orElse(MessageFields.NONE)),
          Merge.of(in.message(2).orElse(MessageFields.NONE)));
    }
  }

  /// `AnalyzeQueryRequest`.
  public record Analyze(long start, long end, String query) {
    public static Analyze of(MessageFields in) {
      return new Analyze(in.number(2), in.number(3), in.text(4));
    }
  }
}
