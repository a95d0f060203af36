package io.foursight.wire.traces.tempo;

import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Writes the answers of Tempo's HTTP API as JSON.
///
/// @see <a href="https://grafana.com/docs/tempo/latest/api_docs/">Tempo API</a>
public final class TempoJson {
  private final JsonBuffer out;
  private boolean first = true;

  public TempoJson(JsonBuffer out) {
    this.out = out;
  }

  /// Named tags of one scope, as `search/tags` answers them.
  ///
  /// @param scope `resource`, `span`, ..., `intrinsic`
  public record ScopeTags(String scope, List<String> names) {
    public ScopeTags {
      names = List.copyOf(names);
    }

    public static String name(SpanField.Scope scope) {
      return scope.name().toLowerCase(Locale.ROOT);
    }
  }

  /// `/api/traces/{id}`.
  ///
  /// @param tracesData OTLP `TracesData`
  public void traceV1(byte[] tracesData) {
    new ProtoJson(out).message(new ProtoReader(tracesData), TracesDataSchema.BATCHES);
  }

  /// `/api/v2/traces/{id}`.
  ///
  /// @param message why it is not whole; empty when it is
  public void traceV2(byte[] tracesData, String message, TracesStats stats) {
    out.raw("{\"trace\":");
    new ProtoJson(out).message(new ProtoReader(tracesData), TracesDataSchema.RESOURCE_SPANS);
    out.raw(",\"metrics\":{");
    begin();
    unsigned("inspectedBytes", stats.bytes());
    out.raw('}');
    partial(message);
    out.raw('}');
  }

  private void partial(String message) {
    if (!message.isEmpty()) {
      out.raw(",\"status\":\"PARTIAL\",\"message\":").text(message);
    }
  }

  /// `/api/search`.
  ///
  /// @param padded trace ids with their leading zeros
  public void search(List<FoundTrace> traces, SearchProgress progress, boolean padded) {
    out.raw("{\"traces\":[");
    String comma = "";
    for (FoundTrace trace : traces) {
      out.raw(comma);
      trace(trace, padded);
      comma = ",";
    }
    out.raw("],\"metrics\":");
    searchMetrics(progress);
    out.raw('}');
  }

  /// A trace id as searches show it.
  public static String id(TraceId id, boolean padded) {
    String hex = id.toString();
    if (padded) {
      return hex;
    }
    int zeros = 0;
    while (zeros < hex.length() - 1 && hex.charAt(zeros) == '0') {
      zeros++;
    }
    return hex.substring(zeros);
  }

  private void trace(FoundTrace trace, boolean padded) {
    begin();
    out.raw('{');
    text("traceID", id(trace.id(), padded));
    text("rootServiceName", rootService(trace));
    text("rootTraceName", trace.rootName());
    unsigned("startTimeUnixNano", trace.startNanos());
    number("durationMs", durationMillis(trace));
    if (!trace.spanSets().isEmpty()) {
      key("spanSet");
      spanSet(trace.spanSets().getFirst());
      key("spanSets").raw('[');
      String comma = "";
      for (FoundTrace.SpanSet set : trace.spanSets()) {
        out.raw(comma);
        spanSet(set);
        comma = ",";
      }
      out.raw(']');
    }
    if (!trace.services().isEmpty()) {
      key("serviceStats").raw('{');
      String comma = "";
      for (Map.Entry<String, FoundTrace.ServiceStats> service :
          new TreeMap<>(trace.services()).entrySet()) {
        out.raw(comma).text(service.getKey()).raw(":{");
        begin();
        number("spanCount", service.getValue().spans());
        number("errorCount", service.getValue().errors());
        out.raw('}');
        comma = ",";
      }
      out.raw('}');
    }
    out.raw('}');
    first = false;
  }

  static String rootService(FoundTrace trace) {
    return trace.rootService().isEmpty() && trace.rootName().isEmpty()
        ? "<root span not yet received>"
        : trace.rootService();
  }

  static long durationMillis(FoundTrace trace) {
    return Math.min(0xffffffffL, trace.durationNanos() / 1_000_000);
  }

  private void spanSet(FoundTrace.SpanSet set) {
    boolean outer = first;
    out.raw("{\"spans\":[");
    String comma = "";
    for (FoundTrace.Span span : set.spans()) {
      out.raw(comma).raw('{');
      begin();
      text("spanID", TraceId.hex(span.id()));
      text("name", span.name());
      unsigned("startTimeUnixNano", span.startNanos());
      unsigned("durationNanos", span.durationNanos());
      attributes("attributes", span.attributes());
      out.raw('}');
      comma = ",";
    }
    out.raw(']');
    first = false;
    number("matched", set.matched());
    attributes("attributes", set.attributes());
    out.raw('}');
    first = outer;
  }

  private void attributes(String key, List<FoundTrace.Attribute> attributes) {
    if (!attributes.isEmpty()) {
      key(key);
      labels(attributes);
    }
  }

  private void labels(List<FoundTrace.Attribute> attributes) {
    out.raw('[');
    String comma = "";
    for (FoundTrace.Attribute attribute : attributes) {
      out.raw(comma).raw("{\"key\":").text(attribute.key()).raw(",\"value\":");
      value(attribute.value());
      out.raw('}');
      comma = ",";
    }
    out.raw(']');
  }

  private void value(SpanValue value) {
    switch (value) {
      case SpanValue.Int i -> out.raw("{\"intValue\":\"").number(i.value()).raw("\"}");
      case SpanValue.Decimal d -> {
        out.raw("{\"doubleValue\":");
        ProtoJson.decimal(out, d.value());
        out.raw('}');
      }
      case SpanValue.Bool b ->
          out.raw(b.value() ? "{\"boolValue\":true}" : "{\"boolValue\":false}");
      case SpanValue.Many many -> {
        out.raw("{\"arrayValue\":{\"values\":[");
        String comma = "";
        for (SpanValue element : many.values()) {
          out.raw(comma);
          value(element);
          comma = ",";
        }
        out.raw("]}}");
      }
      case SpanValue.Text t -> out.raw("{\"stringValue\":").text(t.value()).raw('}');
      case SpanValue.Duration d -> out.raw("{\"stringValue\":").text(GoTexts.of(d)).raw('}');
      case SpanValue.Status s -> out.raw("{\"stringValue\":").text(GoTexts.of(s)).raw('}');
      case SpanValue.Kind k -> out.raw("{\"stringValue\":").text(GoTexts.of(k)).raw('}');
      case SpanValue.Nil n -> out.raw("{\"stringValue\":\"nil\"}");
    }
  }

  /// `/api/search/tags` and, with other names, `/api/search/tag/{tag}/values`.
  ///
  /// @param key `tagNames` or `tagValues`
  public void texts(String key, List<String> texts, SearchProgress progress) {
    out.raw("{\"").raw(key).raw("\":");
    strings(texts);
    out.raw(",\"metrics\":");
    metadataMetrics(progress);
    out.raw('}');
  }

  private void strings(List<String> texts) {
    out.raw('[');
    String comma = "";
    for (String text : texts) {
      out.raw(comma).text(text);
      comma = ",";
    }
    out.raw(']');
  }

  /// `/api/v2/search/tags`.
  public void tagsV2(List<ScopeTags> scopes, SearchProgress progress) {
    out.raw("{\"scopes\":[");
    String comma = "";
    for (ScopeTags scope : scopes) {
      out.raw(comma).raw("{\"name\":").text(scope.scope());
      if (!scope.names().isEmpty()) {
        out.raw(",\"tags\":");
        strings(scope.names());
      }
      out.raw('}');
      comma = ",";
    }
    out.raw("],\"metrics\":");
    metadataMetrics(progress);
    out.raw('}');
  }

  /// `/api/v2/search/tag/{tag}/values`.
  public void tagValuesV2(List<SpanValue> values, SearchProgress progress) {
    out.raw("{\"tagValues\":[");
    String comma = "";
    for (SpanValue value : values) {
      out.raw(comma).raw("{\"type\":\"").raw(type(value)).raw('"');
      String text = GoTexts.of(value);
      if (!text.isEmpty()) {
        out.raw(",\"value\":").text(text);
      }
      out.raw('}');
      comma = ",";
    }
    out.raw("],\"metrics\":");
    metadataMetrics(progress);
    out.raw('}');
  }

  static String type(SpanValue value) {
    return switch (value) {
      case SpanValue.Int i -> "int";
      case SpanValue.Decimal d -> "float";
      case SpanValue.Bool b -> "bool";
      case SpanValue.Duration d -> "duration";
      case SpanValue.Status s -> "keyword";
      case SpanValue.Kind k -> "keyword";
      case SpanValue.Text t -> "string";
      case SpanValue.Many m -> "string";
      case SpanValue.Nil n -> "keyword";
    };
  }

  /// `/api/metrics/query_range`.
  ///
  /// @param message why it is not whole; empty when it is
  public void queryRange(List<TracesSeries> series, String message, SearchProgress progress) {
    out.raw("{\"series\":[");
    String comma = "";
    for (TracesSeries one : series) {
      out.raw(comma).raw("{\"labels\":");
      labels(one.labels());
      out.raw(",\"samples\":[");
      for (int i = 0; i < one.values().length; i++) {
        out.raw(i == 0 ? "{" : ",{");
        begin();
        signed("timestampMs", one.timestampsMillis()[i]);
        decimal("value", one.values()[i]);
        out.raw('}');
      }
      out.raw(']');
      if (!one.exemplars().isEmpty()) {
        out.raw(",\"exemplars\":[");
        String between = "";
        for (TracesSeries.Exemplar exemplar : one.exemplars()) {
          out.raw(between).raw('{');
          begin();
          attributes("labels", exemplar.labels());
          decimal("value", exemplar.value());
          signed("timestampMs", exemplar.timestampMillis());
          out.raw('}');
          between = ",";
        }
        out.raw(']');
      }
      out.raw('}');
      comma = ",";
    }
    out.raw("],\"metrics\":");
    searchMetrics(progress);
    partial(message);
    out.raw('}');
  }

  /// `/api/metrics/query`: the first value of each series.
  public void queryInstant(List<TracesSeries> series, String message, SearchProgress progress) {
    out.raw("{\"series\":[");
    String comma = "";
    for (TracesSeries one : series) {
      if (one.values().length > 0) {
        out.raw(comma).raw("{\"labels\":");
        labels(one.labels());
        first = false;
        decimal("value", one.values()[0]);
        out.raw('}');
        comma = ",";
      }
    }
    out.raw("],\"metrics\":");
    searchMetrics(progress);
    partial(message);
    out.raw('}');
  }

  private void searchMetrics(SearchProgress progress) {
    TracesStats stats = progress.stats();
    out.raw('{');
    begin();
    number("inspectedTraces", stats.traces());
    unsigned("inspectedBytes", stats.bytes());
    number("totalBlocks", stats.blocks());
    number("completedJobs", progress.completedJobs());
    number("totalJobs", progress.totalJobs());
    unsigned("totalBlockBytes", stats.blockBytes());
    unsigned("inspectedSpans", stats.spans());
    out.raw('}');
  }

  private void metadataMetrics(SearchProgress progress) {
    TracesStats stats = progress.stats();
    out.raw('{');
    begin();
    unsigned("inspectedBytes", stats.bytes());
    number("totalJobs", progress.totalJobs());
    number("completedJobs", progress.completedJobs());
    number("totalBlocks", stats.blocks());
    unsigned("totalBlockBytes", stats.blockBytes());
    out.raw('}');
  }

  private void begin() {
    first = true;
  }

  private JsonBuffer key(String name) {
    if (!first) {
      out.raw(',');
    }
    first = false;
    return out.raw('"').raw(name).raw("\":");
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      key(name).text(value);
    }
  }

  private void number(String name, long value) {
    if (value != 0) {
      key(name).number(value);
    }
  }

  private void signed(String name, long value) {
    if (value != 0) {
      key(name).raw('"').number(value).raw('"');
    }
  }

  private void unsigned(String name, long value) {
    if (value != 0) {
      key(name).raw('"').raw(Long.toUnsignedString(value)).raw('"');
    }
  }

  private void decimal(String name, double value) {
    if (value != 0) {
      ProtoJson.decimal(key(name), value);
    }
  }
}
