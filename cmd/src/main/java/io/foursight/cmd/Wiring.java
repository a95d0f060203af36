package io.foursight.cmd;

import io.foursight.config.LoadedConfig;
import io.foursight.config.TenantOverrides;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who gets what: the wiring classes of all components, joined by ports. In one process the ports
/// are plain calls; in a cluster they lead to whoever the rings name.
final class Wiring {
  private final List<Module> modules;

  /// @param roots the components that the target asks for
  Wiring(
      LoadedConfig<FoursightConfig> loaded,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      Set<String> roots) {
    FoursightConfig config = loaded.root();
    requirePeers(roots, cluster);
    var storage = new StorageWiring(config, context);
    var storeGateway = new StoreGatewayWiring(config, overrides, context, cluster, storage);
    var ingester = new IngesterWiring(config, overrides, context, cluster, storage, storeGateway);
    var logs = new LogsCluster(config, overrides, context, cluster, ingester, storeGateway);
    var traces = new TracesCluster(config, overrides, context, cluster, ingester, storeGateway);
    var profiles = new ProfilesCluster(config, overrides, context, cluster, ingester, storeGateway);
    var distributor =
        new DistributorWiring(
            config, overrides, context, cluster, ingester, logs, traces, profiles);
    var querier =
        new QuerierWiring(
            config,
            overrides,
            context,
            cluster,
            storage,
            ingester,
            storeGateway,
            logs,
            traces,
            profiles);
    var queryFrontend =
        new QueryFrontendWiring(config, overrides, context, cluster, roots, storage, querier);
    var compactor = new CompactorWiring(config, overrides, context, cluster, storage);
    modules =
        List.of(
            cluster.module(),
            storage.module(),
            storeGateway.module(),
            ingester.module(),
            distributor.module(),
            querier.module(),
            queryFrontend.module(),
            compactor.module());
  }

  /// A process that is alone must have all that its components need.
  private static void requirePeers(Set<String> roots, ClusterWiring cluster) {
    Map<String, List<String>> peers =
        Map.of(
            "distributor", List.of("ingester"),
            "ingester", List.of("store-gateway"),
            "querier", List.of("ingester", "store-gateway"),
            "query-frontend", List.of("querier"));
    for (String component : roots) {
      for (String peer : peers.getOrDefault(component, List.of())) {
        if (!roots.contains(peer)) {
          cluster.require(component, peer);
        }
      }
    }
  }

  List<Module> modules() {
    return modules;
  }
}
