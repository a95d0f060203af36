package io.foursight.ring.kv;

import java.time.Duration;
import java.util.Optional;

/// What a key-value server must be able to do. Blocking; safe from any thread. Every method throws
/// `FoursightException` `UNAVAILABLE` when no server answers as expected.
public interface Keys {
  /// A value with the server's version of it; version 0 when there is none.
  ///
  /// @param index where to go on watching from
  record Versioned(Optional<byte[]> value, long version, long index) {}

  Versioned get(String key);

  /// Writes when the key still has that version.
  ///
  /// @return false when it has another one
  boolean putIf(String key, long version, byte[] value);

  /// Waits until the key changes after the index, or a while is over.
  ///
  /// @return the key as it is then
  Versioned await(String key, long index, Duration atMost);

  /// How long to wait before a lost race is tried again.
  Duration retryDelay();

  String describe();
}
