package io.foursight.ring.config;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.List;

/// One component's ring and this process's place in it, section `<component>.ring`.
public record RingConfig(
    KvStoreConfig kvstore,
    @Setting("How often this instance says that it lives.") Duration heartbeatPeriod,
    @Setting("Silence after which an instance counts as unhealthy.") Duration heartbeatTimeout,
    @Setting(
            "Heartbeat timeouts of silence after which anybody removes an instance from the ring; 0"
                + " = never.")
        int autoForgetUnhealthyPeriods,
    @Setting(
            "Copies of each item, 1 to 9. 0 = 1 when this process is alone, otherwise 3 for"
                + " ingesters and 1 for the rest.")
        int replicationFactor,
    @Setting("Whether copies go to different availability zones.") boolean zoneAwarenessEnabled,
    @Setting("Tokens of this instance.") int numTokens,
    @Setting(
            "File that keeps the tokens of this instance over restarts; empty = a file in the"
                + " component's folder below storage.data_dir.")
        String tokensFilePath,
    @Setting("Name of this instance, unique in the ring; empty = the host name.") String instanceId,
    @Setting("Address that others reach this instance at; empty = that of an interface.")
        String instanceAddr,
    @Setting("Port of that address; 0 = server.grpc_listen_port.") int instancePort,
    @Setting("Network interfaces whose first address is taken when instance_addr is empty.")
        List<String> instanceInterfaceNames,
    @Setting("Availability zone of this instance.") String instanceAvailabilityZone,
    @Setting("Whether this instance leaves the ring when it stops; off, it stays as LEAVING.")
        boolean unregisterOnShutdown,
    @Setting("How long an instance is ACTIVE before /ready says so.") Duration minReadyDuration,
    @Setting("How long to wait between leaving the ring and stopping.") Duration finalSleep) {

  public static RingConfig defaults() {
    return withTokens(128);
  }

  public static RingConfig withTokens(int tokens) {
    return new RingConfig(
        KvStoreConfig.defaults(),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        10,
        0,
        false,
        tokens,
        "",
        "",
        "",
        0,
        List.of("eth0", "en0"),
        "",
        true,
        Duration.ZERO,
        Duration.ZERO);
  }

  public RingConfig {
    if (heartbeatPeriod.isNegative() || heartbeatPeriod.isZero()) {
      throw FoursightException.badData("heartbeat_period must be positive");
    }
    if (heartbeatTimeout.compareTo(heartbeatPeriod) <= 0) {
      throw FoursightException.badData("heartbeat_timeout must be longer than heartbeat_period");
    }
    if (numTokens < 1 || numTokens > 4096) {
      throw FoursightException.badData("num_tokens is " + numTokens + ", expected 1 to 4096");
    }
    if (replicationFactor < 0 || replicationFactor > 9) {
      throw FoursightException.badData(
          "replication_factor is " + replicationFactor + ", expected 0 to 9");
    }
    if (autoForgetUnhealthyPeriods < 0) {
      throw FoursightException.badData("auto_forget_unhealthy_periods must not be negative");
    }
    instanceInterfaceNames = List.copyOf(instanceInterfaceNames);
  }
}
