package io.foursight.querylanguages.traceql.eval;

import com.fasterxml.jackson.databind.JsonNode;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Spans of OTLP JSON.
final class OtlpSpans {
  private OtlpSpans() {}

  static List<MemorySpan> read(JsonNode traces) {
    var spans = new ArrayList<MemorySpan>();
    for (var resourceSpans : traces.get("resourceSpans")) {
      var resource = attributes(resourceSpans.path("resource"));
      for (var scopeSpans : resourceSpans.get("scopeSpans")) {
        for (var span : scopeSpans.get("spans")) {
          spans.add(span(span, resource, scopeSpans.path("scope")));
        }
      }
    }
    return spans;
  }

  private static MemorySpan span(JsonNode span, Map<String, SpanValue> resource, JsonNode scope) {
    long start = Long.parseLong(span.get("startTimeUnixNano").asText());
    var events = new ArrayList<MemorySpan.Event>();
    for (var event : span.path("events")) {
      events.add(
          new MemorySpan.Event(
              event.path("name").asText(),
              Long.parseLong(event.get("timeUnixNano").asText()) - start,
              attributes(event)));
    }
    var links = new ArrayList<MemorySpan.Link>();
    for (var link : span.path("links")) {
      links.add(
          new MemorySpan.Link(
              traceId(link.get("traceId").asText()),
              spanId(link.get("spanId").asText()),
              attributes(link)));
    }
    return new MemorySpan(
        traceId(span.get("traceId").asText()),
        spanId(span.get("spanId").asText()),
        spanId(span.path("parentSpanId").asText("")),
        span.path("name").asText(""),
        span.path("kind").asInt(),
        span.path("status").path("code").asInt(),
        span.path("status").path("message").asText(""),
        start,
        Long.parseLong(span.get("endTimeUnixNano").asText()),
        attributes(span),
        resource,
        scope.path("name").asText(""),
        scope.path("version").asText(""),
        attributes(scope),
        events,
        links);
  }

  private static TraceId traceId(String hex) {
    String padded = "0".repeat(32 - hex.length()) + hex;
    return new TraceId(spanId(padded.substring(0, 16)), spanId(padded.substring(16)));
  }

  private static long spanId(String hex) {
    return hex.isEmpty() ? 0 : Long.parseUnsignedLong(hex, 16);
  }

  private static Map<String, SpanValue> attributes(JsonNode node) {
    var out = new LinkedHashMap<String, SpanValue>();
    for (var attribute : node.path("attributes")) {
      out.put(attribute.get("key").asText(), value(attribute.get("value")));
    }
    return out;
  }

  private static SpanValue value(JsonNode value) {
    if (value.has("stringValue")) {
      return new SpanValue.Text(value.get("stringValue").asText());
    }
    if (value.has("intValue")) {
      return new SpanValue.Int(Long.parseLong(value.get("intValue").asText()));
    }
    if (value.has("doubleValue")) {
      return new SpanValue.Decimal(value.get("doubleValue").asDouble());
    }
    if (value.has("boolValue")) {
      return new SpanValue.Bool(value.get("boolValue").asBoolean());
    }
    if (value.has("arrayValue")) {
      var elements = new ArrayList<SpanValue>();
      value.get("arrayValue").path("values").forEach(v -> elements.add(value(v)));
      return new SpanValue.Many(elements);
    }
    return new SpanValue.Nil();
  }
}
