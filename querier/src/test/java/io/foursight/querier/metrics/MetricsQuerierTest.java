package io.foursight.querier.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsQueryRunner.Request;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.querier.QuerierConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsQuerierTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  private final MemorySource data =
      new MemorySource()
          .add(A, Labels.of("__name__", "up"), 1, 1)
          .add(B, Labels.of("__name__", "up"), 1, 1);
  private MetricsQuerier querier;

  @AfterEach
  void stop() {
    querier.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  private MetricsQuerier querier(MetricsEngine engine, MetricsQuerierLimits limits, int threads) {
    querier =
        new MetricsQuerier(
            data,
            engine,
            TenantLimits.fixed(limits),
            new QuerierConfig(threads, 10),
            new SimpleMeterRegistry());
    return querier;
  }

  private static Request request(QueryBudget budget, TenantId... tenants) {
    return new Request(
        List.of(tenants), "up", 1, 1, 0, Duration.ofMinutes(5), Options.STABLE, budget);
  }

  /// Counts what a select of everything sees.
  private static MetricsQueryResult count(
      Request request, io.foursight.model.metrics.MetricsSource source) {
    long series = 0;
    try (var cursor =
        source.select(
            new MetricsSelect(
                request.tenants().getFirst(), TimeRange.ALL, List.of(), request.budget()))) {
      while (cursor.next()) {
        cursor.samples(new SampleColumns());
        series++;
      }
    }
    return new MetricsQueryResult(new MetricsQueryResult.Scalar(0, series), Annotations.NONE);
  }

  @Test
  void oneTenantSeesItsOwn_severalSeeAllOfThem() {
    querier(
        (request, source, helpers) -> count(request, source), MetricsQuerierLimits.defaults(), 1);
    assertThat(querier.run(request(QueryBudget.unlimited(), A)).value())
        .isEqualTo(new MetricsQueryResult.Scalar(0, 1));
    assertThat(querier.run(request(QueryBudget.unlimited(), A, B)).value())
        .isEqualTo(new MetricsQueryResult.Scalar(0, 2));
  }

  @Test
  void seriesLimit_namesItself() {
    querier(
        (request, source, helpers) -> count(request, source), new MetricsQuerierLimits(1, 0), 1);
    assertThatThrownBy(() -> querier.run(request(QueryBudget.unlimited(), A, B)))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT))
        .hasMessageContaining("limit: 1 series");
  }

  /// A stuck evaluation must not hold its caller beyond the deadline, nor one that only waits.
  @Test
  void aCallerLeavesAtItsDeadline_whateverTheEngineDoes() {
    var release = new CountDownLatch(1);
    querier(
        (request, source, helpers) -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return count(request, source);
        },
        MetricsQuerierLimits.defaults(),
        1);
    try {
      for (int i = 0; i < 2; i++) {
        var budget = new QueryBudget(0, 0, Deadline.after(Duration.ofMillis(30)));
        assertThatThrownBy(() -> querier.run(request(budget, A)))
            .isInstanceOfSatisfying(
                FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
      }
      var canceled = QueryBudget.unlimited();
      canceled.cancel();
      assertThatThrownBy(() -> querier.run(request(canceled, A)))
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELED));
    } finally {
      release.countDown();
    }
  }
}
