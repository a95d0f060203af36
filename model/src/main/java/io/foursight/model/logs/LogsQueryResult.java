package io.foursight.model.logs;

import io.foursight.model.Labels;
import java.util.List;

/// The answer of a LogQL evaluation and what it took.
public record LogsQueryResult(Value value, List<String> warnings, Statistics statistics) {

  public LogsQueryResult {
    warnings = List.copyOf(warnings);
  }

  /// A log query answers [Streams]; a metric query [Matrix] over a range, [Vector] or [Scalar] at
  /// an instant.
  public sealed interface Value {}

  /// Streams in ascending order of labels; entries of each in the direction asked.
  public record Streams(List<Stream> streams) implements Value {}

  public record Vector(List<Sample> samples) implements Value {}

  /// Ascending by labels.
  public record Matrix(List<Series> series) implements Value {}

  public record Scalar(long timestampNanos, double value) implements Value {}

  /// Entries that share their *stream* labels (after the pipeline).
  public record Stream(Labels labels, List<Entry> entries) {
    public Stream {
      entries = List.copyOf(entries);
    }
  }

  /// @param line after the pipeline; not to be changed
  /// @param metadata structured metadata after the pipeline
  /// @param parsed labels that the pipeline made, `__error__` among them
  public record Entry(long timestampNanos, byte[] line, Labels metadata, Labels parsed) {}

  public record Sample(Labels labels, long timestampNanos, double value) {}

  /// @param timestampsNanos ascending, of the steps that have a value
  public record Series(Labels labels, long[] timestampsNanos, double[] values) {}

  /// @param scanned what Sources looked at
  /// @param postFilterLines entries that passed the line filters
  /// @param entriesReturned entries or samples of the answer
  public record Statistics(LogsStats scanned, long postFilterLines, long entriesReturned) {
    public static final Statistics NONE = new Statistics(LogsStats.NONE, 0, 0);

    public Statistics plus(Statistics other) {
      return new Statistics(
          scanned.plus(other.scanned),
          postFilterLines + other.postFilterLines,
          entriesReturned + other.entriesReturned);
    }
  }
}
