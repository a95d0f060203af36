package io.foursight.ring.config;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.List;

/// Gossip between the processes, section `memberlist`.
public record MemberlistConfig(
    @Setting("Name of this process among the members; empty = host name and chance.")
        String nodeName,
    @Setting("Address to listen on; empty = all interfaces.") String bindAddr,
    @Setting("Port to listen on.") int bindPort,
    @Setting("Address that other members reach this one at; empty = that of bind_addr.")
        String advertiseAddr,
    @Setting("Port that other members reach this one at; 0 = bind_port.") int advertisePort,
    @Setting(
            "Members to find the others through: host:port, dns+host:port for all addresses behind"
                + " a name, or dnssrv+name for the hosts and ports of its SRV records; looked up"
                + " again and again. Empty = this process is alone.")
        List<String> joinMembers,
    @Setting("Shortest wait between complaints that no member answers.") Duration minJoinBackoff,
    @Setting("Longest wait between complaints that no member answers.") Duration maxJoinBackoff,
    @Setting("How often join_members are looked up again.") Duration rejoinInterval,
    @Setting("Members with another label are refused.") String clusterLabel,
    @Setting("How often news are sent.") Duration gossipInterval,
    @Setting("Members that each piece of news is sent to at a time.") int gossipNodes,
    @Setting("How often everything is exchanged with one member taken by chance.")
        Duration pullPushInterval,
    @Setting("Factor of how often news are sent on; times the logarithm of the member count.")
        int retransmitFactor,
    @Setting("How long the ring remembers who left.") Duration leftIngestersTimeout,
    @Setting("How long a stopping process waits for its last news to go out.")
        Duration leaveTimeout,
    @Setting("Largest message accepted from another member, in bytes.") int maxMessageBytes) {

  public static MemberlistConfig defaults() {
    return new MemberlistConfig(
        "",
        "",
        7946,
        "",
        0,
        List.of(),
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        "",
        Duration.ofMillis(200),
        3,
        Duration.ofSeconds(30),
        4,
        Duration.ofHours(24),
        Duration.ofSeconds(2),
        16 << 20);
  }

  public MemberlistConfig {
    joinMembers = List.copyOf(joinMembers);
    if (bindPort < 0 || bindPort > 65535 || advertisePort < 0 || advertisePort > 65535) {
      throw FoursightException.badData("bind_port and advertise_port must be 0 to 65535");
    }
    if (clusterLabel.length() > 255 || clusterLabel.chars().anyMatch(c -> c < ' ')) {
      throw FoursightException.badData(
          "cluster_label is longer than 255 characters or has control characters");
    }
    for (Duration positive :
        List.of(minJoinBackoff, maxJoinBackoff, rejoinInterval, gossipInterval, pullPushInterval)) {
      if (positive.isNegative() || positive.isZero()) {
        throw FoursightException.badData(
            "min_join_backoff, max_join_backoff, rejoin_interval, gossip_interval and"
                + " pull_push_interval must be positive");
      }
    }
    if (gossipNodes < 1 || retransmitFactor < 1) {
      throw FoursightException.badData("gossip_nodes and retransmit_factor must be positive");
    }
  }
}
