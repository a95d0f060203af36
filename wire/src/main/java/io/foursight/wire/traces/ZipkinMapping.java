package io.foursight.wire.traces;

import io.foursight.model.traces.TraceId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Writes Zipkin spans as OTLP, by the OpenTelemetry mapping:
///
/// | OTLP | from |
/// |---|---|
/// | resource `service.name` | local endpoint's service |
/// | scope | tags `otel.scope.name`, `otel.scope.version` (or `otel.library.*`) |
/// | `net.host.ip`, `net.host.port` | local endpoint |
/// | `peer.service`, `net.peer.ip`, `net.peer.port` | remote endpoint |
/// | kind | kind; without one tag `span.kind` = `internal` |
/// | status | tags `otel.status_code`, `otel.status_description`, `error` |
/// | trace state | tag `w3c.tracestate` |
/// | attributes | the other tags, as text |
/// | events | annotations |
///
/// A span without a time begins with its first annotation. Client and server of one call may share
/// an id; they stay two spans of different kind. A span with bad ids or times is refused alone.
final class ZipkinMapping {
  private static final long MAX_MICROS = Long.MAX_VALUE / 2000;
  private static final String START_ABSENT = "otel.zipkin.absentField.startTime";

  private record Service(String name) {}

  private final OtlpSpanWriter out;
  private final SpanRefusals refusals;

  ZipkinMapping(OtlpSpanWriter out, SpanRefusals refusals) {
    this.out = out;
    this.refusals = refusals;
  }

  void add(ZipkinSpan span) {
    Optional<TraceId> trace = TraceIds.trace(span.traceId).filter(t -> !t.isNone());
    if (trace.isEmpty()) {
      refusals.invalid(
          "invalid_trace_id",
          () -> "trace ids must be 1 to 32 hex digits and not zero: received " + q(span.traceId));
      return;
    }
    long id = id(span.id);
    if (id == 0) {
      refusals.invalid(
          "invalid_span_id",
          () -> "span ids must be 1 to 16 hex digits and not zero: received " + q(span.id));
      return;
    }
    if (!span.parentId.isEmpty() && !isId(span.parentId)) {
      refusals.invalid(
          "invalid_parent_id",
          () -> "parent ids must be 1 to 16 hex digits: received " + q(span.parentId));
      return;
    }
    long start = span.startMicros;
    if (start == 0) {
      start = span.annotations.stream().mapToLong(ZipkinSpan.Annotation::micros).min().orElse(0);
    }
    if (outside(start)
        || outside(span.durationMicros)
        || span.annotations.stream().anyMatch(a -> outside(a.micros()))) {
      refusals.invalid(
          "invalid_time",
          () -> "times must lie between the years 1970 and 2116: span " + q(span.id));
      return;
    }
    write(span, trace.get(), id, start * 1000);
  }

  private static boolean outside(long micros) {
    return micros < 0 || micros > MAX_MICROS;
  }

  private static boolean isId(String hex) {
    return !hex.isEmpty() && hex.length() <= 16 && TraceIds.isHex(hex);
  }

  /// 0 when it is not valid.
  private static long id(String hex) {
    return isId(hex) ? Long.parseUnsignedLong(hex, 16) : 0;
  }

  private void write(ZipkinSpan span, TraceId trace, long id, long startNanos) {
    Map<String, String> tags = new LinkedHashMap<>(span.tags);
    String scope = taken(tags, "otel.scope.name", "otel.library.name");
    String version = taken(tags, "otel.scope.version", "otel.library.version");
    String service = span.local.service();
    out.under(
        new Service(service),
        () -> {
          if (!service.isEmpty()) {
            out.text(1, "service.name", service);
          }
        },
        scope,
        version);
    String traceState = taken(tags, "w3c.tracestate");
    int kind = span.kind;
    if (kind == 0 && "internal".equalsIgnoreCase(tags.get("span.kind"))) {
      tags.remove("span.kind");
      kind = 1;
    }
    String description = taken(tags, "otel.status_description");
    int status = status(taken(tags, "otel.status_code"));
    String error = tags.get("error");
    if (error != null && status == 0) {
      status = 2;
      if (error.isEmpty() || error.equals("true")) {
        tags.remove("error");
      } else if (description.isEmpty()) {
        description = error;
      }
    }
    long parent = span.parentId.isEmpty() ? 0 : id(span.parentId);
    out.beginSpan(trace, id, parent, traceState);
    out.named(span.name, kind, startNanos, startNanos + span.durationMicros * 1000);
    tags.forEach((key, value) -> out.text(9, key, value));
    if (span.startMicros == 0) {
      out.bool(9, START_ABSENT, true);
    }
    endpoint(span.local, "net.host.ip", "net.host.port");
    if (!span.remote.service().isEmpty() && !tags.containsKey("peer.service")) {
      out.text(9, "peer.service", span.remote.service());
    }
    endpoint(span.remote, "net.peer.ip", "net.peer.port");
    for (ZipkinSpan.Annotation a : span.annotations) {
      int event = out.out.begin(11);
      out.fixed64(1, a.micros() * 1000);
      out.out.string(2, a.value());
      out.out.end(event);
    }
    out.status(status, description);
    out.endSpan();
  }

  private void endpoint(ZipkinSpan.Endpoint endpoint, String ip, String port) {
    if (!endpoint.ip().isEmpty()) {
      out.text(9, ip, endpoint.ip());
    }
    if (endpoint.port() != 0) {
      out.integer(9, port, endpoint.port());
    }
  }

  private static String taken(Map<String, String> tags, String... names) {
    String found = "";
    for (String name : names) {
      String value = tags.remove(name);
      if (value != null && found.isEmpty()) {
        found = value;
      }
    }
    return found;
  }

  /// A status code by name or by number.
  static int status(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "OK", "STATUS_CODE_OK", "1" -> 1;
      case "ERROR", "STATUS_CODE_ERROR", "2" -> 2;
      default -> 0;
    };
  }

  private static String q(String text) {
    return '"' + (text.length() > 100 ? text.substring(0, 100) + "..." : text) + '"';
  }
}
