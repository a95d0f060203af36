package io.foursight.querylanguages.promql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import io.foursight.querylanguages.regex.RegexMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// `info(v, {matchers})`: adds the labels of info metrics (`target_info` unless the matchers name
/// others) that agree with a series in `instance` and `job`.
///
/// Of several info series of one metric the one with the newest sample counts. Labels that the
/// series has already stay. Matchers of other labels choose info series and the labels to add; if
/// one of them does not match the empty text, a sample without an info series is left out. Series
/// that are info series themselves pass unchanged. Info series are read at the times at which the
/// first selector of `v` reads.
final class InfoJoin {
  private static final Set<String> IDENTIFYING = Set.of("instance", "job");

  private final Evaluator evaluator;
  private final QueryContext query;
  private final Expr.Call call;
  private final List<LabelMatcher> nameMatchers = new ArrayList<>();
  private final List<LabelMatcher> dataMatchers = new ArrayList<>();
  private final Set<String> wantedLabels = new HashSet<>();
  private boolean dropsUnmatched;

  InfoJoin(Evaluator evaluator, Expr.Call call) {
    this.evaluator = evaluator;
    this.query = evaluator.query();
    this.call = call;
    if (call.args().size() > 1) {
      readMatchers(call.args().get(1));
    }
    if (nameMatchers.isEmpty()) {
      nameMatchers.add(LabelMatcher.equal(Labels.METRIC_NAME, "target_info"));
    } else if (nameMatchers.stream().allMatch(LabelMatcher::isNegative)) {
      nameMatchers.add(
          LabelMatcher.regex(
              Labels.METRIC_NAME, ".+_info", false, RegexMatcher.compile(".+_info")));
    }
  }

  private void readMatchers(Expr argument) {
    Expr e = argument.unwrapParens();
    if (e instanceof Expr.StepInvariant invariant) {
      readMatchers(invariant.expr());
      return;
    }
    if (!(e instanceof Expr.VectorSelector selector)) {
      throw QueryContext.failure("expected label selectors only");
    }
    for (LabelMatcher m : selector.matchers()) {
      if (m.name().equals(Labels.METRIC_NAME)) {
        nameMatchers.add(m);
      } else {
        dataMatchers.add(m);
        wantedLabels.add(m.name());
        dropsUnmatched |= !m.matchesEmpty();
      }
    }
  }

  /// One info series: which steps it is there, and since when.
  private record Info(Labels labels, double[] times) {}

  SeriesStream evaluate() {
    try (var base = Held.of(query, evaluator.vector(call.args().getFirst()))) {
      Map<Labels, List<Info>> infos = infos();
      var results = new ArrayList<StepSeries>();
      for (StepSeries series : base.series()) {
        query.budget().check();
        if (isInfoSeries(series.labels())) {
          results.add(series);
        } else {
          join(series, infos.getOrDefault(identity(series.labels()), List.of()), results);
        }
      }
      return SeriesStream.of(SeriesMerge.merge(results));
    }
  }

  private boolean isInfoSeries(Labels labels) {
    return nameMatchers.stream().allMatch(m -> m.matches(labels.metricName()));
  }

  private static Labels identity(Labels labels) {
    return labels.keep(IDENTIFYING);
  }

  private SeriesCursor select(List<LabelMatcher> matchers, TimeLine line) {
    var range = new TimeRange(line.first() - query.lookbackMillis() + 1, line.last());
    return query
        .source()
        .select(new MetricsSelect(query.tenant(), range, matchers, query.budget()));
  }

  private Map<Labels, List<Info>> infos() {
    var matchers = new ArrayList<LabelMatcher>(nameMatchers);
    matchers.addAll(dataMatchers);
    TimeLine line = timeLine();
    try (var values =
        new InstantSelector(select(matchers, line), line, query, InstantSelector.Take.VALUE)) {
      while (values.next()) {
        StepSeries series = values.get();
        for (int step = 0; step < series.steps(); step++) {
          if (series.isHistogram(step)) {
            throw QueryContext.failure(
                "this should be an info metric, with float samples: " + series.labels());
          }
        }
      }
    }
    var infos = new HashMap<Labels, List<Info>>();
    try (var times =
        new InstantSelector(select(matchers, line), line, query, InstantSelector.Take.TIMESTAMP)) {
      while (times.next()) {
        StepSeries series = times.get();
        Labels identity = identity(series.labels());
        if (!identity.isEmpty()) {
          query.budget().charge(series.sizeBytes());
          infos
              .computeIfAbsent(identity, _ -> new ArrayList<>())
              .add(new Info(series.labels(), series.values()));
        }
      }
    }
    return infos;
  }

  private void join(StepSeries series, List<Info> infos, List<StepSeries> results) {
    var out = new LinkedHashMap<Labels, StepSeries>();
    var known = new HashMap<List<Info>, Labels>();
    for (int step = 0; step < series.steps(); step++) {
      if (!series.isPresent(step)) {
        continue;
      }
      List<Info> chosen = newest(infos, step);
      if (chosen.isEmpty() && dropsUnmatched) {
        continue;
      }
      Labels labels = known.computeIfAbsent(chosen, c -> enriched(series.labels(), c));
      out.computeIfAbsent(labels, l -> StepSeries.empty(l, series.dropName(), series.steps()))
          .setFrom(series, step);
    }
    results.addAll(out.values());
  }

  /// The newest info series of each metric at a step.
  private static List<Info> newest(List<Info> infos, int step) {
    var best = new TreeMap<String, Info>();
    for (Info info : infos) {
      double time = info.times[step];
      if (StepSeries.isAbsent(time)) {
        continue;
      }
      Info other = best.putIfAbsent(info.labels.metricName(), info);
      if (other == null) {
        continue;
      }
      if (other.times[step] == time) {
        throw QueryContext.failure(
            "found duplicate series for info metric: existing "
                + other.labels
                + " @ "
                + (long) (time * 1000)
                + ", new "
                + info.labels
                + " @ "
                + (long) (time * 1000));
      }
      if (other.times[step] < time) {
        best.put(info.labels.metricName(), info);
      }
    }
    return List.copyOf(best.values());
  }

  private Labels enriched(Labels base, List<Info> infos) {
    var added = new TreeMap<String, String>(Labels::compareText);
    for (Info info : infos) {
      info.labels.forEach((name, value) -> {
        boolean wanted = wantedLabels.isEmpty() || wantedLabels.contains(name);
        if (!wanted
            || IDENTIFYING.contains(name)
            || QueryContext.METADATA_LABELS.contains(name)
            || base.has(name)) {
          return;
        }
        String other = added.putIfAbsent(name, value);
        if (other != null && !other.equals(value)) {
          throw QueryContext.failure("conflicting label: " + name);
        }
      });
    }
    if (added.isEmpty()) {
      return base;
    }
    added.putAll(base.toMap());
    return Labels.of(added);
  }

  /// The times at which the first selector reads, through all subqueries around it.
  private TimeLine timeLine() {
    var path = new ArrayList<TimeModifiers>();
    find(call.args().getFirst(), path);
    Steps steps = evaluator.steps();
    TimeLine line = new TimeLine(steps.startMillis(), steps.stepMillis(), steps.count());
    for (TimeModifiers modifiers : path) {
      TimeLine moved = TimeLine.of(steps, modifiers, query);
      line =
          modifiers.at().isPresent()
              ? moved
              : new TimeLine(
                  line.first() + moved.first() - steps.startMillis(), line.stride(), line.count());
    }
    return line;
  }

  private static boolean find(Expr expr, List<TimeModifiers> path) {
    if (expr instanceof Expr.VectorSelector selector) {
      path.add(selector.time());
      return true;
    }
    if (expr instanceof Expr.Subquery subquery) {
      path.add(subquery.time());
      if (find(subquery.expr(), path)) {
        return true;
      }
      path.removeLast();
      return false;
    }
    for (Expr child : expr.children()) {
      if (find(child, path)) {
        return true;
      }
    }
    return false;
  }
}
