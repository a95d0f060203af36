package io.foursight.storage.object;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// All meters of one place's object store; `place` is a signal's plural, `ruler` or `alertmanager`.
final class ObjectStoreMetrics {
  /// The requests of an object store, by the label `operation`.
  enum Operation {
    GET,
    GET_RANGE,
    HEAD,
    PUT,
    PUT_IF_ABSENT,
    LIST,
    DELETE
  }

  private final Map<Operation, Timer> requests = new EnumMap<>(Operation.class);
  private final Map<Operation, Counter> failures = new EnumMap<>(Operation.class);
  final Counter readBytes;
  final Counter writtenBytes;
  final Counter retries;
  final Counter refusedRetries;
  final Counter hedges;

  ObjectStoreMetrics(MeterRegistry registry, String place) {
    for (Operation operation : Operation.values()) {
      String name = operation.name().toLowerCase(Locale.ROOT);
      requests.put(
          operation,
          registry.timer(
              "foursight_object_store_request_seconds", "place", place, "operation", name));
      failures.put(
          operation,
          registry.counter(
              "foursight_object_store_failures_total", "place", place, "operation", name));
    }
    readBytes = registry.counter("foursight_object_store_read_bytes_total", "place", place);
    writtenBytes = registry.counter("foursight_object_store_written_bytes_total", "place", place);
    retries = registry.counter("foursight_object_store_retries_total", "place", place);
    refusedRetries =
        registry.counter("foursight_object_store_retries_refused_total", "place", place);
    hedges = registry.counter("foursight_object_store_hedges_total", "place", place);
  }

  Timer requests(Operation operation) {
    return requests.get(operation);
  }

  Counter failures(Operation operation) {
    return failures.get(operation);
  }
}
