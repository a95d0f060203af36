package io.foursight.querylanguages.traceql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.parse.TraceqlParseException;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The engine, over a Source that leaves out whatever it may, agrees with [NaiveTraceql] on random
/// traces and queries. `-Dtraceql.rounds` for more of them.
class TraceqlRandomTest {
  private static final int ROUNDS = Integer.getInteger("traceql.rounds", 8);
  private static final int QUERIES = 25;
  private static final long STEP = 20_000_000;

  private interface Check {
    boolean check(List<List<MemorySpan>> traces, MemoryTraces source, Random random);
  }

  private static void repeated(Check check) {
    long first = Long.getLong("traceql.seed", 0);
    int checked = 0;
    for (long seed = first; seed < first + ROUNDS; seed++) {
      var random = new Random(seed);
      var traces = new ArrayList<List<MemorySpan>>();
      var source = new MemoryTraces(1 + random.nextInt(20));
      for (int i = 1; i <= 12; i++) {
        traces.add(new RandomTraces(random).trace(i));
        traces.getLast().forEach(source::add);
      }
      for (int q = 0; q < QUERIES; q++) {
        checked += check.check(traces, source, random) ? 1 : 0;
      }
    }
    assertThat(checked).isGreaterThan(ROUNDS * QUERIES / 2);
  }

  @Test
  void searches_agreeWithTheNaiveEvaluator() {
    repeated(TraceqlRandomTest::search);
  }

  private static boolean search(List<List<MemorySpan>> traces, MemoryTraces source, Random random) {
    String query = new RandomQueries(random).search();
    Pipeline pipeline;
    try {
      pipeline = (Pipeline) TraceqlParser.parseSearch(query).expr();
    } catch (TraceqlParseException _) {
      return false;
    }
    boolean all = random.nextBoolean();
    long start = all ? 0 : 20_000_000 + random.nextInt(20_000_000);
    long end = all ? 1_000_000_000 : start + random.nextInt(50_000_000);
    int limit = 1 + random.nextInt(14);
    var request =
        new Search(
            List.of(TenantId.ANONYMOUS), query, start, end, limit, 0, QueryBudget.unlimited());
    var progressed = new ArrayList<FoundTrace>();
    Found found = new TraceqlEngine(source).search(request, f -> progressed.addAll(f.traces()));
    assertThat(found.traces().stream().map(TraceqlRandomTest::text).toList())
        .as("%s in [%d, %d) limit %d", query, start, end, limit)
        .isEqualTo(expected(traces, pipeline, start, end, limit));
    assertThat(new HashSet<>(progressed)).hasSameSizeAs(progressed).containsAll(found.traces());
    return true;
  }

  private record Matched(long newest, TraceId id, String text) {}

  private static List<String> expected(
      List<List<MemorySpan>> traces, Pipeline pipeline, long start, long end, int limit) {
    var matched = new ArrayList<Matched>();
    for (var trace : traces) {
      var sets = new NaiveTraceql(trace).run(pipeline);
      var newest =
          NaiveTraceql.flat(sets)
              .filter(s -> s.startNanos() < end && Math.max(s.startNanos(), s.endNanos()) >= start)
              .mapToLong(MemorySpan::startNanos)
              .max();
      if (newest.isPresent()) {
        var id = trace.getFirst().traceId();
        matched.add(new Matched(newest.getAsLong(), id, text(trace, sets)));
      }
    }
    return matched.stream()
        .sorted(Comparator.comparing(Matched::newest).reversed().thenComparing(Matched::id))
        .limit(limit)
        .map(Matched::text)
        .toList();
  }

  private static String text(List<MemorySpan> trace, List<List<MemorySpan>> sets) {
    var tree = new NaiveTree(trace);
    var services =
        trace.stream()
            .collect(
                Collectors.groupingBy(
                    s -> TraceqlPrinter.print(s.resource().get("service.name")),
                    TreeMap::new,
                    Collectors.counting()));
    return trace.getFirst().traceId()
        + " "
        + tree.root().map(MemorySpan::name).orElse("")
        + " "
        + tree.durationNanos()
        + services
        + sets.stream()
            .map(set -> set.stream().map(MemorySpan::startNanos).sorted().toList().toString())
            .sorted()
            .toList();
  }

  private static String text(FoundTrace trace) {
    var services = new TreeMap<String, Long>();
    trace
        .services()
        .forEach(
            (k, v) -> services.put(TraceqlPrinter.print(new SpanValue.Text(k)), (long) v.spans()));
    return trace.id()
        + " "
        + trace.rootName()
        + " "
        + trace.durationNanos()
        + services
        + trace.spanSets().stream()
            .map(set ->
                set.spans().stream().map(FoundTrace.Span::startNanos).sorted().toList().toString())
            .sorted()
            .toList();
  }

  @Test
  void metrics_agreeWithTheNaiveEvaluator() {
    repeated(TraceqlRandomTest::metric);
  }

  private static boolean metric(List<List<MemorySpan>> traces, MemoryTraces source, Random random) {
    String query = new RandomQueries(random).metric();
    Metric.Spans spans;
    try {
      spans = (Metric.Spans) TraceqlParser.parseMetric(query).expr();
    } catch (TraceqlParseException _) {
      return false;
    }
    long start = random.nextInt(40_000_000);
    long end = start + 1 + random.nextInt(80_000_000);
    var request =
        new Metrics(
            List.of(TenantId.ANONYMOUS), query, start, end, STEP, 0, 0, QueryBudget.unlimited());
    var found = new TreeMap<String, Double>();
    for (var series : new TraceqlEngine(source).metrics(request).series()) {
      String group =
          series.labels().stream()
              .filter(l -> !l.key().equals("__name__"))
              .map(l -> TraceqlPrinter.print(l.value()))
              .collect(Collectors.joining());
      for (int i = 0; i < series.values().length; i++) {
        if (series.values()[i] != 0) {
          found.put(group + "@" + series.timestampsMillis()[i], rounded(series.values()[i]));
        }
      }
    }
    assertThat(found)
        .as("%s in (%d, %d]", query, start, end)
        .isEqualTo(expected(traces, spans, start, end));
    return true;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e12) / 1e12;
  }

  private static Map<String, Double> expected(
      List<List<MemorySpan>> traces, Metric.Spans spans, long start, long end) {
    var aggregate = (Metric.Aggregate) spans.stage();
    var values = new TreeMap<String, List<Double>>();
    for (var trace : traces) {
      var naive = new NaiveTraceql(trace);
      NaiveTraceql.flat(naive.run(spans.pipeline()))
          .filter(s -> s.startNanos() > start && s.startNanos() <= end)
          .forEach(s -> {
            long time = (s.startNanos() + STEP - 1) / STEP * STEP;
            String group =
                aggregate.by().stream()
                    .map(b -> naive.valuesOf(b, s))
                    .map(v -> v.isEmpty() ? "nil" : TraceqlPrinter.print(v.getFirst()))
                    .collect(Collectors.joining());
            var number =
                aggregate.field().isEmpty()
                    ? List.<SpanValue>of(new SpanValue.Int(1))
                    : naive.valuesOf(aggregate.field().get(), s);
            double n = number.isEmpty() ? Double.NaN : number(number.getFirst());
            if (!Double.isNaN(n)) {
              values.computeIfAbsent(group + "@" + time / 1_000_000, k -> new ArrayList<>()).add(n);
            }
          });
    }
    var out = new TreeMap<String, Double>();
    values.forEach((key, all) -> {
      var statistics = all.stream().mapToDouble(d -> d).summaryStatistics();
      double value =
          switch (aggregate.function()) {
            case RATE -> all.size() / (STEP / 1e9);
            case MIN_OVER_TIME -> statistics.getMin();
            case MAX_OVER_TIME -> statistics.getMax();
            case SUM_OVER_TIME -> statistics.getSum();
            case AVG_OVER_TIME -> statistics.getAverage();
            default -> all.size();
          };
      if (value != 0) {
        out.put(key, rounded(value));
      }
    });
    return out;
  }

  private static double number(SpanValue value) {
    return switch (value) {
      case SpanValue.Int(long v) -> v;
      case SpanValue.Decimal(double v) -> v;
      case SpanValue.Duration(long v) -> v / 1e9;
      default -> Double.NaN;
    };
  }
}
