package io.foursight.querier.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingView;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// The late writes of all ingesters of a ring: their numbers mixed with who they are, so that one
/// that comes, goes or restarts changes the number; a number of its own each time when one does not
/// answer. Safe from any thread.
public final class ReplicatedLogsLateWrites implements LogsLateWrites {
  private final RingView ring;
  private final Function<InstanceDescriptor, LogsLateWrites> ingesters;
  private final AtomicLong never = new AtomicLong(System.nanoTime());

  public ReplicatedLogsLateWrites(
      RingView ring, Function<InstanceDescriptor, LogsLateWrites> ingesters) {
    this.ring = ring;
    this.ingesters = ingesters;
  }

  @Override
  public long version(TenantId tenant, TimeRange range) {
    long mixed = 0;
    try {
      for (InstanceDescriptor instance : ring.ring().instances()) {
        long version = ingesters.apply(instance).version(tenant, range);
        mixed = LogsLateWrites.mix(mixed, instance.id().hashCode());
        mixed = LogsLateWrites.mix(mixed, instance.incarnation());
        mixed = LogsLateWrites.mix(mixed, version);
      }
      return mixed;
    } catch (FoursightException e) {
      return never.incrementAndGet();
    }
  }
}
