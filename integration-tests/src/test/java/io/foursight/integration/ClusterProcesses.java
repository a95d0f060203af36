package io.foursight.integration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Several processes of the packaged jar that find each other over gossip on loopback and share a
/// filesystem store. Owned by one test.
final class ClusterProcesses implements AutoCloseable {
  private final Path directory;
  private final Map<String, FoursightProcess> members = new LinkedHashMap<>();
  private final Map<String, Integer> gossipPorts = new LinkedHashMap<>();

  /// @param names of all processes that there will be
  ClusterProcesses(Path directory, List<String> names) {
    this.directory = directory;
    names.forEach(name -> gossipPorts.put(name, FoursightProcess.freePort()));
  }

  /// Prepares a process; started by [#start].
  FoursightProcess member(String name, String target) {
    var process = new FoursightProcess(directory.resolve(name));
    var join = new ArrayList<String>();
    gossipPorts.forEach((other, port) -> join.add("127.0.0.1:" + port));
    process
        .flag("target", target)
        .flag("storage.filesystem.dir", directory.resolve("objects").toString())
        .flag("server.grpc-listen-address", "127.0.0.1")
        .flag("server.grpc-listen-port", String.valueOf(FoursightProcess.freePort()))
        .flag("memberlist.bind-addr", "127.0.0.1")
        .flag("memberlist.bind-port", String.valueOf(gossipPorts.get(name)))
        .flag("memberlist.join-members", String.join(",", join));
    for (String ring :
        List.of("ingester.ring", "store-gateway.sharding-ring", "compactor.sharding-ring")) {
      process.flag(ring + ".instance-id", name);
      process.flag(ring + ".heartbeat-period", "1s");
      process.flag(ring + ".heartbeat-timeout", "10s");
    }
    members.put(name, process);
    return process;
  }

  FoursightProcess get(String name) {
    return members.get(name);
  }

  /// All at once, then waits for each.
  void start() throws Exception {
    for (FoursightProcess member : members.values()) {
      member.launch();
    }
    for (FoursightProcess member : members.values()) {
      member.awaitReady();
    }
  }

  @Override
  public void close() {
    members.values().forEach(FoursightProcess::close);
  }
}
