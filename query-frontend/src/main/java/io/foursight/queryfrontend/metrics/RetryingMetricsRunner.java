package io.foursight.queryfrontend.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;

/// Evaluates again what failed because somebody went away or could not serve, a bounded number of
/// times and with growing pauses. Safe from any thread.
public final class RetryingMetricsRunner implements MetricsQueryRunner {
  private static final long FIRST_PAUSE_MILLIS = 50;

  private final MetricsQueryRunner runner;
  private final int maxRetries;

  public RetryingMetricsRunner(MetricsQueryRunner runner, int maxRetries) {
    this.runner = runner;
    this.maxRetries = maxRetries;
  }

  @Override
  public MetricsQueryResult run(Request request) {
    for (int attempt = 0; ; attempt++) {
      try {
        return runner.run(request);
      } catch (FoursightException e) {
        request.budget().check();
        if (e.kind() != ErrorKind.UNAVAILABLE || attempt >= maxRetries) {
          throw e;
        }
        pause(FIRST_PAUSE_MILLIS << Math.min(attempt, 4));
      }
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while a query was to be tried again");
    }
  }
}
