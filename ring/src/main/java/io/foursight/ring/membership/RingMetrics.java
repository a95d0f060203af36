package io.foursight.ring.membership;

import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Meters of one ring as this process sees it.
public final class RingMetrics {
  private RingMetrics() {}

  /// Once per ring and registry.
  public static void register(MeterRegistry registry, RingClient client) {
    Tags ring = Tags.of("ring", client.name().value());
    for (InstanceState state : InstanceState.values()) {
      if (state != InstanceState.LEFT) {
        gauge(
            registry,
            "foursight_ring_members_count",
            "Healthy instances by state; Unhealthy is any state.",
            ring.and("state", state.name()),
            client,
            c -> members(c.ring(), state));
      }
    }
    gauge(
        registry,
        "foursight_ring_members_count",
        "Healthy instances by state; Unhealthy is any state.",
        ring.and("state", "Unhealthy"),
        client,
        c -> c.ring().instances().stream().filter(i -> !c.ring().isHealthy(i)).count());
    gauge(
        registry,
        "foursight_ring_tokens_count",
        "Tokens of all instances.",
        ring,
        client,
        c -> c.ring().instances().stream().mapToInt(i -> i.tokens().size()).sum());
    gauge(
        registry,
        "foursight_ring_oldest_heartbeat_age_seconds",
        "Longest silence of an instance, as this process has seen it.",
        ring,
        client,
        RingMetrics::longestSilence);
    gauge(
        registry,
        "foursight_ring_version",
        "Number of the current snapshot.",
        ring,
        client,
        RingClient::version);
  }

  private static void gauge(
      MeterRegistry registry,
      String name,
      String description,
      Tags tags,
      RingClient client,
      ToDoubleFunction<RingClient> value) {
    Gauge.builder(name, client, value).description(description).tags(tags).register(registry);
  }

  private static double members(Ring ring, InstanceState state) {
    return ring.instances().stream().filter(i -> i.state() == state && ring.isHealthy(i)).count();
  }

  private static double longestSilence(RingClient client) {
    List<InstanceDescriptor> instances = client.ring().instances();
    return instances.stream()
        .mapToDouble(i -> client.silence(i.id()).toMillis() / 1e3)
        .max()
        .orElse(0);
  }
}
