package io.foursight.distributor.replication;

import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.ReplicationSet;
import io.foursight.ring.Ring;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Sends the items of a request to the instances that the ring names for each, all at once, and
/// waits until every item is where it must be: RF/2 + 1 replicas. What is still under way then goes
/// on behind the caller's back; its bytes are bounded. Safe from any thread.
///
/// A request succeeds when each of its items has its quorum, and fails when one of them cannot
/// reach it any more. After a failure some items may be stored here and there; the sender repeats
/// the request, which is harmless.
public final class QuorumWriter {
  /// Makes the message for some items.
  @FunctionalInterface
  public interface Encoder {
    /// @param items ascending numbers in `items[0..count-1]`
    byte[] encode(int[] items, int count);
  }

  /// Delivers a message; blocks until the instance has stored it, or throws.
  @FunctionalInterface
  public interface Sender<R> {
    R send(InstanceDescriptor to, byte[] message);
  }

  /// What one instance answered for `items` items.
  public record Answer<R>(int items, R result) {}

  private final long maxUnderwayBytes;
  private final AtomicLong underwayBytes = new AtomicLong();
  private final ReplicationMetrics metrics;

  /// @param maxUnderwayBytes messages sent and not answered, of all requests together
  public QuorumWriter(long maxUnderwayBytes, ReplicationMetrics metrics) {
    this.maxUnderwayBytes = maxUnderwayBytes;
    this.metrics = metrics;
    metrics.watch(underwayBytes);
  }

  /// @param tokens one for each item
  /// @param isPartial whether an answer refuses something; then the others are waited for a little,
  ///   so that what the sender is told does not depend on who was first
  /// @return the answers that came in time, at least a quorum for each item
  /// @throws FoursightException `UNAVAILABLE` when an item has too few replicas or lost its quorum;
  ///   the kind that most replicas failed with when they agree on another one
  public <R> List<Answer<R>> write(
      Ring ring,
      int[] tokens,
      int count,
      Encoder encoder,
      Sender<R> sender,
      java.util.function.Predicate<R> isPartial) {
    var pending = new PendingWrite<R>(count, isPartial);
    Map<String, Share> shares = new LinkedHashMap<>();
    for (int item = 0; item < count; item++) {
      ReplicationSet set = ring.get(tokens[item], Operation.WRITE);
      pending.expect(item, set.instances().size() - set.maxErrors(), set.maxErrors());
      for (InstanceDescriptor instance : set.instances()) {
        shares.computeIfAbsent(instance.id(), id -> new Share(instance)).add(item);
      }
    }
    List<Share> all = List.copyOf(shares.values());
    long bytes = encode(all, count, encoder);
    if (underwayBytes.addAndGet(bytes) > maxUnderwayBytes) {
      underwayBytes.addAndGet(-bytes);
      metrics.refused();
      throw FoursightException.unavailable(
          "messages to ingesters under way hold more than "
              + maxUnderwayBytes
              + " bytes; some of them answer too slowly");
    }
    pending.start(all.size());
    for (Share share : all) {
      Thread.ofVirtual()
          .name("replicate")
          .start(TraceContext.carried(() -> send(share, sender, pending)));
    }
    return pending.await();
  }

  private <R> void send(Share share, Sender<R> sender, PendingWrite<R> pending) {
    try {
      R result = sender.send(share.instance, share.message);
      pending.succeeded(share.items, share.count, result);
    } catch (RuntimeException e) {
      metrics.failed();
      pending.failed(share.items, share.count, share.instance.id(), e);
    } finally {
      underwayBytes.addAndGet(-share.charged);
    }
  }

  /// One message a share; shares of everything have one together.
  private static long encode(List<Share> shares, int count, Encoder encoder) {
    long bytes = 0;
    byte[] whole = null;
    for (Share share : shares) {
      if (share.count < count) {
        share.message = encoder.encode(share.items, share.count);
        share.charged = share.message.length;
      } else if (whole == null) {
        whole = encoder.encode(share.items, share.count);
        share.message = whole;
        share.charged = whole.length;
      } else {
        share.message = whole;
      }
      bytes += share.charged;
    }
    return bytes;
  }

  /// What one instance gets.
  private static final class Share {
    private final InstanceDescriptor instance;
    private int[] items = new int[64];
    private int count;
    private byte[] message = {};
    private long charged;

    Share(InstanceDescriptor instance) {
      this.instance = instance;
    }

    void add(int item) {
      if (count == items.length) {
        items = java.util.Arrays.copyOf(items, 2 * count);
      }
      items[count++] = item;
    }
  }
}
