package io.foursight.storage.block;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.ObjectStore.ObjectInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The right to replace a tenant's blocks of one signal, which one process at a time has, even when
/// processes that don't hear each other both think that the tenant is theirs. It needs nothing but
/// the object store, and no clocks that agree.
///
/// ```
/// <tenant>/compactor-lease/<epoch, 19 digits>     "<holder> <renewals> held|free"
/// ```
///
/// The object of the greatest epoch counts. A lease is taken by creating the next epoch, which the
/// store lets only one do: at once when the last is free, else after its holder has let it stand
/// unchanged for the duration, on the clock of the one who watches. A holder writes anew every
/// quarter of the duration, and counts itself out when it could not for three quarters: before
/// anybody else can have waited for long enough. Safe from any thread.
public final class BlockLeases {
  private static final Logger log = LoggerFactory.getLogger(BlockLeases.class);

  private final ObjectStore store;
  private final String holder;
  private final long durationNanos;
  private final LongSupplier nanoClock;
  private final Map<TenantId, Sighting> seen = new HashMap<>();

  private record Sighting(long epoch, String text, long sinceNanos) {}

  /// @param store rooted at the signal's place
  /// @param holder names this life of this process, without spaces; nobody else has it
  public BlockLeases(ObjectStore store, String holder, Duration duration, LongSupplier nanoClock) {
    this.store = store;
    this.holder = holder;
    this.durationNanos = duration.toNanos();
    this.nanoClock = nanoClock;
  }

  /// Takes the lease if it can be had now.
  public synchronized Optional<Lease> take(TenantId tenant) {
    long epoch = 0;
    for (ObjectInfo object : store.list(prefix(tenant))) {
      epoch = Math.max(epoch, epoch(object.key()));
    }
    if (epoch > 0 && !isFree(tenant, epoch)) {
      return Optional.empty();
    }
    long began = nanoClock.getAsLong();
    if (!store.putIfAbsent(key(tenant, epoch + 1), text(0, "held"))) {
      return Optional.empty();
    }
    seen.remove(tenant);
    var lease = new Lease(tenant, epoch + 1, began);
    removeOlder(tenant, epoch + 1);
    return Optional.of(lease);
  }

  private void removeOlder(TenantId tenant, long epoch) {
    try {
      for (ObjectInfo object : store.list(prefix(tenant))) {
        if (epoch(object.key()) < epoch) {
          store.delete(object.key());
        }
      }
    } catch (FoursightException e) {
      log.warn("old leases stay for now tenant={} error={}", tenant, e.getMessage());
    }
  }

  private boolean isFree(TenantId tenant, long epoch) {
    Optional<byte[]> bytes = store.get(key(tenant, epoch));
    if (bytes.isEmpty()) {
      return false; // somebody takes it right now
    }
    String text = new String(bytes.get(), StandardCharsets.UTF_8);
    if (text.endsWith(" free")) {
      return true;
    }
    long now = nanoClock.getAsLong();
    Sighting last = seen.get(tenant);
    if (last == null || last.epoch != epoch || !last.text.equals(text)) {
      seen.put(tenant, new Sighting(epoch, text, now));
      return false;
    }
    return now - last.sinceNanos > durationNanos;
  }

  private byte[] text(long renewals, String state) {
    return (holder + ' ' + renewals + ' ' + state).getBytes(StandardCharsets.UTF_8);
  }

  private static String prefix(TenantId tenant) {
    return BlockKeys.tenant(tenant) + "compactor-lease/";
  }

  private static String key(TenantId tenant, long epoch) {
    return prefix(tenant) + String.format("%019d", epoch);
  }

  private static long epoch(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1);
    return name.matches("[0-9]{19}") ? Long.parseLong(name) : 0;
  }

  /// Held until closed, as long as it can be renewed; a thread of its own sees to that.
  public final class Lease implements AutoCloseable {
    private final TenantId tenant;
    private final long epoch;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long renewedAt;
    private volatile boolean lost;
    private long renewals;

    private Lease(TenantId tenant, long epoch, long takenAt) {
      this.tenant = tenant;
      this.epoch = epoch;
      this.renewedAt = takenAt;
      Thread.ofVirtual().name("lease-renewal").start(this::renewOften);
    }

    private void renewOften() {
      try {
        while (!closed.await(durationNanos / 4, TimeUnit.NANOSECONDS)) {
          renew();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /// Says that the holder lives; a failure is tried again by the next call.
    synchronized void renew() {
      if (lost || closed.getCount() == 0) {
        return;
      }
      long now = nanoClock.getAsLong();
      try {
        if (isHeld()) {
          store.put(key(tenant, epoch), text(++renewals, "held"));
          renewedAt = now;
        }
      } catch (FoursightException e) {
        log.warn("lease cannot be renewed tenant={} error={}", tenant, e.getMessage());
      }
    }

    /// Whether what this process writes next is still its own right to write: asks the store. It
    /// stays so for at least a quarter of the duration.
    public boolean isHeld() {
      if (lost || nanoClock.getAsLong() - renewedAt > durationNanos / 4 * 3) {
        lost = true;
        return false;
      }
      List<ObjectInfo> all = store.list(prefix(tenant));
      lost = all.isEmpty() || all.stream().anyMatch(object -> epoch(object.key()) > epoch);
      return !lost;
    }

    /// Gives it back, so that the next one need not wait.
    @Override
    public synchronized void close() {
      if (closed.getCount() == 0) {
        return;
      }
      closed.countDown();
      try {
        if (isHeld()) {
          store.put(key(tenant, epoch), text(++renewals, "free"));
        }
      } catch (FoursightException e) {
        log.warn("lease is left to run out tenant={} error={}", tenant, e.getMessage());
      }
    }
  }
}
