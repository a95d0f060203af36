package io.foursight.wire.logs.json;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Sample;
import io.foursight.model.logs.LogsQueryResult.Scalar;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.wire.json.JsonBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Answers of queries in Loki's form.
///
/// Log entries come in two shapes. *Categorized* (asked for by a request header): `stream` holds
/// the stream labels and each value is `["<ns>", "<line>", {"structuredMetadata": {...}, "parsed":
/// {...}}]`, empty maps left out, the object always there; `encodingFlags` stands before `result`,
/// because clients decode as they read. Otherwise all labels of an entry are merged into `stream`,
/// and entries of one stored stream are spread over as many as they have label sets.
public final class LokiJson {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private LokiJson() {}

  /// The whole body of `query` and `query_range`.
  ///
  /// @param categorize whether entries keep their three classes of labels apart
  public static void queryResult(
      JsonBuffer out, LogsQueryResult result, boolean categorize, QueryTimes times) {
    out.raw("{\"status\":\"success\"");
    if (!result.warnings().isEmpty()) {
      out.raw(",\"warnings\":");
      texts(out, result.warnings());
    }
    out.raw(",\"data\":{\"resultType\":");
    switch (result.value()) {
      case Streams streams -> {
        out.raw("\"streams\",");
        if (categorize) {
          out.raw("\"encodingFlags\":[\"categorize-labels\"],");
        }
        out.raw("\"result\":");
        streams(out, streams.streams(), categorize);
      }
      case Matrix matrix -> {
        out.raw("\"matrix\",\"result\":");
        matrix(out, matrix.series());
      }
      case Vector vector -> {
        out.raw("\"vector\",\"result\":");
        vector(out, vector.samples());
      }
      case Scalar scalar -> {
        out.raw("\"scalar\",\"result\":[");
        out.timestamp(scalar.timestampNanos() / NANOS_PER_MILLI).raw(',');
        out.sampleValue(scalar.value()).raw(']');
      }
    }
    out.raw(",\"stats\":");
    StatisticsJson.write(out, result.statistics(), times);
    out.raw("}}");
  }

  /// A tail frame: entries and what was dropped before them.
  public static void tailFrame(
      JsonBuffer out, List<Stream> streams, List<DroppedEntry> dropped, boolean categorize) {
    out.raw("{\"streams\":");
    streams(out, streams, categorize);
    if (!dropped.isEmpty()) {
      out.raw(",\"dropped_entries\":[");
      for (int i = 0; i < dropped.size(); i++) {
        out.raw(i > 0 ? ",{\"timestamp\":\"" : "{\"timestamp\":\"");
        out.number(dropped.get(i).timestampNanos()).raw("\",\"labels\":");
        labels(out, dropped.get(i).labels());
        out.raw('}');
      }
      out.raw(']');
    }
    if (categorize) {
      out.raw(",\"encodingFlags\":[\"categorize-labels\"]");
    }
    out.raw('}');
  }

  /// An entry that a tail did not hand on.
  public record DroppedEntry(long timestampNanos, Labels labels) {}

  private static void streams(JsonBuffer out, List<Stream> streams, boolean categorize) {
    List<Stream> shown = categorize ? streams : MergedStreams.of(streams);
    out.raw('[');
    for (int s = 0; s < shown.size(); s++) {
      Stream stream = shown.get(s);
      out.raw(s > 0 ? ",{\"stream\":" : "{\"stream\":");
      labels(out, stream.labels());
      out.raw(",\"values\":[");
      List<Entry> entries = stream.entries();
      for (int i = 0; i < entries.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        entry(out, entries.get(i), categorize);
      }
      out.raw("]}");
    }
    out.raw(']');
  }

  private static void entry(JsonBuffer out, Entry entry, boolean categorize) {
    out.raw("[\"").number(entry.timestampNanos()).raw("\",");
    out.htmlText(entry.line(), 0, entry.line().length);
    if (categorize) {
      out.raw(",{");
      if (!entry.metadata().isEmpty()) {
        out.raw("\"structuredMetadata\":");
        labels(out, entry.metadata());
      }
      if (!entry.parsed().isEmpty()) {
        out.raw(entry.metadata().isEmpty() ? "\"parsed\":" : ",\"parsed\":");
        labels(out, entry.parsed());
      }
      out.raw('}');
    }
    out.raw(']');
  }

  /// `[{"metric": {...}, "values": [[seconds, "value"], ...]}, ...]`
  public static void matrix(JsonBuffer out, List<Series> matrix) {
    out.raw('[');
    for (int s = 0; s < matrix.size(); s++) {
      Series series = matrix.get(s);
      out.raw(s > 0 ? ",{\"metric\":" : "{\"metric\":");
      labels(out, series.labels());
      out.raw(",\"values\":[");
      for (int i = 0; i < series.values().length; i++) {
        out.raw(i > 0 ? ",[" : "[");
        out.timestamp(series.timestampsNanos()[i] / NANOS_PER_MILLI).raw(',');
        out.sampleValue(series.values()[i]).raw(']');
      }
      out.raw("]}");
    }
    out.raw(']');
  }

  /// `[{"metric": {...}, "value": [seconds, "value"]}, ...]`
  public static void vector(JsonBuffer out, List<Sample> vector) {
    out.raw('[');
    for (int i = 0; i < vector.size(); i++) {
      Sample sample = vector.get(i);
      out.raw(i > 0 ? ",{\"metric\":" : "{\"metric\":");
      labels(out, sample.labels());
      out.raw(",\"value\":[").timestamp(sample.timestampNanos() / NANOS_PER_MILLI).raw(',');
      out.sampleValue(sample.value()).raw("]}");
    }
    out.raw(']');
  }

  /// `{"name": "value", ...}`
  public static void labels(JsonBuffer out, Labels labels) {
    out.raw('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.text(labels.name(i)).raw(':').text(labels.value(i));
    }
    out.raw('}');
  }

  /// `["a", "b"]`
  public static void texts(JsonBuffer out, List<String> texts) {
    out.raw('[');
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.text(texts.get(i));
    }
    out.raw(']');
  }

  /// Entries by all of their labels.
  private static final class MergedStreams {
    static List<Stream> of(List<Stream> streams) {
      var merged = new TreeMap<Labels, List<Entry>>();
      for (Stream stream : streams) {
        for (Entry entry : stream.entries()) {
          Labels all = stream.labels();
          all = with(all, entry.metadata());
          all = with(all, entry.parsed());
          merged.computeIfAbsent(all, l -> new ArrayList<>()).add(entry);
        }
      }
      return merged.entrySet().stream().map(e -> new Stream(e.getKey(), e.getValue())).toList();
    }

    /// Labels that a stage made may be empty, unlike others.
    private static Labels with(Labels labels, Labels more) {
      if (more.isEmpty()) {
        return labels;
      }
      var all = new TreeMap<String, String>(Labels::compareText);
      labels.forEach(all::put);
      more.forEach(all::put);
      var pairs = new ArrayList<String>(2 * all.size());
      all.forEach((name, value) -> pairs.addAll(List.of(name, value)));
      return Labels.ofSorted(pairs.toArray(String[]::new));
    }
  }
}
