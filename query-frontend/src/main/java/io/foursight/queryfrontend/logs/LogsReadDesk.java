package io.foursight.queryfrontend.logs;

import io.foursight.config.GoDuration;
import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsSource;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.logs.LogsParameters.Range;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What all read routes share: parameters, a budget that ends with the client, a place in the fair
/// queue, the tenants' data. Safe from any thread.
final class LogsReadDesk {
  private final Function<List<TenantId>, LogsSource> sources;
  private final TenantLimits<LogsQueryLimits> limits;
  private final FairQueue queue;
  private final LogsFrontendMetrics metrics;
  private final Clock clock;

  LogsReadDesk(
      Function<List<TenantId>, LogsSource> sources,
      TenantLimits<LogsQueryLimits> limits,
      FairQueue queue,
      LogsFrontendMetrics metrics,
      Clock clock) {
    this.sources = sources;
    this.limits = limits;
    this.queue = queue;
    this.metrics = metrics;
    this.clock = clock;
  }

  LogsQueryLimits limits(List<TenantId> tenants) {
    return limits.of(tenants.getFirst());
  }

  LogsFrontendMetrics metrics() {
    return metrics;
  }

  LogsParameters parameters(HttpCall call) {
    return new LogsParameters(call, clock.instant());
  }

  /// The bounds of one request; it ends early when the client goes away.
  QueryBudget budget(HttpCall call, List<TenantId> tenants) {
    LogsQueryLimits own = limits(tenants);
    var budget = new QueryBudget(own.memoryPerQuery(), 0, Deadline.after(own.queryTimeout()));
    call.onCancel(budget::cancel);
    return budget;
  }

  /// @throws FoursightException `LIMIT_EXCEEDED` when the tenant has too many requests under way
  Ticket admit(List<TenantId> tenants) {
    try {
      return queue.admit(tenants.stream().map(TenantId::value).collect(Collectors.joining("|")));
    } catch (FoursightException e) {
      metrics.refused.increment();
      throw e;
    }
  }

  /// Work about the data that needs one slot only.
  <T> T inSlot(List<TenantId> tenants, QueryBudget budget, Function<LogsSource, T> work) {
    long begun = System.nanoTime();
    try (Ticket ticket = admit(tenants)) {
      return ticket.run(budget, () -> work.apply(sources.apply(tenants)));
    } finally {
      metrics.metadata.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    }
  }

  /// The range with its start moved into what the tenant may look at.
  ///
  /// @throws FoursightException `QUERY_LIMIT` when it is longer than the tenant may ask
  Range allowed(List<TenantId> tenants, Range range) {
    LogsQueryLimits own = limits(tenants);
    long length = range.endNanos() - range.startNanos();
    long most = own.maxQueryLength().toNanos();
    if (most > 0 && length > most) {
      throw FoursightException.badData(
          "the query time range exceeds the limit (query length: "
              + GoDuration.format(Duration.ofNanos(length))
              + ", limit: "
              + GoDuration.format(own.maxQueryLength())
              + ", limits.max_query_length)");
    }
    long lookback = own.maxQueryLookback().toNanos();
    if (lookback > 0) {
      long oldest = TimeUnit.MILLISECONDS.toNanos(clock.millis()) - lookback;
      return new Range(
          Math.min(Math.max(range.startNanos(), oldest), range.endNanos()), range.endNanos());
    }
    return range;
  }

  static HttpReply json(Consumer<JsonBuffer> body) {
    var out = new JsonBuffer();
    body.accept(out);
    return HttpReply.json(200, out.toByteArray());
  }
}
