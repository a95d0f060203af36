package io.foursight.queryfrontend.logs;

import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.queryfrontend.Retries;

/// Evaluates again what failed because somebody went away. Safe from any thread.
public record RetryingLogsRunner(LogsQueryRunner runner, Retries retries)
    implements LogsQueryRunner {
  @Override
  public LogsQueryResult run(Request request) {
    return retries.run(request.budget(), () -> runner.run(request));
  }
}
