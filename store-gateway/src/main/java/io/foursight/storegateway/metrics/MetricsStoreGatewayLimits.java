package io.foursight.storegateway.metrics;

import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant may read of its past; keys of the `limits` section.
public record MetricsStoreGatewayLimits(
    @Setting(
            "Age at which blocks are deleted; older samples are not read either, even where their"
                + " block is still there. 0 = kept forever.")
        Duration compactorBlocksRetentionPeriod) {

  public static MetricsStoreGatewayLimits defaults() {
    return new MetricsStoreGatewayLimits(Duration.ZERO);
  }
}
