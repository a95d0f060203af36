package io.foursight.ingester;

import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.wal.Wal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// One log for several signals: each gets a view of it, and what one of them needs no more goes
/// only when all the others have said so too. Safe from any thread.
public final class SharedWal {
  private final Wal wal;
  private final Map<Signal, Long> floors = new EnumMap<>(Signal.class);

  /// @param signals everybody who has a view; until each has spoken nothing is truncated
  public SharedWal(Wal wal, Set<Signal> signals) {
    this.wal = wal;
    signals.forEach(signal -> floors.put(signal, 0L));
  }

  /// The log itself: who starts and stops it has this.
  public Wal wal() {
    return wal;
  }

  /// The log as one signal sees it. Its life is the owner's: start and stop do nothing.
  public Wal of(Signal signal) {
    return new View(signal);
  }

  private synchronized void truncate(Signal signal, long segment) {
    floors.merge(signal, segment, Math::max);
    wal.truncate(floors.values().stream().mapToLong(Long::longValue).min().orElse(0));
  }

  private final class View implements Wal {
    private final Signal of;

    View(Signal of) {
      this.of = of;
    }

    @Override
    public Position append(
        Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length) {
      return wal.append(signal, tenant, type, payload, offset, length);
    }

    @Override
    public Pending submit(
        Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length) {
      return wal.submit(signal, tenant, type, payload, offset, length);
    }

    @Override
    public void replay(Replayer replayer) {
      wal.replay(replayer);
    }

    @Override
    public long cut() {
      return wal.cut();
    }

    @Override
    public void truncate(long segment) {
      SharedWal.this.truncate(of, segment);
    }

    @Override
    public long sizeBytes() {
      return wal.sizeBytes();
    }

    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {}
  }
}
