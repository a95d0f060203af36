package io.foursight.wire.traces;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A span as Zipkin's v2 model has it; v1 is converted to it. Times in microseconds, 0 is absent.
/// Mutable while it is read.
final class ZipkinSpan {
  /// Zipkin's kinds by their OTLP numbers.
  static final int SERVER = 2;

  static final int CLIENT = 3;
  static final int PRODUCER = 4;
  static final int CONSUMER = 5;

  /// @param ip textual; empty when absent
  /// @param port 0 when absent
  record Endpoint(String service, String ip, int port) {
    static final Endpoint NONE = new Endpoint("", "", 0);
  }

  record Annotation(long micros, String value) {}

  String traceId = "";
  String id = "";
  String parentId = "";
  int kind;
  String name = "";
  long startMicros;
  long durationMicros;
  Endpoint local = Endpoint.NONE;
  Endpoint remote = Endpoint.NONE;
  final List<Annotation> annotations = new ArrayList<>();
  final Map<String, String> tags = new LinkedHashMap<>();

  static int kind(String name) {
    return switch (name) {
      case "SERVER" -> SERVER;
      case "CLIENT" -> CLIENT;
      case "PRODUCER" -> PRODUCER;
      case "CONSUMER" -> CONSUMER;
      default -> 0;
    };
  }
}
