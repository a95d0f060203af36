package io.foursight.querylanguages.logql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// What is the same everywhere in one query. Safe from any thread.
///
/// @param hidden what deletions hide
/// @param helpers starts a task at once or rejects it
record EvaluationContext(
    LogsSource source,
    TenantId tenant,
    QueryBudget budget,
    List<HiddenEntries> hidden,
    InstantSource clock,
    Executor helpers,
    Touched touched) {
  EvaluationContext {
    hidden = List.copyOf(hidden);
  }

  /// What was looked at.
  static final class Touched {
    private final AtomicReference<LogsStats> scanned = new AtomicReference<>(LogsStats.NONE);
    private final AtomicLong passed = new AtomicLong();

    void add(LogsStats stats, long postFilterLines) {
      scanned.accumulateAndGet(stats, LogsStats::plus);
      passed.addAndGet(postFilterLines);
    }

    LogsStats scanned() {
      return scanned.get();
    }

    long passed() {
      return passed.get();
    }
  }
}
