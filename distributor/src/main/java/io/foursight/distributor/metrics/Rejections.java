package io.foursight.distributor.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What one request's validation refused: by reason, the first message and the number of items.
final class Rejections {
  private static final class Tally {
    final String message;
    int count;

    Tally(String message) {
      this.message = message;
    }
  }

  private final Map<String, Tally> byReason = new LinkedHashMap<>();
  private final Map<String, Integer> silent = new LinkedHashMap<>();

  void clear() {
    byReason.clear();
    silent.clear();
  }

  boolean isEmpty() {
    return byReason.isEmpty();
  }

  /// @param message asked for only when the reason is new
  void add(String reason, int items, Supplier<String> message) {
    var tally = byReason.get(reason);
    if (tally == null) {
      tally = new Tally(message.get());
      byReason.put(reason, tally);
    }
    tally.count += items;
  }

  /// An item that is left out without failing the request; only counted.
  void addSilently(String reason) {
    silent.merge(reason, 1, Integer::sum);
  }

  Map<String, Integer> silent() {
    return silent;
  }

  List<Rejection> list() {
    var all = new ArrayList<Rejection>(byReason.size());
    byReason.forEach((reason, tally) ->
        all.add(new Rejection(reason, ErrorKind.BAD_DATA, tally.message, tally.count)));
    return all;
  }
}
