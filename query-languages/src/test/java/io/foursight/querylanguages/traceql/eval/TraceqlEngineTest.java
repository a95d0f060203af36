package io.foursight.querylanguages.traceql.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.MetricsFound;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesSeries;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the published cases leave open, on the fixture of their metrics.
class TraceqlEngineTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<TenantId> TENANTS = List.of(TenantId.ANONYMOUS);

  private final MemoryTraces source = new MemoryTraces(7);
  private final TraceqlEngine engine = new TraceqlEngine(source);

  TraceqlEngineTest() {
    MetricsFixture.spans().forEach(source::add);
  }

  private MetricsFound metrics(String query, long step, int exemplars, int maxSeries) {
    return engine.metrics(
        new Metrics(
            TENANTS, query, 1, 50 * SECOND, step, exemplars, maxSeries, QueryBudget.unlimited()));
  }

  private static List<String> texts(MetricsFound found) {
    return found.series().stream()
        .map(s ->
            s.labels().stream()
                    .map(l -> l.key() + "=" + TraceqlPrinter.print(l.value()))
                    .collect(Collectors.joining(","))
                + Arrays.toString(s.values()))
        .toList();
  }

  @Test
  void instantQuery_isOneStepOverTheRange() {
    var found = metrics("{ } | count_over_time() by(resource.service.name)", 0, 0, 0);
    assertThat(texts(found))
        .containsExactly("resource.service.name=`even`[50.0]", "resource.service.name=`odd`[50.0]");
    assertThat(found.series().getFirst().timestampsMillis()).containsExactly(50_000);
  }

  @Test
  void histogram_hasASeriesForEachPowerOfTwo() {
    assertThat(
            texts(metrics("{ duration <= 4s } | histogram_over_time(duration)", 15 * SECOND, 0, 0)))
        .containsExactly(
            "__bucket=1.073741824[2.0, 0.0, 0.0, 0.0]",
            "__bucket=2.147483648[2.0, 0.0, 0.0, 0.0]",
            "__bucket=4.294967296[4.0, 0.0, 0.0, 0.0]");
  }

  @Test
  void compare_countsValuesInsideAndOutsideOfTheSelection() {
    var texts = texts(metrics("{ } | compare({ .service.name = `even` }, 1)", 0, 0, 0));
    assertThat(texts)
        .contains(
            "__meta_type=`baseline`,resource.service.name=`odd`[50.0]",
            "__meta_type=`selection`,resource.service.name=`even`[50.0]",
            "__meta_type=`baseline_total`,resource.service.name=nil[50.0]",
            "__meta_type=`selection`,kind=client[50.0]",
            "__meta_type=`selection_total`,rootServiceName=nil[50.0]")
        .noneMatch(t -> t.contains("__meta_error"));
    assertThat(texts(metrics("{ } | compare({ status = error }, 1)", 0, 0, 0)))
        .contains("__meta_error=`__too_many_values__`,resource.service.name=nil[0.0]");
  }

  @Test
  void topAndBottom_chooseStepByStep() {
    assertThat(
            texts(
                metrics(
                    "{ } | count_over_time() by(resource.service.name) | topk(1)",
                    15 * SECOND,
                    0,
                    0)))
        .containsExactly(
            "resource.service.name=`even`[16.0, 6.0]", "resource.service.name=`odd`[16.0, 16.0]");
  }

  @Test
  void exemplars_areSpreadOverTheRange() {
    TracesSeries series =
        metrics("{ } | max_over_time(duration)", 15 * SECOND, 5, 0).series().getFirst();
    assertThat(series.exemplars())
        .extracting(TracesSeries.Exemplar::timestampMillis)
        .containsExactly(10_000L, 20_000L, 30_000L, 40_000L, 50_000L);
    assertThat(series.exemplars().getFirst().value()).isEqualTo(10.0);
    assertThat(series.exemplars().getFirst().labels().getFirst().value())
        .isEqualTo(new SpanValue.Text("0000000000000001000000000000000a"));
    var none = metrics("{ } | rate() with(exemplars=false)", 15 * SECOND, 5, 0);
    assertThat(none.series().getFirst().exemplars()).isEmpty();
  }

  @Test
  void tooManySeries_areCutWithAMessage() {
    var found = metrics("{ } | rate() by(resource.service.name)", 15 * SECOND, 0, 1);
    assertThat(found.series()).hasSize(1);
    assertThat(found.message()).contains("maximum series of 1: it has 2");
  }

  @Test
  void groupsOverTheBudget_areRefused() {
    var budget = new QueryBudget(4096, 0, Deadline.NONE);
    var request =
        new Metrics(TENANTS, "{ } | rate() by(span:id)", 1, 50 * SECOND, SECOND, 0, 0, budget);
    assertThatThrownBy(() -> engine.metrics(request))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT));
  }

  @Test
  void everySearchLimit_givesTheNewest() {
    var search =
        new Search(TENANTS, "{ kind = client }", 0, 90 * SECOND + 1, 3, 1, QueryBudget.unlimited());
    assertThat(engine.search(search, f -> {}).traces())
        .extracting(t -> t.startNanos() / SECOND)
        .containsExactly(90L, 90L, 89L);
  }

  /// Ids lead straight to the traces, whatever else there is.
  @Test
  void traceId_withoutLeadingZeros_findsTheTrace() {
    var search =
        new Search(
            TENANTS,
            "{ trace:id = \"10000000000000007\" || trace:id = \"nonsense\" }",
            0,
            Long.MAX_VALUE,
            3,
            1,
            QueryBudget.unlimited());
    assertThat(engine.search(search, f -> {}).traces()).hasSize(1);
  }

  @Test
  void tagValues_areNarrowedByTheQuery() {
    var tags =
        new Tags(TENANTS, "{ duration > 99s && ", 0, Long.MAX_VALUE, 0, QueryBudget.unlimited());
    assertThat(engine.tagValues(".service.name", tags)).containsExactly(new SpanValue.Text("even"));
    assertThat(engine.tagValues("status", tags)).hasSize(3);
    assertThat(engine.tagValues("duration", tags)).isEmpty();
    assertThat(engine.tagNames(tags).getFirst().names()).containsExactly("service.name");
  }

  @Test
  void severalSpansetsUnderAnOperator_askForCoalesce() {
    var search =
        new Search(
            TENANTS,
            "({ } | by(name) | by(span:id)) > ({ } | by(kind))",
            0,
            Long.MAX_VALUE,
            3,
            1,
            QueryBudget.unlimited());
    source.add(MetricsFixture.child());
    assertThatThrownBy(() -> engine.search(search, f -> {}))
        .hasMessageContaining("consider using coalesce()");
  }
}
