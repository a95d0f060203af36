package io.foursight.storegateway.logs;

import io.foursight.config.Setting;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a tenant may read of its past; keys of the `limits` section.
public record LogsStoreGatewayLimits(
    @Setting(
            "Age at which log entries are deleted, unless retention_stream says otherwise; 0 = kept"
                + " for ever.")
        Duration retentionPeriod,
    @Setting(
            "Ages at which log entries of some streams are deleted, by stream selector; the first"
                + " selector that matches counts.")
        Map<String, Duration> retentionStream) {

  public LogsStoreGatewayLimits {
    retentionStream = Collections.unmodifiableMap(new LinkedHashMap<>(retentionStream));
  }

  public static LogsStoreGatewayLimits defaults() {
    return new LogsStoreGatewayLimits(Duration.ZERO, Map.of());
  }

  /// The longest of the ages; zero when anything is kept for ever. What is older is not read.
  Duration longest() {
    Duration longest = retentionPeriod;
    for (Duration period : retentionStream.values()) {
      if (longest.isZero() || period.isZero()) {
        return Duration.ZERO;
      }
      longest = longest.compareTo(period) < 0 ? period : longest;
    }
    return longest;
  }
}
