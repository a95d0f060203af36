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

  @Test
  void longChainOfOperators_isEvaluated() {
    load(1);
    String chain = "m" + " + 1".repeat(900);
    var vector = (Vector) run(chain, 0, 0, QueryBudget.unlimited());
    assertThat(vector.samples().getFirst().samples().value(0)).isEqualTo(900);
    String scalars = "1" + " + 1".repeat(900);
    assertThat(((Scalar) run(scalars, 0, 0, QueryBudget.unlimited())).value()).isEqualTo(901);
    String vectors = "m" + " + m".repeat(900);
    assertThat(((Matrix) run(vectors, 90_000, 10_000, QueryBudget.unlimited())).series())
        .hasSize(1);
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
