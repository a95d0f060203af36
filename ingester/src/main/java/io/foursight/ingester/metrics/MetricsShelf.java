package io.foursight.ingester.metrics;

import io.foursight.ingester.SignalShelf;
import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.wal.Wal;
import java.util.Optional;
import java.util.Set;

/// The heads and the flusher of metrics as the skeleton sees them.
public record MetricsShelf(MetricsIngester ingester, MetricsFlusher flusher)
    implements SignalShelf {
  @Override
  public Signal signal() {
    return Signal.METRICS;
  }

  @Override
  public void start() {
    flusher.start();
  }

  @Override
  public void replay(Wal.Record record) {
    ingester.replay(record);
  }

  @Override
  public void replayed(long currentSegment) {
    ingester.replayed(currentSegment);
  }

  @Override
  public void tick(double seconds) {
    ingester.tick(seconds);
    flusher.tick();
  }

  @Override
  public void truncateLog() {
    ingester.truncateLog();
  }

  @Override
  public boolean flush(Optional<TenantId> tenant) {
    return flusher.flush(tenant);
  }

  @Override
  public void flushUntil(Optional<TenantId> tenant, Deadline deadline) {
    flusher.flushUntil(tenant, deadline);
  }

  @Override
  public Set<TenantId> tenants() {
    return ingester.tenants();
  }

  @Override
  public void close(Deadline deadline) {
    ingester.close(deadline);
  }
}
