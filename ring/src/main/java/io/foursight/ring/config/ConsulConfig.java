package io.foursight.ring.config;

import io.foursight.config.Setting;
import java.time.Duration;

/// Section `<component>.ring.kvstore.consul`.
public record ConsulConfig(
    @Setting("host:port or URL of the Consul agent.") String host,
    @Setting(value = "ACL token.", secret = true) String aclToken,
    @Setting("How long to wait for an answer, besides the wait of a blocking query.")
        Duration httpClientTimeout,
    @Setting("Whether reads go through the leader.") boolean consistentReads,
    @Setting("Blocking queries a second, at most; 0 = no bound.") double watchRateLimit,
    @Setting("How long to wait before a conditional write is tried again.") Duration casRetryDelay,
    @Setting("How often a conditional write is tried again.") int maxCasRetries) {
  public static ConsulConfig defaults() {
    return new ConsulConfig(
        "localhost:8500", "", Duration.ofSeconds(20), false, 1, Duration.ofSeconds(1), 20);
  }
}
