package io.foursight.distributor.profiles;

import io.foursight.wire.profiles.PushMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// UUIDs of what is pushed without one: made of the content (version 8), so that whoever repeats a
/// push whose answer was lost stores nothing twice.
final class ProfileIds {
  private ProfileIds() {}

  /// @param parameters of the request, as they were sent
  static UUID of(String parameters, byte[] body) {
    MessageDigest digest = digest();
    digest.update(parameters.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return id(digest.digest(body));
  }

  /// The sender's where it is a UUID.
  static UUID of(List<PushMessage.Label> labels, PushMessage.Sample sample) {
    try {
      UUID given = UUID.fromString(sample.id());
      if ((given.getMostSignificantBits() | given.getLeastSignificantBits()) != 0) {
        return given;
      }
    } catch (IllegalArgumentException e) {
      // Made of the content then.
    }
    return of(labels + sample.id(), sample.profile());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static UUID id(byte[] hash) {
    hash[6] = (byte) (hash[6] & 0x0f | 0x80);
    hash[8] = (byte) (hash[8] & 0x3f | 0x80);
    String hex = HexFormat.of().formatHex(hash, 0, 16);
    return new UUID(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }
}
