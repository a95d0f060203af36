package io.foursight.querier.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Unions of what several Sources answer, each text, series and exemplar once, in the order that
/// the port promises.
final class SortedUnion {
  private static final Comparator<Exemplar> BY_TIME =
      Comparator.comparingLong(Exemplar::timestampMillis)
          .thenComparingDouble(Exemplar::value)
          .thenComparing(Exemplar::labels);

  private SortedUnion() {}

  static List<String> texts(List<List<String>> inputs) {
    if (inputs.size() == 1) {
      return inputs.getFirst();
    }
    var all = new TreeSet<String>(Labels::compareText);
    inputs.forEach(all::addAll);
    return List.copyOf(all);
  }

  static List<ExemplarSeries> exemplars(List<List<ExemplarSeries>> inputs) {
    var all = new TreeMap<Labels, TreeSet<Exemplar>>();
    for (List<ExemplarSeries> input : inputs) {
      for (ExemplarSeries series : input) {
        all.computeIfAbsent(series.labels(), labels -> new TreeSet<>(BY_TIME))
            .addAll(series.exemplars());
      }
    }
    return all.entrySet().stream()
        .map(e -> new ExemplarSeries(e.getKey(), List.copyOf(e.getValue())))
        .toList();
  }
}
