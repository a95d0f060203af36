package io.foursight.cmd;

import io.foursight.compactor.CompactorConfig;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.logs.LogsCompactorLimits;
import io.foursight.compactor.profiles.ProfilesCompactorLimits;
import io.foursight.compactor.traces.TracesCompactorLimits;
import io.foursight.config.ConfigSchema;
import io.foursight.config.RuntimeConfigSettings;
import io.foursight.config.Setting;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.logs.LogsWriteLimits;
import io.foursight.distributor.metrics.RelabelRules;
import io.foursight.distributor.profiles.ProfilesWriteLimits;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.distributor.traces.TracesWriteLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.logs.LogsIngesterConfig;
import io.foursight.ingester.logs.LogsLimits;
import io.foursight.ingester.metrics.MetricsLimits;
import io.foursight.ingester.profiles.ProfilesIngesterConfig;
import io.foursight.ingester.profiles.ProfilesLimits;
import io.foursight.ingester.traces.TracesIngesterConfig;
import io.foursight.ingester.traces.TracesLimits;
import io.foursight.querier.QuerierConfig;
import io.foursight.querier.metrics.MetricsQuerierLimits;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.queryfrontend.FrontendLimits;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.queryfrontend.logs.LogsQueryLimits;
import io.foursight.queryfrontend.metrics.MetricsQueryLimits;
import io.foursight.queryfrontend.profiles.ProfilesQueryLimits;
import io.foursight.queryfrontend.traces.TracesQueryLimits;
import io.foursight.ring.config.MemberlistConfig;
import io.foursight.ring.config.RingConfig;
import io.foursight.runtime.client.GrpcClientConfig;
import io.foursight.runtime.server.ServerConfig;
import io.foursight.runtime.telemetry.LogConfig;
import io.foursight.storage.object.StorageConfig;
import io.foursight.storage.wal.WalConfig;
import io.foursight.storegateway.StoreGatewayConfig;
import io.foursight.storegateway.logs.LogsStoreGatewayLimits;
import io.foursight.storegateway.metrics.MetricsStoreGatewayLimits;
import io.foursight.storegateway.profiles.ProfilesStoreGatewayLimits;
import io.foursight.storegateway.traces.TracesStoreGatewayLimits;
import java.time.Duration;
import java.util.List;

/// The root of the configuration: one record per component, composed here and nowhere else.
record FoursightConfig(
    @Setting("What runs in this process: all, read, write, backend, or a list of components.")
        String target,
    @Setting("Whether X-Scope-OrgID tells tenants apart; off, everything is tenant anonymous.")
        boolean multitenancyEnabled,
    TenantFederationConfig tenantFederation,
    LogConfig log,
    ServerConfig server,
    MemberlistConfig memberlist,
    @Setting(value = "Calls to other processes.", key = "ingester_client.grpc_client_config")
        GrpcClientConfig grpcClient,
    @Setting(
            value = "How long an ingester may take for a write before it counts as failed.",
            key = "distributor.remote_timeout")
        Duration remoteTimeout,
    @Setting(
            value =
                "Query-frontends whose work this querier does: host:port of their"
                    + " grpc_listen_port, a name stands for all its addresses, dnssrv+name for"
                    + " all that its SRV records name. Empty = that of this process.",
            key = "querier.frontend_address")
        List<String> frontendAddress,
    @Setting(
            value = "Times that a part of a query is given to another querier when one fails.",
            key = "query_frontend.max_retries_per_request")
        int maxRetriesPerRequest,
    @Setting(value = "The ring of ingesters.", key = "ingester.ring") RingConfig ingesterRing,
    @Setting(value = "The ring of store-gateways.", key = "store_gateway.sharding_ring")
        RingConfig storeGatewayRing,
    @Setting(value = "The ring of compactors.", key = "compactor.sharding_ring")
        RingConfig compactorRing,
    @Setting(value = "The ring of distributors.", key = "distributor.ring")
        RingConfig distributorRing,
    @Setting(value = "The ring of queriers.", key = "querier.ring") RingConfig querierRing,
    @Setting(value = "The ring of query-frontends.", key = "query_frontend.ring")
        RingConfig queryFrontendRing,
    StorageConfig storage,
    DistributorConfig distributor,
    IngesterConfig ingester,
    @Setting(value = "The logs part of the ingester.", key = "ingester.logs")
        LogsIngesterConfig logsIngester,
    @Setting(value = "The traces part of the ingester.", key = "ingester.traces")
        TracesIngesterConfig tracesIngester,
    @Setting(value = "The profiles part of the ingester.", key = "ingester.profiles")
        ProfilesIngesterConfig profilesIngester,
    @Setting(value = "The write-ahead log.", key = "ingester.wal") WalConfig wal,
    StoreGatewayConfig storeGateway,
    QuerierConfig querier,
    QueryFrontendConfig queryFrontend,
    CompactorConfig compactor,
    RuntimeConfigSettings runtimeConfig) {

  static FoursightConfig defaults() {
    return new FoursightConfig(
        "all",
        false,
        TenantFederationConfig.defaults(),
        LogConfig.defaults(),
        ServerConfig.defaults(),
        MemberlistConfig.defaults(),
        GrpcClientConfig.defaults(),
        Duration.ofSeconds(2),
        List.of(),
        5,
        RingConfig.defaults(),
        RingConfig.withTokens(512),
        RingConfig.withTokens(512),
        RingConfig.withTokens(1),
        RingConfig.withTokens(1),
        RingConfig.withTokens(1),
        StorageConfig.defaults(),
        DistributorConfig.defaults(),
        IngesterConfig.defaults(),
        LogsIngesterConfig.defaults(),
        TracesIngesterConfig.defaults(),
        ProfilesIngesterConfig.defaults(),
        WalConfig.defaults(),
        StoreGatewayConfig.defaults(),
        QuerierConfig.defaults(),
        QueryFrontendConfig.defaults(),
        CompactorConfig.defaults(),
        RuntimeConfigSettings.defaults());
  }

  static ConfigSchema<FoursightConfig> schema() {
    ConfigSchema<FoursightConfig> schema =
        new ConfigSchema<>(
            FoursightConfig.class,
            List.of(
                DistributorLimits.class,
                ShardingLimits.class,
                LogsWriteLimits.class,
                TracesWriteLimits.class,
                ProfilesWriteLimits.class,
                MetricsLimits.class,
                LogsLimits.class,
                TracesLimits.class,
                ProfilesLimits.class,
                MetricsStoreGatewayLimits.class,
                LogsStoreGatewayLimits.class,
                TracesStoreGatewayLimits.class,
                ProfilesStoreGatewayLimits.class,
                MetricsQuerierLimits.class,
                ReplicationLimits.class,
                FrontendLimits.class,
                MetricsQueryLimits.class,
                LogsQueryLimits.class,
                TracesQueryLimits.class,
                ProfilesQueryLimits.class,
                CompactorLimits.class,
                LogsCompactorLimits.class,
                TracesCompactorLimits.class,
                ProfilesCompactorLimits.class));
    return schema
        .checking(
            DistributorLimits.class,
            limits -> RelabelRules.check(limits, DistributorWiring.RELABEL_EXPRESSIONS))
        .checking(
            ProfilesWriteLimits.class,
            limits -> ProfilesWriteLimits.check(limits, DistributorWiring.RELABEL_EXPRESSIONS));
  }
}
