package io.foursight.ring.gossip;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Meters of the gossip between processes.
public final class GossipMetrics {
  /// Why a message was not taken.
  enum Refusal {
    LABEL,
    VERSION,
    MALFORMED,
    TOO_LARGE
  }

  private final MeterRegistry registry;
  private final Map<RingCodec.Kind, Counter> sent = new EnumMap<>(RingCodec.Kind.class);
  private final Map<RingCodec.Kind, Counter> received = new EnumMap<>(RingCodec.Kind.class);
  private final Counter sentBytes;
  private final Counter receivedBytes;
  private final Counter merged;
  private final Counter stale;

  public GossipMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (RingCodec.Kind kind : RingCodec.Kind.values()) {
      sent.put(kind, messages("sent", kind));
      received.put(kind, messages("received", kind));
    }
    sentBytes = counter("sent_bytes", "Bytes of messages sent.");
    receivedBytes = counter("received_bytes", "Bytes of messages received.");
    merged = counter("merged_instances", "Instances that a message brought news of.");
    stale = counter("merge_conflicts", "Instances in messages that were older than what we knew.");
  }

  private Counter counter(String thing, String description) {
    return Counter.builder("foursight_ring_gossip_" + thing + "_total")
        .description(description)
        .register(registry);
  }

  private Counter messages(String direction, RingCodec.Kind kind) {
    return Counter.builder("foursight_ring_gossip_" + direction + "_messages_total")
        .description("Messages by kind.")
        .tag("kind", kind.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  void sizes(Supplier<Number> members, Supplier<Number> queued) {
    Gauge.builder("foursight_ring_gossip_members_count", members)
        .description("Members of the gossip, with this one.")
        .register(registry);
    Gauge.builder("foursight_ring_gossip_queued_instances", queued)
        .description("Instances whose news wait to be sent.")
        .register(registry);
  }

  void sent(RingCodec.Kind kind, int bytes) {
    sent.get(kind).increment();
    sentBytes.increment(bytes);
  }

  void received(RingCodec.Kind kind, int bytes) {
    received.get(kind).increment();
    receivedBytes.increment(bytes);
  }

  void merged(int news, int older) {
    merged.increment(news);
    stale.increment(older);
  }

  void refused(Refusal reason) {
    Counter.builder("foursight_ring_gossip_refused_messages_total")
        .description("Messages that were not taken.")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }
}
