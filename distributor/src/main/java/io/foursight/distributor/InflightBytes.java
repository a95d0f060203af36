package io.foursight.distributor;

import io.foursight.model.FoursightException;
import java.util.concurrent.atomic.AtomicLong;

/// The bytes of write requests being worked on, under one bound for the process. Safe from any
/// thread.
public final class InflightBytes {
  private final long maxBytes;
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /// What one request holds; grows while the request is decoded. Owned by one thread.
  public final class Hold implements AutoCloseable {
    private long bytes;

    private Hold() {}

    /// Adds bytes to the hold. A request that is alone is let through whatever its size, so that
    /// the bound never refuses for good what the message limits allow.
    ///
    /// @throws FoursightException `UNAVAILABLE` past the bound
    public void add(long more) {
      long now = held.addAndGet(more);
      if (now > maxBytes && now != bytes + more) {
        held.addAndGet(-more);
        refused.incrementAndGet();
        throw FoursightException.unavailable(
            "the write request has been rejected because "
                + (now - more)
                + " bytes of write requests are in flight and "
                + more
                + " more would pass the limit of "
                + maxBytes
                + " bytes (distributor.max_inflight_push_bytes)"
                + " (err-mimir-distributor-max-inflight-push-requests-bytes)");
      }
      bytes += more;
    }

    @Override
    public void close() {
      held.addAndGet(-bytes);
      bytes = 0;
    }
  }

  /// @param maxBytes 0 is a quarter of the heap
  public InflightBytes(long maxBytes) {
    this.maxBytes = maxBytes > 0 ? maxBytes : Runtime.getRuntime().maxMemory() / 4;
  }

  public Hold hold() {
    return new Hold();
  }

  public long heldBytes() {
    return held.get();
  }

  public long refusedRequests() {
    return refused.get();
  }
}
