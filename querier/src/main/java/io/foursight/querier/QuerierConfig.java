package io.foursight.querier;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;

/// Settings of the querier, section `querier`.
public record QuerierConfig(
    @Setting("Queries evaluated at the same time; 0 = one more than there are processors.")
        int maxConcurrent,
    @Setting("Queries that may wait for an evaluation thread; more are refused with 503.")
        int maxWaiting) {

  public QuerierConfig {
    if (maxConcurrent < 0 || maxWaiting < 1) {
      throw FoursightException.badData(
          "querier.max_concurrent = "
              + maxConcurrent
              + " must not be negative and querier.max_waiting = "
              + maxWaiting
              + " must be at least 1");
    }
  }

  public static QuerierConfig defaults() {
    return new QuerierConfig(0, 10_000);
  }

  /// The number of evaluation threads.
  public int threads() {
    return maxConcurrent > 0 ? maxConcurrent : Runtime.getRuntime().availableProcessors() + 1;
  }
}
