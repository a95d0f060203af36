package io.foursight.cmd;

import io.foursight.config.LoadedConfig;
import io.foursight.config.TenantOverrides;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import java.util.List;

/// Who gets what: the wiring classes of all components, joined by ports. In one process the ports
/// are plain calls. A component that needs a peer brings it along, whatever the target says.
final class Wiring {
  private final List<Module> modules;

  Wiring(
      LoadedConfig<FoursightConfig> loaded, TenantOverrides overrides, ComponentContext context) {
    FoursightConfig config = loaded.root();
    var storage = new StorageWiring(config, context);
    var storeGateway = new StoreGatewayWiring(config, overrides, context, storage);
    var ingester = new IngesterWiring(config, overrides, context, storage, storeGateway);
    var distributor = new DistributorWiring(config, overrides, context, ingester);
    var querier = new QuerierWiring(config, overrides, context, ingester, storeGateway);
    var queryFrontend = new QueryFrontendWiring(config, overrides, context, querier, ingester);
    var compactor = new CompactorWiring(config, overrides, context, storage);
    modules =
        List.of(
            storage.module(),
            storeGateway.module(),
            ingester.module(),
            distributor.module(),
            querier.module(),
            queryFrontend.module(),
            compactor.module());
  }

  List<Module> modules() {
    return modules;
  }
}
