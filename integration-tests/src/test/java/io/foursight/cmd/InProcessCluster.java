package io.foursight.cmd;

import io.foursight.ring.MemoryRingStore;
import io.foursight.ring.RingStore;
import io.foursight.runtime.http.Door;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Several Foursights in this JVM, on loopback and free ports, over one object store and one ring
/// in memory. Everything between them goes over real sockets. Owned by one test.
public final class InProcessCluster implements AutoCloseable {
  private final Path directory;
  private final List<String> common;
  private final RingStore rings = new MemoryRingStore();
  private final Map<String, Foursight> members = new LinkedHashMap<>();

  /// @param common flags of all members
  public InProcessCluster(Path directory, String... common) {
    this.directory = directory;
    this.common = List.of(common);
  }

  /// Starts a member, or starts it again on its data.
  public InProcessCluster start(String name, String target, String... flags) {
    var foursight = new Foursight(config(name, target, flags), Optional.of(rings));
    members.put(name, foursight);
    foursight.start();
    return this;
  }

  private io.foursight.config.LoadedConfig<FoursightConfig> config(
      String name, String target, String... flags) {
    var all = new ArrayList<String>(common);
    all.add("-target=" + target);
    all.add("-storage.data-dir=" + directory.resolve(name));
    all.add("-storage.filesystem.dir=" + directory.resolve("objects"));
    for (String ring :
        List.of("ingester.ring", "store-gateway.sharding-ring", "compactor.sharding-ring")) {
      all.add("-" + ring + ".instance-id=" + name);
      all.add("-" + ring + ".heartbeat-period=500ms");
      all.add("-" + ring + ".heartbeat-timeout=3s");
    }
    all.add("-server.http-listen-address=127.0.0.1");
    all.add("-server.grpc-listen-address=127.0.0.1");
    for (String door : List.of("http", "grpc")) {
      all.add("-server." + door + "-listen-port=-1");
    }
    for (String door : List.of("otlp-http", "otlp-grpc", "logs", "traces", "profiles")) {
      all.add("-server." + door + "-listen-port=0");
    }
    all.addAll(List.of(flags));
    return CommandLine.parse(all).load(FoursightConfig.schema());
  }

  /// Stops a member as SIGTERM does.
  public void stop(String name) {
    members.remove(name).close();
  }

  /// `http://127.0.0.1:port` of a member.
  public String url(String name) {
    return "http://127.0.0.1:" + members.get(name).address(Door.MAIN).orElseThrow().getPort();
  }

  /// `127.0.0.1:port` of a member's door for other components.
  public String internal(String name) {
    return "127.0.0.1:" + members.get(name).address(Door.INTERNAL_GRPC).orElseThrow().getPort();
  }

  @Override
  public void close() {
    for (String name : List.copyOf(members.keySet()).reversed()) {
      stop(name);
    }
  }
}
