package io.foursight.wire.traces.tempo;

import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The answers of Tempo's API as messages of `tempopb`, with the same contents as [TempoJson].
///
/// @see <a
///   href="https://github.com/grafana/tempo/blob/main/pkg/tempopb/tempo.proto">tempo.proto</a>
public final class TempoMessages {
  private static final int PARTIAL = 1;

  private final ProtoWriter out = new ProtoWriter(4096);

  /// `TraceByIDResponse`; the trace is there even when it is empty.
  public static byte[] traceV2(byte[] tracesData, String message, TracesStats stats) {
    var out = new ProtoWriter(tracesData.length + 64);
    out.bytes(1, tracesData);
    int metrics = out.begin(2);
    out.varint(1, stats.bytes());
    out.end(metrics);
    if (!message.isEmpty()) {
      out.varint(3, PARTIAL);
      out.string(4, message);
    }
    return out.toByteArray();
  }

  /// `SearchResponse`.
  public byte[] search(List<FoundTrace> traces, SearchProgress progress, boolean padded) {
    out.clear();
    for (FoundTrace trace : traces) {
      trace(trace, padded);
    }
    searchMetrics(progress);
    return out.toByteArray();
  }

  private void trace(FoundTrace trace, boolean padded) {
    int mark = out.begin(1);
    out.string(1, TempoJson.id(trace.id(), padded));
    out.string(2, TempoJson.rootService(trace));
    out.string(3, trace.rootName());
    out.varint(4, trace.startNanos());
    out.varint(5, TempoJson.durationMillis(trace));
    if (!trace.spanSets().isEmpty()) {
      spanSet(6, trace.spanSets().getFirst());
      trace.spanSets().forEach(set -> spanSet(7, set));
    }
    trace
        .services()
        .forEach((service, stats) -> {
          int entry = out.begin(8);
          out.string(1, service);
          int value = out.begin(2);
          out.varint(1, stats.spans());
          out.varint(2, stats.errors());
          out.end(value);
          out.end(entry);
        });
    out.end(mark);
  }

  private void spanSet(int field, FoundTrace.SpanSet set) {
    int mark = out.begin(field);
    for (FoundTrace.Span span : set.spans()) {
      int m = out.begin(1);
      out.string(1, TraceId.hex(span.id()));
      out.string(2, span.name());
      out.varint(3, span.startNanos());
      out.varint(4, span.durationNanos());
      attributes(5, span.attributes());
      out.end(m);
    }
    out.varint(2, set.matched());
    attributes(3, set.attributes());
    out.end(mark);
  }

  private void attributes(int field, List<FoundTrace.Attribute> attributes) {
    for (FoundTrace.Attribute attribute : attributes) {
      int mark = out.begin(field);
      out.string(1, attribute.key());
      int value = out.begin(2);
      value(attribute.value());
      out.end(value);
      out.end(mark);
    }
  }

  /// An `AnyValue`, whose zeros count.
  private void value(SpanValue value) {
    switch (value) {
      case SpanValue.Int i -> {
        out.rawVarint(ProtoReader.tagOf(3, ProtoReader.VARINT));
        out.rawVarint(i.value());
      }
      case SpanValue.Decimal d -> {
        out.rawVarint(ProtoReader.tagOf(4, ProtoReader.FIXED64));
        out.fixed64(Double.doubleToRawLongBits(d.value()));
      }
      case SpanValue.Bool b -> {
        out.rawVarint(ProtoReader.tagOf(2, ProtoReader.VARINT));
        out.rawVarint(b.value() ? 1 : 0);
      }
      case SpanValue.Many many -> {
        int array = out.begin(5);
        for (SpanValue element : many.values()) {
          int mark = out.begin(1);
          value(element);
          out.end(mark);
        }
        out.end(array);
      }
      case SpanValue.Text t -> out.bytes(1, t.value().getBytes(StandardCharsets.UTF_8));
      case SpanValue.Duration d -> out.string(1, GoTexts.of(d));
      case SpanValue.Status s -> out.string(1, GoTexts.of(s));
      case SpanValue.Kind k -> out.string(1, GoTexts.of(k));
      case SpanValue.Nil n -> out.string(1, "nil");
    }
  }

  /// `SearchTagsResponse` or `SearchTagValuesResponse`.
  public byte[] texts(List<String> texts, SearchProgress progress) {
    out.clear();
    texts.forEach(text -> out.bytes(1, text.getBytes(StandardCharsets.UTF_8)));
    metadataMetrics(progress);
    return out.toByteArray();
  }

  /// `SearchTagsV2Response`.
  public byte[] tagsV2(List<TempoJson.ScopeTags> scopes, SearchProgress progress) {
    out.clear();
    for (TempoJson.ScopeTags scope : scopes) {
      int mark = out.begin(1);
      out.string(1, scope.scope());
      scope.names().forEach(name -> out.bytes(2, name.getBytes(StandardCharsets.UTF_8)));
      out.end(mark);
    }
    metadataMetrics(progress);
    return out.toByteArray();
  }

  /// `SearchTagValuesV2Response`.
  public byte[] tagValuesV2(List<SpanValue> values, SearchProgress progress) {
    out.clear();
    for (SpanValue value : values) {
      int mark = out.begin(1);
      out.string(1, TempoJson.type(value));
      out.string(2, GoTexts.of(value));
      out.end(mark);
    }
    metadataMetrics(progress);
    return out.toByteArray();
  }

  /// `QueryRangeResponse`.
  public byte[] queryRange(List<TracesSeries> series, String message, SearchProgress progress) {
    out.clear();
    for (TracesSeries one : series) {
      int mark = out.begin(1);
      attributes(1, one.labels());
      for (int i = 0; i < one.values().length; i++) {
        int sample = out.begin(2);
        out.float64(1, one.values()[i]);
        out.varint(2, one.timestampsMillis()[i]);
        out.end(sample);
      }
      for (TracesSeries.Exemplar exemplar : one.exemplars()) {
        int e = out.begin(4);
        attributes(1, exemplar.labels());
        out.float64(2, exemplar.value());
        out.varint(3, exemplar.timestampMillis());
        out.end(e);
      }
      out.end(mark);
    }
    metricsEnd(message, progress);
    return out.toByteArray();
  }

  /// `QueryInstantResponse`.
  public byte[] queryInstant(List<TracesSeries> series, String message, SearchProgress progress) {
    out.clear();
    for (TracesSeries one : series) {
      if (one.values().length > 0) {
        int mark = out.begin(1);
        attributes(1, one.labels());
        out.float64(2, one.values()[0]);
        out.end(mark);
      }
    }
    metricsEnd(message, progress);
    return out.toByteArray();
  }

  private void metricsEnd(String message, SearchProgress progress) {
    searchMetrics(progress);
    if (!message.isEmpty()) {
      out.varint(3, PARTIAL);
      out.string(4, message);
    }
  }

  private void searchMetrics(SearchProgress progress) {
    TracesStats stats = progress.stats();
    int mark = out.begin(2);
    out.varint(1, stats.traces());
    out.varint(2, stats.bytes());
    out.varint(3, stats.blocks());
    out.varint(4, progress.completedJobs());
    out.varint(5, progress.totalJobs());
    out.varint(6, stats.blockBytes());
    out.varint(7, stats.spans());
    out.end(mark);
  }

  private void metadataMetrics(SearchProgress progress) {
    TracesStats stats = progress.stats();
    int mark = out.begin(2);
    out.varint(1, stats.bytes());
    out.varint(2, progress.totalJobs());
    out.varint(3, progress.completedJobs());
    out.varint(4, stats.blocks());
    out.varint(5, stats.blockBytes());
    out.end(mark);
  }
}
