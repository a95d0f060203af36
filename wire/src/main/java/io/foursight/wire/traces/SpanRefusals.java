package io.foursight.wire.traces;

import io.foursight.model.ErrorKind;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;

/// What is refused of one push: by reason how many spans, and a message about the first. Owned by
/// one thread.
public final class SpanRefusals {
  private final Map<String, Rejection> byReason = new LinkedHashMap<>();

  public void clear() {
    byReason.clear();
  }

  public boolean isEmpty() {
    return byReason.isEmpty();
  }

  /// @param message asked for when the reason is new
  public void add(String reason, ErrorKind kind, int spans, Supplier<String> message) {
    Rejection before = byReason.get(reason);
    byReason.put(
        reason,
        before == null
            ? new Rejection(reason, kind, message.get(), spans)
            : new Rejection(reason, before.kind(), before.message(), before.spans() + spans));
  }

  /// A span that is not valid in itself.
  public void invalid(String reason, Supplier<String> message) {
    add(reason, ErrorKind.BAD_DATA, 1, message);
  }

  public void add(Rejection r) {
    add(r.reason(), r.kind(), r.spans(), r::message);
  }

  public List<Rejection> list() {
    return new ArrayList<>(byReason.values());
  }

  public int spans() {
    return byReason.values().stream().mapToInt(Rejection::spans).sum();
  }

  /// Whether anything was refused by a limit that may let it pass later.
  public boolean isLimited() {
    return byReason.values().stream().anyMatch(r -> r.kind() == ErrorKind.LIMIT_EXCEEDED);
  }

  /// One line about all of it.
  public String text() {
    var text = new StringJoiner("; ");
    for (Rejection r : byReason.values()) {
      text.add(r.message() + (r.spans() > 1 ? " (and " + (r.spans() - 1) + " more spans)" : ""));
    }
    return text.toString();
  }
}
