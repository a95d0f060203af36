package io.foursight.storegateway.logs;

import io.foursight.config.Setting;
import io.foursight.storage.logs.StreamRetention;
import java.time.Duration;
import java.util.List;

/// What a tenant may read of its past; keys of the `limits` section.
public record LogsStoreGatewayLimits(
    @Setting(
            "Age at which log entries are deleted, unless retention_stream says otherwise; 0 = kept"
                + " for ever.")
        Duration retentionPeriod,
    @Setting(
            "Ages at which log entries of some streams are deleted; of selectors that match the one"
                + " with the greatest priority counts.")
        List<StreamRetention> retentionStream) {

  public LogsStoreGatewayLimits {
    retentionStream = List.copyOf(retentionStream);
  }

  public static LogsStoreGatewayLimits defaults() {
    return new LogsStoreGatewayLimits(Duration.ZERO, List.of());
  }

  /// The longest of the ages; zero when anything is kept for ever. What is older is not read.
  Duration longest() {
    return StreamRetention.longest(retentionPeriod, retentionStream);
  }
}
