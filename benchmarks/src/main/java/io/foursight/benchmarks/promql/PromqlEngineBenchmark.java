package io.foursight.benchmarks.promql;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsQueryRunner.Request;
import io.foursight.querylanguages.promql.eval.PromqlEngine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Whole range queries over 4 M samples in memory (2,000 counters, 8.5 hours at 15 s); the score is
/// nanoseconds a sample read.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PromqlEngineBenchmark {
  private static final int SAMPLES = 2000 * 2048;

  @Param({
    "sum by (instance) (rate(requests_total[5m]))",
    "sum(sum_over_time(requests_total[5m]))",
    "max by (path) (requests_total)",
    "topk(5, rate(requests_total[5m]))",
    "rate(requests_total[5m]) / on (instance, path) requests_total"
  })
  public String query;

  @Param({"60000", "15000"})
  public long stepMillis;

  private PromqlEngine engine;

  @Setup
  public void prepare() {
    engine = new PromqlEngine(new SharedSeries(20, 100, 2048, 15_000, 42));
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public MetricsQueryResult rangeQuery() {
    return engine.run(
        new Request(
            List.of(TenantId.ANONYMOUS),
            query,
            300_000,
            2047 * 15_000L,
            stepMillis,
            Duration.ofMinutes(5),
            Options.ALL,
            QueryBudget.unlimited()));
  }
}
