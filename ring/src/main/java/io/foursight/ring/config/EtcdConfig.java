package io.foursight.ring.config;

import io.foursight.config.Setting;
import java.time.Duration;
import java.util.List;

/// Section `<component>.ring.kvstore.etcd`.
public record EtcdConfig(
    @Setting("host:port or URL of each etcd server.") List<String> endpoints,
    @Setting("How long to wait for an answer.") Duration dialTimeout,
    @Setting("How often a conditional write is tried again.") int maxRetries,
    @Setting("Whether endpoints without a scheme speak TLS.") boolean tlsEnabled,
    @Setting("User name; empty = no authentication.") String username,
    @Setting(value = "Password.", secret = true) String password) {
  public static EtcdConfig defaults() {
    return new EtcdConfig(List.of(), Duration.ofSeconds(10), 10, false, "", "");
  }

  public EtcdConfig {
    endpoints = List.copyOf(endpoints);
  }
}
