package io.foursight.wire.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;

/// What is refused of one push: by reason how many profiles, and a message about the first. Owned
/// by one thread.
public final class ProfileRefusals {
  private final Map<String, Rejection> byReason = new LinkedHashMap<>();

  public boolean isEmpty() {
    return byReason.isEmpty();
  }

  /// @param message asked for when the reason is new
  public void add(String reason, ErrorKind kind, int profiles, Supplier<String> message) {
    Rejection before = byReason.get(reason);
    byReason.put(
        reason,
        before == null
            ? new Rejection(reason, kind, message.get(), profiles)
            : new Rejection(reason, before.kind(), before.message(), before.profiles() + profiles));
  }

  public void add(Rejection r) {
    add(r.reason(), r.kind(), r.profiles(), r::message);
  }

  public List<Rejection> list() {
    return new ArrayList<>(byReason.values());
  }

  public int profiles() {
    return byReason.values().stream().mapToInt(Rejection::profiles).sum();
  }

  /// Whether anything was refused by a limit that may let it pass later.
  public boolean isLimited() {
    return byReason.values().stream().anyMatch(r -> r.kind() == ErrorKind.LIMIT_EXCEEDED);
  }

  /// One line about all of it.
  public String text() {
    var text = new StringJoiner("; ");
    for (Rejection r : byReason.values()) {
      text.add(
          r.message()
              + (r.profiles() > 1 ? " (and " + (r.profiles() - 1) + " more profiles)" : ""));
    }
    return text.toString();
  }
}
