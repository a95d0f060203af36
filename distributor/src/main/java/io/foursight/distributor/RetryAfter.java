package io.foursight.distributor;

import java.util.Optional;
import java.util.random.RandomGenerator;

/// The `Retry-After` header of 429 and 5xx answers: 6 seconds doubled with each attempt of the
/// sender (`Retry-Attempt` header) up to 96, plus or minus half of it by chance, so that refused
/// senders do not come back in one wave. Safe from any thread.
public final class RetryAfter {
  private static final int MIN_SECONDS = 6;
  private static final int MAX_SECONDS = 96;

  private final RandomGenerator random;

  /// @param random safe from any thread
  public RetryAfter(RandomGenerator random) {
    this.random = random;
  }

  /// @param retryAttempt the sender's header; absent, 0 or unreadable is the first attempt
  /// @return whole seconds, at least 1
  public int seconds(Optional<String> retryAttempt) {
    int attempt = retryAttempt.map(RetryAfter::parse).orElse(1);
    int base = Math.min(MAX_SECONDS, MIN_SECONDS << Math.min(10, Math.max(0, attempt - 1)));
    return Math.max(1, base / 2 + random.nextInt(base + 1));
  }

  private static int parse(String text) {
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
