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
import java.time.Duration;
import java.util.List;
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
}
