package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.ast.BinaryOperator;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.VectorMatching;
import io.foursight.querylanguages.promql.ast.VectorMatching.Cardinality;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Arithmetic, comparisons and trims between two vectors. Series meet in groups of equal match
/// labels; a group has a "one" side (the right, or the left of `group_right`), on which at most one
/// series may be present at a step, and a "many" side. Everything that Prometheus checks a step at
/// a time is checked a step at a time here; of the notes of one step the last one stands.
final class VectorMatcher {
  private final QueryContext query;
  private final Expr.Binary expr;
  private final VectorMatching matching;
  private final BinaryElement element;
  private final boolean swapped;
  private final OptionalDouble fillMany;
  private final OptionalDouble fillOne;

  /// One a step; empty while there are none.
  private BinaryElement.Note[] notes = {};

  VectorMatcher(QueryContext query, Expr.Binary expr) {
    this.query = query;
    this.expr = expr;
    this.matching = expr.matching().orElse(VectorMatching.DEFAULT);
    this.element = new BinaryElement(expr.operator());
    this.swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    // Prometheus gives fill_left to the "many" side also where that stands on the right.
    this.fillMany = matching.fillLeft();
    this.fillOne = matching.fillRight();
  }

  /// The labels by which series meet.
  static Labels signature(Labels labels, VectorMatching matching) {
    if (matching.on()) {
      return labels.keep(matching.labels());
    }
    if (matching.labels().isEmpty()) {
      return QueryContext.withoutMetadata(labels);
    }
    var names = new HashSet<>(matching.labels());
    names.addAll(QueryContext.METADATA_LABELS);
    return labels.drop(names);
  }

  private static final class Group {
    private final Labels labels;
    private final List<StepSeries> many = new ArrayList<>(1);
    private final List<StepSeries> one = new ArrayList<>(1);

    /// For each result of many-to-one matching where it stands among the results.
    private final Map<Labels, Integer> places = new LinkedHashMap<>();

    /// The steps at which two elements were combined; null while there is none.
    private boolean[] matched;

    private Group(Labels labels) {
      this.labels = labels;
    }
  }

  SeriesStream evaluate(List<StepSeries> left, List<StepSeries> right) {
    List<StepSeries> many = swapped ? right : left;
    List<StepSeries> one = swapped ? left : right;
    var groups = new LinkedHashMap<Labels, Group>();
    for (StepSeries series : many) {
      group(groups, series).many.add(series);
    }
    for (StepSeries series : one) {
      group(groups, series).one.add(series);
    }
    for (Group group : groups.values()) {
      checkOneSide(group, many);
    }
    var results = new ArrayList<StepSeries>();
    for (Group group : groups.values()) {
      query.budget().check();
      fromMany(group, results);
    }
    if (fillMany.isPresent()) {
      for (Group group : groups.values()) {
        for (StepSeries single : group.one) {
          add(group, filledMany(group, single), results);
        }
      }
    }
    for (BinaryElement.Note note : notes) {
      if (note != null) {
        note.addTo(query.annotations(), expr);
      }
    }
    return SeriesStream.of(SeriesMerge.merge(results));
  }

  private Group group(Map<Labels, Group> groups, StepSeries series) {
    return groups.computeIfAbsent(signature(series.labels(), matching), Group::new);
  }

  /// Two series of the "one" side at the same step are an error, even if nothing matches them,
  /// unless the other side has nothing at all at that step.
  private void checkOneSide(Group group, List<StepSeries> many) {
    if (group.one.size() < 2) {
      return;
    }
    int steps = group.one.getFirst().steps();
    for (int step = 0; step < steps; step++) {
      StepSeries first = null;
      for (StepSeries series : group.one) {
        if (!series.isPresent(step)) {
          continue;
        }
        if (first == null) {
          first = series;
        } else if (fillMany.isPresent() || fillOne.isPresent() || isAnyPresent(many, step)) {
          throw duplicate(group, first.labels(), series.labels());
        }
      }
    }
  }

  private static boolean isAnyPresent(List<StepSeries> series, int step) {
    for (StepSeries s : series) {
      if (s.isPresent(step)) {
        return true;
      }
    }
    return false;
  }

  private RuntimeException duplicate(Group group, Labels a, Labels b) {
    boolean ordered = a.compareTo(b) <= 0;
    return QueryContext.failure(
        "found duplicate series for the match group "
            + group.labels
            + " on the "
            + (swapped ? "left" : "right")
            + " hand-side of the operation: ["
            + (ordered ? a : b)
            + ", "
            + (ordered ? b : a)
            + "];many-to-many matching not allowed: matching labels must be unique on one side");
  }

  private void fromMany(Group group, List<StepSeries> results) {
    for (StepSeries many : group.many) {
      for (StepSeries one : group.one) {
        add(group, pair(group, many, one), results);
      }
      if (fillOne.isPresent()) {
        add(group, filledOne(group, many), results);
      }
    }
  }

  /// Adds a result of a group, which must not meet the others.
  private void add(Group group, StepSeries next, List<StepSeries> results) {
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      results.add(next);
      return;
    }
    Integer place = group.places.putIfAbsent(next.labels(), results.size());
    if (place == null) {
      results.add(next);
      return;
    }
    StepSeries target = results.get(place);
    for (int step = 0; step < next.steps(); step++) {
      if (next.isPresent(step)) {
        if (target.isPresent(step)) {
          throw QueryContext.failure(
              "multiple matches for labels: grouping labels must ensure unique matches");
        }
        target.setFrom(next, step);
      }
    }
  }

  private StepSeries pair(Group group, StepSeries many, StepSeries one) {
    var out = result(many.labels(), many.dropName(), one.labels(), many.steps());
    for (int step = 0; step < many.steps(); step++) {
      if (many.isPresent(step) && one.isPresent(step)) {
        set(
            group,
            out,
            step,
            many.value(step),
            many.histogram(step).orElse(null),
            one.value(step),
            one.histogram(step).orElse(null));
      }
    }
    return out;
  }

  private StepSeries filledOne(Group group, StepSeries many) {
    var out = result(many.labels(), many.dropName(), group.labels, many.steps());
    for (int step = 0; step < many.steps(); step++) {
      if (many.isPresent(step) && !isAnyPresent(group.one, step)) {
        set(
            group,
            out,
            step,
            many.value(step),
            many.histogram(step).orElse(null),
            fillOne.getAsDouble(),
            null);
      }
    }
    return out;
  }

  private StepSeries filledMany(Group group, StepSeries one) {
    var out = result(group.labels, false, one.labels(), one.steps());
    for (int step = 0; step < one.steps(); step++) {
      if (one.isPresent(step) && (group.matched == null || !group.matched[step])) {
        set(
            group,
            out,
            step,
            fillMany.getAsDouble(),
            null,
            one.value(step),
            one.histogram(step).orElse(null));
      }
    }
    return out;
  }

  private void set(
      Group group,
      StepSeries out,
      int step,
      double many,
      NativeHistogram manyHistogram,
      double one,
      NativeHistogram oneHistogram) {
    boolean keep =
        swapped
            ? element.apply(one, oneHistogram, many, manyHistogram)
            : element.apply(many, manyHistogram, one, oneHistogram);
    if (element.note != null) {
      if (notes.length == 0) {
        notes = new BinaryElement.Note[out.steps()];
      }
      notes[step] = element.note;
    }
    if (!element.hasResult()) {
      return;
    }
    if (group.matched == null) {
      group.matched = new boolean[out.steps()];
    }
    if (group.matched[step] && matching.cardinality() == Cardinality.ONE_TO_ONE) {
      throw QueryContext.failure(
          "multiple matches for labels: many-to-one matching must be explicit"
              + " (group_left/group_right)");
    }
    group.matched[step] = true;
    if (expr.returnBool()) {
      out.set(step, keep ? 1 : 0);
    } else if (keep) {
      if (element.histogram != null) {
        out.set(step, element.histogram);
      } else {
        out.set(step, element.value);
      }
    }
  }

  /// An empty result with the labels of the "many" side and those included from the other.
  private StepSeries result(Labels many, boolean dropName, Labels one, int steps) {
    Labels labels = many;
    if (expr.operator().kind() == BinaryOperator.Kind.ARITHMETIC) {
      labels = QueryContext.withoutMetadata(labels);
    }
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      labels = matching.on() ? labels.keep(matching.labels()) : labels.drop(matching.labels());
    }
    for (String name : matching.include()) {
      labels = labels.with(name, one.get(name));
    }
    boolean drop = dropName || expr.returnBool();
    if (drop && !query.options().delayedNameRemoval()) {
      return StepSeries.empty(QueryContext.withoutMetadata(labels), false, steps);
    }
    return StepSeries.empty(labels, drop, steps);
  }
}
