package io.foursight.benchmarks.ingester;

import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.wal.Wal;

/// Says that everything is durable and forgets it.
final class ForgettingWal implements Wal {
  @Override
  public Position append(
      Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length) {
    return new Position(1, 0);
  }

  @Override
  public Pending submit(
      Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length) {
    return () -> new Position(1, 0);
  }

  @Override
  public void replay(Replayer replayer) {}

  @Override
  public long cut() {
    return 1;
  }

  @Override
  public void truncate(long segment) {}

  @Override
  public long sizeBytes() {
    return 0;
  }

  @Override
  public void start() {}

  @Override
  public void stop(Deadline deadline) {}
}
