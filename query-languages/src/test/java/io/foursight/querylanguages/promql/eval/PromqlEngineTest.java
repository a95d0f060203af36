package io.foursight.querylanguages.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Value;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsQueryRunner.Request;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What callers of the engine rely on besides the language: bounds, kinds of errors, shapes.
class PromqlEngineTest {
  private final ScriptStore store = new ScriptStore();
  private final PromqlEngine engine = new PromqlEngine(store);

  private Value run(String query, long end, long step, QueryBudget budget) {
    return engine
        .run(
            new Request(
                List.of(TenantId.ANONYMOUS),
                query,
                0,
                end,
                step,
                Duration.ofMinutes(5),
                Options.ALL,
                budget))
        .value();
  }

  private void load(int series) {
    for (int i = 0; i < series; i++) {
      for (int t = 0; t < 10; t++) {
        store.add(
            Labels.of(Labels.METRIC_NAME, "m", "i", "" + i),
            t * 10_000L,
            new ScriptStore.Sample(t, null, 0));
      }
    }
  }

  /// Prometheus answers all of these.
  @ParameterizedTest
  @ValueSource(
      strings = {"m + 1", "1 + 1", "m + m", "m or m", "1 ^ 1", "m and m", "m == m", "m ^ 1"})
  void longChainOfOperators_isEvaluated(String link) {
    load(1);
    String chain = link.substring(0, 1) + link.substring(1).repeat(20_000);
    Value instant = run(chain, 0, 0, QueryBudget.unlimited());
    switch (link) {
      case "m + 1" ->
          assertThat(((Vector) instant).samples().getFirst().samples().value(0)).isEqualTo(20_000);
      case "1 + 1" -> assertThat(((Scalar) instant).value()).isEqualTo(20_001);
      case "1 ^ 1" -> assertThat(((Scalar) instant).value()).isEqualTo(1);
      default -> assertThat(((Vector) instant).samples()).hasSize(1);
    }
    assertThat(((Matrix) run(chain, 90_000, 10_000, QueryBudget.unlimited())).series()).hasSize(1);
  }

  @Test
  void deepNesting_isEvaluated() {
    load(1);
    String brackets = "(".repeat(10_000) + "m" + ")".repeat(10_000);
    assertThat(((Vector) run(brackets, 0, 0, QueryBudget.unlimited())).samples()).hasSize(1);
    String subqueries = "max_over_time(".repeat(1000) + "m" + "[10s:10s])".repeat(1000);
    assertThat(((Vector) run(subqueries, 90_000, 0, QueryBudget.unlimited())).samples()).hasSize(1);
    String functions = "abs(-".repeat(10_000) + "m" + ")".repeat(10_000);
    assertThat(((Vector) run(functions, 90_000, 0, QueryBudget.unlimited())).samples()).hasSize(1);
    String sums = "sum(".repeat(10_000) + "m" + ")".repeat(10_000);
    assertThat(((Vector) run(sums, 90_000, 0, QueryBudget.unlimited())).samples()).hasSize(1);
  }

  @Test
  void tooDeepQuery_isRefusedWithTheBound() {
    assertThatThrownBy(() -> run("1" + " + 1".repeat(30_000), 0, 0, QueryBudget.unlimited()))
        .hasMessageContaining("nested deeper than 25000 levels")
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    assertThatThrownBy(() -> run("(".repeat(200_000), 0, 0, QueryBudget.unlimited()))
        .hasMessageContaining("nested deeper than 25000 levels");
  }

  @Test
  void stackOfADeepQuery_isChargedToItsBudget() {
    var small = new QueryBudget(10_000_000, 0, Deadline.NONE);
    assertThatThrownBy(() -> run("1" + " + 1".repeat(20_000), 0, 0, small))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT));
    assertThat(small.memoryBytes()).isZero();
  }

  @Test
  void canceledQuery_stops() {
    load(3);
    var budget = QueryBudget.unlimited();
    budget.cancel();
    assertThatThrownBy(() -> run("sum(rate(m[1m]))", 90_000, 10_000, budget))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELED));
  }

  @Test
  void operatorsThatHoldTheirInput_areBoundByMemory_andGiveItBack() {
    load(100);
    var small = new QueryBudget(5_000, 0, Deadline.NONE);
    assertThatThrownBy(() -> run("m / m", 90_000, 10_000, small))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT));
    assertThat(small.memoryBytes()).isZero();
    var large = new QueryBudget(1_000_000, 0, Deadline.NONE);
    run("topk(3, m / m)", 90_000, 10_000, large);
    assertThat(large.memoryBytes()).isZero();
    assertThat(large.peakMemoryBytes()).isPositive();
  }

  @Test
  void streamedAggregation_holdsOneSeriesAtATime() {
    load(100);
    var budget = new QueryBudget(0, 50, Deadline.NONE);
    var matrix = (Matrix) run("sum(rate(m[1m]))", 90_000, 10_000, budget);
    assertThat(matrix.series()).hasSize(1);
  }

  @Test
  void subqueryOfTooManySteps_isRefusedBeforeItTakesMemory() {
    load(1);
    assertThatThrownBy(() -> run("max_over_time(m[10y:1ms])", 0, 0, QueryBudget.unlimited()))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT));
  }

  @Test
  void malformedQuery_isBadData_andFailingOneIsExecution() {
    load(2);
    assertThatThrownBy(() -> run("sum(", 0, 0, QueryBudget.unlimited()))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    assertThatThrownBy(() -> run("topk(NaN, m)", 0, 0, QueryBudget.unlimited()))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.EXECUTION));
  }

  private Value runLoosely(String query, MetricsSource source, Executor helpers) {
    var request =
        new Request(
            List.of(TenantId.ANONYMOUS),
            query,
            0,
            90_000,
            10_000,
            Duration.ofMinutes(5),
            Options.ALL,
            QueryBudget.unlimited());
    return new PromqlEngine(source, helpers).run(request).value();
  }

  /// Helpers may be busy at any moment: then the caller does their part.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum by (j) (rate(m[1m]))",
        "count without (i) (m)",
        "m",
        "topk(3, m)",
        "quantile by (j) (0.5, m)",
        "max_over_time(sum by (j) (m)[20s:10s])"
      })
  void severalThreads_answerAsOne(String query) {
    for (int i = 0; i < 3000; i++) {
      for (int t = 0; t < 10; t++) {
        Labels labels = Labels.of(Labels.METRIC_NAME, "m", "i", "" + i, "j", "" + i % 7);
        store.add(labels, t * 10_000L, new ScriptStore.Sample(t * i % 64, null, 0));
      }
    }
    var turn = new AtomicInteger();
    try (var pool = Executors.newCachedThreadPool()) {
      Executor sometimes =
          work -> {
            if (turn.getAndIncrement() % 2 == 0) {
              throw new RejectedExecutionException();
            }
            pool.execute(work);
          };
      String plain = text(run(query, 90_000, 10_000, QueryBudget.unlimited()));
      for (int i = 0; i < 4; i++) {
        assertThat(text(runLoosely(query, new LooseSource(store), sometimes))).isEqualTo(plain);
        assertThat(text(runLoosely(query, new LooseSource(store), pool))).isEqualTo(plain);
      }
    }
  }

  private static String text(Value value) {
    var out = new StringBuilder();
    for (var series : ((Matrix) value).series()) {
      out.append(series.labels());
      for (int i = 0; i < series.samples().size(); i++) {
        out.append(' ').append(series.samples().timestamp(i));
        out.append('=').append(series.samples().value(i));
      }
    }
    return out.toString();
  }

  /// Neither the caller nor a helper may go on, and no cursor stays open.
  @Test
  void failureOnAHelper_failsTheQuery_andClosesEverything() {
    load(600);
    var open = new AtomicInteger();
    var loose = new LooseSource(store);
    MetricsSource failing =
        (MetricsSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {MetricsSource.class},
                (proxy, method, arguments) -> {
                  if (!method.getName().equals("select")) {
                    throw new UnsupportedOperationException();
                  }
                  var cursors = new ArrayList<SeriesCursor>();
                  for (SeriesCursor c : loose.select((MetricsSelect) arguments[0], 3)) {
                    open.incrementAndGet();
                    cursors.add(new FailingLate(c, open));
                  }
                  return cursors;
                });
    try (var pool = Executors.newCachedThreadPool()) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> runLoosely("sum(m)", failing, pool))
            .hasMessageContaining("torn away");
        assertThat(open).hasValue(0);
      }
    }
  }

  /// Fails at its fifth series when another thread than the test's reads it.
  private static final class FailingLate implements SeriesCursor {
    private final SeriesCursor cursor;
    private final AtomicInteger open;
    private final Thread caller = Thread.currentThread();
    private int given;
    private boolean closed;

    FailingLate(SeriesCursor cursor, AtomicInteger open) {
      this.cursor = cursor;
      this.open = open;
    }

    @Override
    public boolean next() {
      if (++given == 5 && Thread.currentThread() != caller) {
        throw FoursightException.unavailable("torn away");
      }
      return cursor.next();
    }

    @Override
    public Labels labels() {
      return cursor.labels();
    }

    @Override
    public void samples(SampleColumns into) {
      cursor.samples(into);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }
}
