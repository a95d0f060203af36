package io.foursight.querylanguages.traceql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnfinishedQueryTest {
  private static final SpanFilter ERRORS = new SpanFilter.StatusIn(1 << 2);
  private static final SpanFilter CLIENTS = new SpanFilter.KindIn(1 << 3);

  /// What Grafana sends while somebody types.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ status = error }",
        "{ status = error",
        "{ status = error && resource.",
        "{ status = error && span.x = }",
        "{ .a = && status = error && }",
        "{ status = error && name = \"} || {",
        "{ status = error } | rate() by(",
        "{ (status = error) && (",
      })
  void conditionsThatAreComplete_areKept(String query) {
    assertThat(UnfinishedQuery.filter(query)).isEqualTo(ERRORS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{ .a",
        "status = error",
        "{ status = error || .a = }",
        "{ !(status = error) }"
      })
  void whereNothingIsSure_nothingIsLeftOut(String query) {
    SpanFilter filter = UnfinishedQuery.filter(query);
    boolean narrow = filter.equals(ERRORS) || filter.equals(new SpanFilter.Or(List.of()));
    assertThat(narrow).isFalse();
  }

  @Test
  void alternatives_areKeptSide_bySide() {
    assertThat(UnfinishedQuery.filter("{ status = error || kind = client && .a = "))
        .isEqualTo(new SpanFilter.Or(List.of(ERRORS, CLIENTS)));
    assertThat(UnfinishedQuery.filter("{ " + "status = error || ".repeat(200)))
        .isEqualTo(SpanFilter.ALL);
  }

  @Test
  void attributeWithoutScope_isLookedForInSpanAndResource() {
    var span = new SpanFilter.BoolTest(new SpanField.Attribute(SpanField.Scope.SPAN, "x"), true);
    var resource =
        new SpanFilter.BoolTest(new SpanField.Attribute(SpanField.Scope.RESOURCE, "x"), true);
    assertThat(UnfinishedQuery.filter("{ .x = true && "))
        .isEqualTo(new SpanFilter.Or(List.of(span, resource)));
  }
}
