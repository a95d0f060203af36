package io.foursight.storage.block;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.exception.MemcachedException;
import net.rubyeye.xmemcached.impl.KetamaMemcachedSessionLocator;
import net.rubyeye.xmemcached.transcoders.CachedData;
import net.rubyeye.xmemcached.transcoders.CompressionMode;
import net.rubyeye.xmemcached.transcoders.Transcoder;

/// Entries in memcached servers, spread by consistent hashing. Keys there are `fs1:` and the
/// SHA-256 of ours, because memcached's are short and have a narrow alphabet. Puts are fire and
/// forget; when several requests in a row fail, the servers are left alone for a while.
final class MemcachedCache implements Cache {
  private static final String PREFIX = "fs1:";
  private static final int MAX_VALUE = 1_000_000;
  private static final int MAX_QUEUED_PUTS = 10_000;
  private static final int FAILURES_TO_OPEN = 5;
  private static final long OPEN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final MemcachedClient client;
  private final long timeoutMillis;
  private final Bytes transcoder = new Bytes();
  private final AtomicInteger failuresInARow = new AtomicInteger();
  private final AtomicLong closedAgainAt = new AtomicLong(System.nanoTime());
  private final Counter hits;
  private final Counter misses;
  private final Counter failures;
  private final Counter refused;

  /// @param addresses `host:port`
  /// @throws FoursightException `BAD_DATA` for a bad address; servers that do not answer are no
  ///   error
  MemcachedCache(List<String> addresses, Duration timeout, MeterRegistry registry) {
    this.timeoutMillis = timeout.toMillis();
    var builder =
        new XMemcachedClientBuilder(addresses.stream().map(MemcachedCache::address).toList());
    builder.setSessionLocator(new KetamaMemcachedSessionLocator());
    builder.setOpTimeout(timeoutMillis);
    builder.setConnectTimeout(timeoutMillis);
    builder.setMaxQueuedNoReplyOperations(MAX_QUEUED_PUTS);
    builder.setFailureMode(false);
    try {
      client = builder.build();
    } catch (IOException e) {
      throw FoursightException.unavailable("memcached " + addresses + ": " + e.getMessage());
    }
    hits = registry.counter("foursight_memcached_hits_total");
    misses = registry.counter("foursight_memcached_misses_total");
    failures = registry.counter("foursight_memcached_failures_total");
    refused = registry.counter("foursight_memcached_refused_total");
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    try {
      return new InetSocketAddress(
          text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (RuntimeException e) {
      throw new FoursightException(
          ErrorKind.BAD_DATA, "memcached address \"" + text + "\" is not host:port", e);
    }
  }

  private static String key(String ours) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(ours.getBytes(StandardCharsets.UTF_8));
      return PREFIX + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public Map<String, byte[]> get(Collection<String> keys) {
    if (keys.isEmpty() || isOpen()) {
      refused.increment(keys.size());
      return Map.of();
    }
    var ours = new HashMap<String, String>();
    keys.forEach(key -> ours.put(key(key), key));
    try {
      Map<String, byte[]> answer =
          client.get(new ArrayList<>(ours.keySet()), timeoutMillis, transcoder);
      var found = new HashMap<String, byte[]>();
      if (answer != null) {
        answer.forEach((theirs, bytes) -> found.put(ours.get(theirs), bytes));
      }
      failuresInARow.set(0);
      hits.increment(found.size());
      misses.increment(keys.size() - found.size());
      return found;
    } catch (TimeoutException | MemcachedException | RuntimeException e) {
      failed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.of();
  }

  @Override
  public void put(String key, byte[] bytes) {
    if (bytes.length > MAX_VALUE || isOpen()) {
      refused.increment();
      return;
    }
    try {
      client.setWithNoReply(key(key), 0, bytes, transcoder);
    } catch (MemcachedException | RuntimeException e) {
      failed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOpen() {
    return System.nanoTime() - closedAgainAt.get() < 0;
  }

  private void failed() {
    failures.increment();
    if (failuresInARow.incrementAndGet() >= FAILURES_TO_OPEN) {
      failuresInARow.set(0);
      closedAgainAt.set(System.nanoTime() + OPEN_NANOS);
    }
  }

  @Override
  public void close() {
    try {
      client.shutdown();
    } catch (IOException e) {
      failures.increment();
    }
  }

  /// Bytes as they are; the library's own transcoders would wrap or compress them.
  private static final class Bytes implements Transcoder<byte[]> {
    @Override
    public CachedData encode(byte[] bytes) {
      return new CachedData(0, bytes);
    }

    @Override
    public byte[] decode(CachedData data) {
      return data.getData();
    }

    @Override
    public void setPrimitiveAsString(boolean primitiveAsString) {}

    @Override
    public void setPackZeros(boolean packZeros) {}

    @Override
    public void setCompressionThreshold(int to) {}

    @Override
    public boolean isPrimitiveAsString() {
      return false;
    }

    @Override
    public boolean isPackZeros() {
      return false;
    }

    @Override
    public void setCompressionMode(CompressionMode compressMode) {}
  }
}
