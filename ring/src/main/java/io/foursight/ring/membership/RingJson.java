package io.foursight.ring.membership;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// The pages for tools. A ring has the fields that tools of this family read: `shards` with `id`,
/// `state` (also `UNHEALTHY`), `address`, `timestamp`, `zone`, `tokens`; and `now`.
final class RingJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RingJson() {}

  static String ring(RingView view, Instant now) {
    Ring ring = view.ring();
    Map<String, Double> ownership = ring.ownership();
    ObjectNode root = JSON.createObjectNode();
    root.put("name", view.name().value());
    root.put("now", now.toString());
    root.put("replication_factor", ring.rules().replicationFactor());
    root.put("zone_awareness_enabled", ring.rules().zoneAware());
    ArrayNode shards = root.putArray("shards");
    for (InstanceDescriptor i : ring.instances()) {
      ObjectNode shard = shards.addObject();
      shard.put("id", i.id());
      shard.put("state", state(ring, i));
      shard.put("address", i.address());
      shard.put("zone", i.zone());
      // As last heard of by anybody; the snapshot may be older.
      Instant heartbeat = view.state().instance(i.id()).orElse(i).heartbeat();
      shard.put("timestamp", heartbeat.toString());
      shard.put("heartbeat_age_seconds", view.silence(i.id()).toMillis() / 1e3);
      shard.put("registered_timestamp", i.registered().toString());
      shard.put("read_only", i.readOnly());
      shard.put("version", i.build());
      shard.put("ownership_percent", ownership.get(i.id()) * 100);
      ArrayNode tokens = shard.putArray("tokens");
      for (int t = 0; t < i.tokens().size(); t++) {
        tokens.add(Integer.toUnsignedLong(i.tokens().at(t)));
      }
    }
    return root.toString();
  }

  static String state(Ring ring, InstanceDescriptor instance) {
    return ring.isHealthy(instance) ? instance.state().name() : "UNHEALTHY";
  }

  static String memberlist(List<String> lines, Collection<? extends RingView> rings) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode members = root.putArray("members");
    ObjectNode facts = root.putObject("facts");
    for (String line : lines) {
      int colon = line.indexOf(": ");
      String name = line.substring(0, colon);
      if (name.equals("member")) {
        members.add(line.substring(colon + 2));
      } else {
        facts.put(name.replace(' ', '_'), line.substring(colon + 2));
      }
    }
    ObjectNode keys = root.putObject("rings");
    for (RingView view : rings) {
      ObjectNode ring = keys.putObject(view.name().value());
      ring.put("instances", view.ring().instances().size());
      ring.put("version", view.version());
      ring.put("left", view.state().instances().size() - view.state().present().size());
    }
    return root.toString();
  }
}
