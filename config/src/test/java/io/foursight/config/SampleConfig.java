package io.foursight.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A root record with every type that keys may have.
record SampleConfig(
    @Setting("What to run.") String target,
    @Setting("Whether tenants are told apart.") boolean multitenancyEnabled,
    Server server,
    Store storage) {
  enum Backend {
    FILESYSTEM,
    S3
  }

  record Server(
      @Setting("Main port.") int httpListenPort,
      @Setting("How long requests may take.") Duration requestTimeout,
      @Setting("Largest body.") ByteSize maxBody,
      @Setting("Share of calls that are traced.") double sampling) {
    static Server defaults() {
      return new Server(8080, Duration.ofMinutes(2), ByteSize.ofMebibytes(100), 0.5);
    }

    Server {
      if (httpListenPort > 65535) {
        throw new IllegalArgumentException(
            "http_listen_port is " + httpListenPort + ", the maximum is 65535");
      }
    }
  }

  record Store(
      @Setting("Kind of store.") Backend backend,
      @Setting("Servers to join.") List<String> joinMembers,
      @Setting("Headers to send.") Map<String, String> headers,
      @Setting(value = "Password.", secret = true) String secretAccessKey,
      @Setting(value = "Oddly spelled.", key = "s3forcepathstyle") boolean pathStyle,
      @Setting("Bytes that fit a long.") long quota) {
    static Store defaults() {
      return new Store(Backend.FILESYSTEM, List.of(), Map.of(), "", false, 1L << 40);
    }
  }

  record WriteLimits(
      @Setting("Samples a second.") double ingestionRate,
      @Setting("Labels a series may have.") int maxLabelNamesPerSeries) {
    static WriteLimits defaults() {
      return new WriteLimits(10_000, 30);
    }
  }

  record ReadLimits(
      @Setting("Labels a series may have.") int maxLabelNamesPerSeries,
      @Setting("Longest query.") Duration maxQueryLength) {
    static ReadLimits defaults() {
      return new ReadLimits(30, Duration.ZERO);
    }

    ReadLimits {
      if (maxQueryLength.toDays() > 1000) {
        throw new IllegalArgumentException("max_query_length is longer than 1000d");
      }
    }
  }

  static SampleConfig defaults() {
    return new SampleConfig("all", false, Server.defaults(), Store.defaults());
  }

  static ConfigSchema<SampleConfig> schema() {
    return new ConfigSchema<>(SampleConfig.class, List.of(WriteLimits.class, ReadLimits.class));
  }
}
