package io.foursight.distributor.replication;

import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import java.nio.charset.StandardCharsets;

/// Places on the circle of what one tenant writes. Tokens are the same in every process and in
/// every release: a series or stream that moved would be in two places until it is flushed. Owned
/// by one thread.
public final class RingTokens {
  private static final SeriesHash HASH = new SeriesHash(0x666f7572L, 0x7369676874L);

  private final long[] high = new long[1];
  private final long[] low = new long[1];
  private final long salt;

  public RingTokens(TenantId tenant) {
    salt = hash(tenant.value().getBytes(StandardCharsets.UTF_8));
  }

  private long hash(byte[] bytes) {
    HASH.hash(bytes, 0, bytes.length, high, low, 0);
    return high[0];
  }

  /// Of the bytes that name an item.
  public int of(byte[] bytes, int offset, int length) {
    HASH.hash(bytes, offset, length, high, low, 0);
    long mixed = (high[0] ^ salt) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32);
  }

  public int of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(bytes, 0, bytes.length);
  }
}
