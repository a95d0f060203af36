package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Text;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsQueryRunner.Request;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the commands of test scripts against [PromqlEngine], each instant evaluation also fixed
/// with `@` and evaluated at other times, and each of these as the middle of a range query.
final class ScriptRunner {
  private static final Pattern INSTANT =
      Pattern.compile(
          "eval(?:_\\w+)?\\s+instant\\s+(?:at\\s+(\\S+)\\s+)?(.*)", Pattern.CASE_INSENSITIVE);
  private static final Pattern RANGE =
      Pattern.compile(
          "eval(?:_\\w+)?\\s+range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+?)\\s+(.*)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NEEDS_INSTANT =
      Pattern.compile("\\b(start|end|range|step)\\s*\\(\\s*\\)", Pattern.CASE_INSENSITIVE);

  private final Options options;
  private final ScriptStore store = new ScriptStore();
  private final PromqlEngine engine;
  private final List<String> failures = new ArrayList<>();
  private int total;

  ScriptRunner(Options options) {
    this.options = options;
    this.engine = new PromqlEngine(store);
  }

  /// Against a [LooseSource].
  ScriptRunner(Options options, Executor helpers) {
    this.options = options;
    this.engine = new PromqlEngine(new LooseSource(store), helpers);
  }

  int total() {
    return total;
  }

  List<String> failures() {
    return failures;
  }

  void run(Script script) {
    store.clear();
    for (Script.Command command : script.commands()) {
      String word = command.word();
      if (word.equals("clear")) {
        store.clear();
      } else if (word.startsWith("load")) {
        load(command, word.equals("load_with_nhcb"));
      } else if (word.startsWith("eval")) {
        total++;
        String problem;
        try {
          problem = evaluate(command);
        } catch (RuntimeException e) {
          var at = e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "";
          problem = "broken: " + e + " at " + at;
        }
        if (!problem.isEmpty()) {
          failures.add(
              script.name() + ":" + command.line() + ": " + command.head() + "\n    " + problem);
        }
      } else {
        throw new IllegalArgumentException("what is " + command.head());
      }
    }
  }

  private void load(Script.Command command, boolean classic) {
    long step = ScriptValues.millis(command.head().split("\\s+")[1]);
    var custom = new ClassicHistograms();
    List<Optional<Long>> starts = List.of();
    for (String text : command.block()) {
      var line = ScriptValues.line(text);
      if (line.starts()) {
        starts = ScriptValues.startOffsets(line.rest());
        continue;
      }
      var values = ScriptValues.values(line.rest());
      for (int i = 0; i < values.size(); i++) {
        if (values.get(i).isEmpty()) {
          continue;
        }
        var value = values.get(i).get();
        long time = i * step;
        long start =
            i < starts.size() && starts.get(i).isPresent() ? time + starts.get(i).get() : 0;
        store.add(
            line.labels(),
            time,
            new ScriptStore.Sample(value.value(), value.histogram().orElse(null), start));
        if (classic) {
          custom.add(line.labels(), time, value.value());
        }
      }
      starts = List.of();
    }
    custom.loadInto(store);
  }

  private String evaluate(Script.Command command) {
    var expected = Expectation.of(command);
    Matcher range = RANGE.matcher(command.head());
    if (range.matches()) {
      return range(
          expected,
          ScriptValues.millis(range.group(1)),
          ScriptValues.millis(range.group(2)),
          ScriptValues.millis(range.group(3)),
          range.group(4));
    }
    Matcher instant = INSTANT.matcher(command.head());
    if (!instant.matches()) {
      throw new IllegalArgumentException("what is " + command.head());
    }
    long time = instant.group(1) == null ? 0 : ScriptValues.millis(instant.group(1));
    return instant(expected, time, instant.group(2));
  }

  private Request request(String query, long start, long end, long step) {
    return new Request(
        List.of(TenantId.ANONYMOUS),
        query,
        start,
        end,
        step,
        Duration.ofMinutes(5),
        options,
        new QueryBudget(0, 10_000, Deadline.NONE));
  }

  private String range(Expectation expected, long start, long end, long step, String query) {
    MetricsQueryResult result;
    try {
      result = engine.run(request(query, start, end, step));
    } catch (FoursightException e) {
      return failed(expected, e);
    }
    if (expected.fails) {
      return "must fail, got " + Comparison.shown(result.value());
    }
    String notes = notes(expected, result);
    if (!notes.isEmpty()) {
      return notes;
    }
    return Comparison.ranges(expected.series, (Matrix) result.value(), start, step);
  }

  private static String failed(Expectation expected, FoursightException e) {
    if (!expected.fails) {
      return "failed: " + e.getMessage();
    }
    return expected.failure.matches(e.getMessage())
        ? ""
        : "failed with \"" + e.getMessage() + "\", expected " + expected.failure;
  }

  private static String notes(Expectation expected, MetricsQueryResult result) {
    String warnings =
        Expectation.check(
            "warning", expected.warnings, expected.noWarnings, result.annotations().warnings());
    return warnings.isEmpty()
        ? Expectation.check("info", expected.infos, expected.noInfos, result.annotations().infos())
        : warnings;
  }

  private String instant(Expectation expected, long time, String query) {
    Expr expr;
    try {
      expr = PromqlParser.parse(query, options);
    } catch (FoursightException e) {
      return failed(expected, e);
    }
    String problem = at(expected, expr, query, time);
    if (!problem.isEmpty() || AtVariants.dependsOnTime(expr)) {
      return problem;
    }
    Expr pinned = AtVariants.pin(expr, time);
    long[] times =
        time == 0
            ? new long[] {-1000, 0, 1000}
            : new long[] {-10 * time, 0, time / 5, time, 10 * time};
    for (long other : times) {
      problem = at(expected, pinned, query, other);
      if (!problem.isEmpty()) {
        return "pinned to " + time + ", at " + other + ": " + problem;
      }
    }
    return "";
  }

  private String at(Expectation expected, Expr expr, String query, long time) {
    MetricsQueryResult result;
    try {
      result = engine.run(expr, request(query, time, time, 0));
    } catch (FoursightException e) {
      return failed(expected, e);
    }
    if (expected.fails) {
      return "must fail, got " + Comparison.shown(result.value());
    }
    String problem = notes(expected, result);
    if (problem.isEmpty()) {
      problem = instantResult(expected, result);
    }
    if (!problem.isEmpty()
        || expected.ordered
        || expected.text.isPresent()
        || expected.rangeVector.isPresent()
        || NEEDS_INSTANT.matcher(query).find()) {
      return problem;
    }
    return middleOfRange(expected, expr, query, time);
  }

  private static String instantResult(Expectation expected, MetricsQueryResult result) {
    return switch (result.value()) {
      case Text t ->
          expected.text.isPresent() && expected.text.get().equals(t.value())
              ? ""
              : "got string " + t.value();
      case Scalar s ->
          expected.scalar.isPresent() && Comparison.almostEqual(expected.scalar.get(), s.value())
              ? ""
              : "got scalar " + s.value() + ", expected " + expected.scalar;
      case Vector v ->
          expected.scalar.isPresent() || expected.text.isPresent()
              ? "got a vector"
              : Comparison.vector(expected.series, v.samples(), expected.ordered);
      case Matrix m ->
          expected.rangeVector.isEmpty()
              ? "got a range vector"
              : Comparison.ranges(
                  expected.series, m, expected.rangeVector.get()[0], expected.rangeVector.get()[2]);
    };
  }

  private String middleOfRange(Expectation expected, Expr expr, String query, long time) {
    MetricsQueryResult result;
    try {
      result = engine.run(expr, request(query, time - 60_000, time + 60_000, 60_000));
    } catch (FoursightException e) {
      return "as a range failed: " + e.getMessage();
    }
    var samples = new ArrayList<InstantSample>();
    Labels previous = null;
    for (RangeSeries series : ((Matrix) result.value()).series()) {
      if (previous != null && previous.compareTo(series.labels()) >= 0) {
        return "as a range: not sorted by labels";
      }
      previous = series.labels();
      for (int row = 0; row < series.samples().size(); row++) {
        if (series.samples().timestamp(row) == time) {
          var one = new io.foursight.model.metrics.SampleColumns();
          one.addFrom(series.samples(), row);
          samples.add(new InstantSample(series.labels(), one));
        }
      }
    }
    String problem;
    if (expected.scalar.isPresent()) {
      problem =
          samples.size() == 1
                  && Comparison.almostEqual(
                      expected.scalar.get(), samples.getFirst().samples().value(0))
              ? ""
              : "got " + samples.size() + " series";
    } else {
      problem = Comparison.vector(expected.series, samples, false);
    }
    return problem.isEmpty() ? "" : "as a range: " + problem;
  }
}
