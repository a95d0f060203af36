package io.foursight.queryfrontend.logs;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.queryfrontend.FairQueue.Ticket;
import java.util.List;
import java.util.function.Function;

/// What an evaluation would read, by the statistics of its selectors. Safe from any thread.
final class LogsCosts {
  private final Function<List<TenantId>, LogsSource> sources;
  private final TenantLimits<LogsQueryLimits> limits;

  LogsCosts(Function<List<TenantId>, LogsSource> sources, TenantLimits<LogsQueryLimits> limits) {
    this.sources = sources;
    this.limits = limits;
  }

  /// How many shards the steps from `start` to `last` are worth; at least 1.
  int shards(LogsRangeQuery query, long start, long last, Ticket ticket) {
    LogsQueryRunner.Request asked = query.asked();
    long most = limits.of(asked.tenants().getFirst()).tsdbMaxBytesPerShard().bytes();
    if (most <= 0) {
      return 1;
    }
    long bytes = 0;
    for (QuerySelectors selector : query.shape().selectors()) {
      var select =
          new LogsSelect(
              asked.tenants().getFirst(),
              start - selector.beforeNanos(),
              last + selector.afterNanos(),
              selector.matchers(),
              asked.budget());
      bytes +=
          ticket.run(asked.budget(), () -> sources.apply(asked.tenants()).stats(select).bytes());
    }
    return (int) Math.clamp(Math.ceilDiv(bytes, most), 1, Integer.MAX_VALUE);
  }
}
