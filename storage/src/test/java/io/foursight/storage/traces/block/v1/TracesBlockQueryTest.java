package io.foursight.storage.traces.block.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesTags;
import io.foursight.storage.block.BlockMeta;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every question against a naive answer over the same random spans.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesBlockQueryTest {
  protected List<RandomSpans.Sent> sent;
  protected BlockMeta meta;
  protected TracesBlockReader reader;

  /// Of the block that is asked.
  SpansFile.Bounds bounds() {
    return SpansFile.Bounds.OF_FORMAT;
  }

  /// Random filters to try.
  int rounds() {
    return 60;
  }

  private static final TenantId TENANT = new TenantId("t");
  private static final long HOUR = 3_600_000_000_000L;

  private static final List<SpanField> FIELDS = fields();

  private static List<SpanField> fields() {
    var all = new ArrayList<SpanField>(List.of(SpanField.Intrinsic.values()));
    for (Scope scope : Scope.values()) {
      for (String key : List.of("mixed", "a.b", "a_b", "http.response.status_code", "absent")) {
        all.add(new SpanField.Attribute(scope, key));
      }
    }
    all.add(SpanField.SERVICE_NAME);
    all.add(SpanField.SERVICE_NAME);
    return all;
  }

  @BeforeAll
  void write(@TempDir Path directory) {
    sent = new RandomSpans(42, false).spans(500, 12);
    meta = TracesBlockFixture.write(directory, sent, bounds());
    reader = TracesBlockFixture.open(directory, meta);
  }

  @AfterAll
  void close() {
    reader.close();
  }

  static TracesSelect select(SpanFilter filter, List<SpanField> fields) {
    return TracesSelect.spans(TENANT, 0, Long.MAX_VALUE, filter, fields, QueryBudget.unlimited());
  }

  /// A row as text: ids, times, and all values of all fields.
  private static String row(RandomSpans.Sent s, List<SpanField> fields) {
    var row = new StringBuilder();
    row.append(new TraceId(s.high(), s.low())).append(' ');
    row.append(s.span().getStartTimeUnixNano()).append('-').append(s.span().getEndTimeUnixNano());
    row.append(' ').append(s.span().getKindValue()).append(s.span().getStatus().getCodeValue());
    for (SpanField field : fields) {
      row.append(' ').append(NaiveSpans.values(s, field));
    }
    return row.toString();
  }

  private List<String> rows(TracesSelect select) {
    var rows = new ArrayList<String>();
    try (TracesCursor cursor = reader.select(select)) {
      while (cursor.next()) {
        SpanPage page = cursor.page();
        for (int r = 0; r < page.rows(); r++) {
          var row = new StringBuilder();
          row.append(new TraceId(page.traceHighs()[r], page.traceLows()[r])).append(' ');
          row.append(page.startNanos()[r]).append('-').append(page.endNanos()[r]);
          row.append(' ').append(page.kinds()[r]).append(page.statuses()[r]);
          for (SpanColumn column : page.columns()) {
            var values = new ArrayList<SpanValue>();
            for (int v = column.start(r); v < column.end(r); v++) {
              values.add(BlockTags.value(column, v).orElse(NaiveSpans.OTHER));
            }
            row.append(' ').append(values);
          }
          rows.add(row.toString());
        }
      }
    }
    return rows;
  }

  /// Shows the first difference only: whole lists of rows would fill the screen.
  private static void same(List<String> rows, List<String> expected, String what) {
    for (int i = 0; i < Math.min(rows.size(), expected.size()); i++) {
      assertThat(rows.get(i)).as("%s, row %d", what, i).isEqualTo(expected.get(i));
    }
    assertThat(rows.size()).as(what).isEqualTo(expected.size());
  }

  private List<String> naive(SpanFilter filter) {
    return sent.stream()
        .filter(s -> NaiveSpans.passes(s, filter))
        .map(s -> row(s, FIELDS))
        .toList();
  }

  @Test
  void allFieldsOfAllSpans_areWhatWasSent() {
    same(rows(select(SpanFilter.ALL, FIELDS)), naive(SpanFilter.ALL), "all");
  }

  @Test
  void randomFilters_keepExactlyTheSpansThatPass() {
    var random = new Random(7);
    for (int i = 0; i < rounds(); i++) {
      SpanFilter filter = filter(random, 2);
      same(rows(select(filter, FIELDS)), naive(filter), filter.toString());
    }
  }

  private static SpanFilter filter(Random random, int depth) {
    SpanField field = FIELDS.get(random.nextInt(FIELDS.size()));
    return switch (random.nextInt(depth > 0 ? 11 : 9)) {
      case 0 -> new SpanFilter.Exists(field);
      case 1 ->
          new SpanFilter.TextTest(
              field, NaiveSpans.in("v" + random.nextInt(20), "service-1", "event1", "text 3"));
      case 2 -> new SpanFilter.TextTest(field, text -> text.contains("1"));
      case 3 -> {
        double value = random.nextInt(5) - 2;
        yield new SpanFilter.NumberRange(field, value, value + random.nextInt(2) * 300);
      }
      case 4 -> new SpanFilter.BoolTest(field, random.nextBoolean());
      case 5 -> {
        long low = random.nextLong(2_000_000_000L);
        yield new SpanFilter.DurationRange(low, low + 100_000_000);
      }
      case 6 -> new SpanFilter.KindIn(1 << random.nextInt(6));
      case 7 -> new SpanFilter.StatusIn(1 << random.nextInt(3));
      case 8 -> new SpanFilter.Root();
      case 9 -> new SpanFilter.And(List.of(filter(random, depth - 1), filter(random, depth - 1)));
      default -> new SpanFilter.Or(List.of(filter(random, depth - 1), filter(random, depth - 1)));
    };
  }

  @Test
  void wholeTraces_comeWithAllSpans_whenOnePasses() {
    var filter =
        new SpanFilter.TextTest(
            new SpanField.Attribute(Scope.SPAN, "url.path"), NaiveSpans.in("v3"));
    Set<TraceId> traces =
        sent.stream()
            .filter(s -> NaiveSpans.passes(s, filter))
            .map(s -> new TraceId(s.high(), s.low()))
            .collect(Collectors.toSet());
    List<String> expected =
        sent.stream()
            .filter(s -> traces.contains(new TraceId(s.high(), s.low())))
            .map(s -> row(s, List.of()))
            .toList();
    var whole =
        new TracesSelect(
            TENANT,
            0,
            Long.MAX_VALUE,
            List.of(),
            filter,
            true,
            List.of(),
            Set.of(),
            QueryBudget.unlimited());
    assertThat(rows(whole)).isEqualTo(expected);
    assertThat(rows(whole.traces(traces.stream().sorted().toList()).range(0, 1)))
        .isEqualTo(expected);
  }

  @Test
  void aRange_takesSpansThatOverlapIt() {
    long from = RandomSpans.START + HOUR / 4;
    long to = from + HOUR / 10;
    TracesSelect ranged = select(SpanFilter.ALL, List.of()).range(from, to);
    assertThat(rows(ranged))
        .isEqualTo(
            sent.stream()
                .filter(s ->
                    ranged.overlaps(s.span().getStartTimeUnixNano(), s.span().getEndTimeUnixNano()))
                .map(s -> row(s, List.of()))
                .toList());
  }

  @Test
  void candidates_areTheNewestThatPass() {
    var filter = new SpanFilter.StatusIn(1 << 2);
    Map<TraceId, Long> newest = new HashMap<>();
    sent.stream()
        .filter(s -> NaiveSpans.passes(s, filter))
        .forEach(s ->
            newest.merge(
                new TraceId(s.high(), s.low()), s.span().getStartTimeUnixNano(), Math::max));
    List<TraceCandidates.Candidate> all =
        newest.entrySet().stream()
            .map(e -> new TraceCandidates.Candidate(e.getKey(), e.getValue()))
            .sorted((a, b) -> Long.compare(b.startNanos(), a.startNanos()))
            .toList();
    TracesSelect select = select(filter, List.of());
    assertThat(reader.candidates(select, 0).candidates()).isEqualTo(all);
    assertThat(reader.candidates(select, 0).complete()).isTrue();
    assertThat(reader.candidates(select, 20).candidates()).isEqualTo(all.subList(0, 20));
    assertThat(reader.candidates(select, 20).complete()).isFalse();
  }

  @Test
  void tagNames_areThoseOfSpansThatPass() {
    for (SpanFilter filter :
        List.of(
            SpanFilter.ALL,
            new SpanFilter.TextTest(
                new SpanField.Attribute(Scope.SPAN, "rare"), NaiveSpans.in("rare 2")))) {
      var expected = new TreeSet<String>();
      sent.stream()
          .filter(s -> NaiveSpans.passes(s, filter))
          .forEach(s -> s.span().getAttributesList().forEach(a -> expected.add(a.getKey())));
      List<TracesTags> tags = reader.tagNames(select(filter, List.of()));
      assertThat(
              tags.stream().filter(t -> t.scope() == Scope.SPAN).findFirst().orElseThrow().names())
          .as("%s", filter)
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void tagValues_areTheSameFromTheIndexAndFromTheColumns() {
    for (SpanField field : FIELDS) {
      Set<SpanValue> expected = new HashSet<>();
      sent.forEach(s -> expected.addAll(NaiveSpans.values(s, field)));
      if (field instanceof SpanField.Attribute a
          && (a.scope() == Scope.SPAN
              || a.scope() == Scope.RESOURCE
              || a.scope() == Scope.INSTRUMENTATION)) {
        // The index knows values of repeated keys as well.
        assertThat(new HashSet<>(reader.tagValues(field, select(SpanFilter.ALL, List.of()), 0)))
            .as("%s", field)
            .containsAll(without(expected));
      } else {
        assertThat(new HashSet<>(reader.tagValues(field, select(SpanFilter.ALL, List.of()), 0)))
            .as("%s", field)
            .isEqualTo(without(expected));
      }
      SpanFilter some = new SpanFilter.DurationRange(0, Long.MAX_VALUE);
      assertThat(new HashSet<>(reader.tagValues(field, select(some, List.of()), 0)))
          .as("%s", field)
          .isEqualTo(without(expected));
      assertThat(reader.tagValues(field, select(some, List.of()), 2)).hasSizeLessThan(3);
    }
  }

  private static Set<SpanValue> without(Set<SpanValue> values) {
    var comparable = new HashSet<>(values);
    comparable.remove(NaiveSpans.OTHER);
    return comparable;
  }

  /// What a query holds is given back, also when it stops half-way.
  @Test
  void memory_isChargedAndReleased() {
    var budget = new QueryBudget(1L << 30, 0, Deadline.NONE);
    var select = TracesSelect.spans(TENANT, 0, Long.MAX_VALUE, SpanFilter.ALL, FIELDS, budget);
    try (TracesCursor cursor = reader.select(select)) {
      assertThat(cursor.next()).isTrue();
      assertThat(budget.memoryBytes()).isPositive();
    }
    assertThat(budget.memoryBytes()).isZero();
    reader.candidates(select, 3);
    reader.tagNames(select);
    reader.trace(new TraceId(sent.getFirst().high(), sent.getFirst().low()), 0, budget);
    assertThat(budget.memoryBytes()).isZero();
  }
}
