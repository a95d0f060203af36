package io.foursight.wire.traces;

import io.foursight.model.traces.TraceId;
import io.foursight.wire.traces.JaegerSpan.Process;
import io.foursight.wire.traces.JaegerSpan.Reference;
import io.foursight.wire.traces.JaegerSpan.Tag;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Writes Jaeger spans as OTLP, by the OpenTelemetry mapping:
///
/// | OTLP | from |
/// |---|---|
/// | resource | process: `service.name`, tags (`hostname` as `host.name`) |
/// | scope | tags `otel.scope.name`, `otel.scope.version` (or `otel.library.*`) |
/// | parent | parent id, else the first `CHILD_OF` reference of the same trace |
/// | links | other references, with `opentracing.ref_type` |
/// | kind | tag `span.kind` |
/// | status | tag `error`, else `otel.status_code`, else `http.status_code`; `otel.status_description` |
/// | trace state | tag `w3c.tracestate` |
/// | attributes | the other tags with their types |
/// | events | logs; the name is the field `event` |
///
/// A span with bad ids or times is refused alone.
final class JaegerMapping {
  private final OtlpSpanWriter out;
  private final SpanRefusals refusals;

  JaegerMapping(OtlpSpanWriter out, SpanRefusals refusals) {
    this.out = out;
    this.refusals = refusals;
  }

  void add(JaegerSpan span, Process process) {
    if (span.trace.isNone()) {
      refusals.invalid("invalid_trace_id", () -> "trace ids must be 128 bit and not zero");
      return;
    }
    if (span.id == 0) {
      refusals.invalid(
          "invalid_span_id", () -> "span ids must be 64 bit and not zero: in trace " + span.trace);
      return;
    }
    if (!span.timesInRange) {
      refusals.invalid(
          "invalid_time",
          () -> "times must lie between the years 1970 and 2116: span " + TraceId.hex(span.id));
      return;
    }
    Map<String, Object> tags = new LinkedHashMap<>();
    for (Tag tag : span.tags) {
      tags.put(tag.key(), tag.value());
    }
    out.under(
        process,
        () -> resource(process),
        taken(tags, "otel.scope.name", "otel.library.name"),
        taken(tags, "otel.scope.version", "otel.library.version"));
    Reference parent = parent(span);
    out.beginSpan(
        span.trace,
        span.id,
        span.parent != 0 ? span.parent : parent == null ? 0 : parent.span(),
        taken(tags, "w3c.tracestate"));
    int kind = kind(tags);
    String description = taken(tags, "otel.status_description");
    int status = status(tags, kind);
    out.named(span.operation, kind, span.startNanos, span.startNanos + span.durationNanos);
    tags.forEach((key, value) -> attribute(9, key, value));
    for (JaegerSpan.Log log : span.logs) {
      event(log);
    }
    for (Reference reference : span.references) {
      if (!reference.equals(parent)) {
        link(reference);
      }
    }
    out.status(status, description);
    out.endSpan();
  }

  private void resource(Process process) {
    if (!process.service().isEmpty()) {
      out.text(1, "service.name", process.service());
    }
    boolean named = process.tags().stream().anyMatch(t -> t.key().equals("host.name"));
    for (Tag tag : process.tags()) {
      boolean host = tag.key().equals("hostname") && !named;
      if (!tag.key().equals("service.name") || process.service().isEmpty()) {
        attribute(1, host ? "host.name" : tag.key(), tag.value());
      }
    }
  }

  /// The reference that stands for the parent, or null.
  private static Reference parent(JaegerSpan span) {
    for (Reference reference : span.references) {
      if (!reference.follows()
          && reference.trace().equals(span.trace)
          && (span.parent == 0 || reference.span() == span.parent)) {
        return reference;
      }
    }
    return null;
  }

  private void event(JaegerSpan.Log log) {
    int event = out.out.begin(11);
    out.fixed64(1, log.nanos());
    boolean named = false;
    for (Tag field : log.fields()) {
      if (!named && field.key().equals("event") && field.value() instanceof String name) {
        out.out.string(2, name);
        named = true;
      } else {
        attribute(3, field.key(), field.value());
      }
    }
    out.out.end(event);
  }

  private void link(Reference reference) {
    int link = out.out.begin(13);
    out.traceId(1, reference.trace());
    out.spanId(2, reference.span());
    out.text(4, "opentracing.ref_type", reference.follows() ? "follows_from" : "child_of");
    out.out.end(link);
  }

  private void attribute(int field, String key, Object value) {
    switch (value) {
      case Boolean b -> out.bool(field, key, b);
      case Long n -> out.integer(field, key, n);
      case Double d -> out.decimal(field, key, d);
      case byte[] bytes -> out.binary(field, key, bytes);
      default -> out.text(field, key, value.toString());
    }
  }

  private static int kind(Map<String, Object> tags) {
    Object kind = tags.get("span.kind");
    int code =
        switch (String.valueOf(kind).toLowerCase(Locale.ROOT)) {
          case "internal" -> 1;
          case "server" -> 2;
          case "client" -> 3;
          case "producer" -> 4;
          case "consumer" -> 5;
          default -> 0;
        };
    if (code != 0) {
      tags.remove("span.kind");
    }
    return code;
  }

  private static int status(Map<String, Object> tags, int kind) {
    int named = ZipkinMapping.status(taken(tags, "otel.status_code"));
    Object error = tags.get("error");
    if (Boolean.TRUE.equals(error) || "true".equals(error)) {
      tags.remove("error");
      return 2;
    }
    if (Boolean.FALSE.equals(error) || "false".equals(error)) {
      tags.remove("error");
    }
    if (named == 0 && tags.get("http.status_code") instanceof Long http) {
      return http >= (kind == 2 ? 500 : 400) && http < 600 ? 2 : 0;
    }
    return named;
  }

  private static String taken(Map<String, Object> tags, String... names) {
    String found = "";
    for (String name : names) {
      if (tags.get(name) instanceof Object value && found.isEmpty()) {
        tags.remove(name);
        found = value.toString();
      }
    }
    return found;
  }
}
