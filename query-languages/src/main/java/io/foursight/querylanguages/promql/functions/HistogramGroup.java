package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.histogram.ClassicBuckets;
import io.foursight.querylanguages.promql.histogram.HistogramStatistics;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// One histogram of a vector: the classic bucket series that differ in `le` only, and the native
/// histogram with the same labels. Where a step has both, neither counts. Load a step, then ask.
final class HistogramGroup {
  private record ClassicSeries(double bound, StepSeries series) {}

  private final Labels labels;
  private final List<ClassicSeries> classic = new ArrayList<>();
  private final List<StepSeries> natives = new ArrayList<>(1);
  private final ClassicBuckets buckets = new ClassicBuckets();
  private NativeHistogram histogram;

  private HistogramGroup(Labels labels) {
    this.labels = labels;
  }

  /// The groups of a vector argument. Notes bucket labels that are none.
  static Collection<HistogramGroup> of(FunctionCall call, int argument) {
    var groups = new LinkedHashMap<Labels, HistogramGroup>();
    for (StepSeries series : call.vector(argument).drain()) {
      boolean histograms = false;
      boolean floats = false;
      for (int step = 0; step < series.steps(); step++) {
        histograms |= series.isHistogram(step);
        floats |= series.isFloat(step);
      }
      if (histograms) {
        groups.computeIfAbsent(series.labels(), HistogramGroup::new).natives.add(series);
      }
      if (!floats) {
        continue;
      }
      String le = series.labels().get("le");
      OptionalDouble bound = bound(le);
      if (bound.isEmpty()) {
        call.annotations()
            .warn(
                "bucket label \"le\" is missing or has a malformed value of "
                    + AnnotationTexts.quote(le)
                    + AnnotationTexts.forMetric(call.dropName(series).labels().metricName()),
                call.position(argument));
        continue;
      }
      groups
          .computeIfAbsent(series.labels().drop("le"), HistogramGroup::new)
          .classic
          .add(new ClassicSeries(bound.getAsDouble(), series));
    }
    groups.values().forEach(g -> g.classic.sort(Comparator.comparingDouble(ClassicSeries::bound)));
    return groups.values();
  }

  private static OptionalDouble bound(String le) {
    try {
      return switch (le.toLowerCase(Locale.ROOT)) {
        case "inf", "+inf", "infinity", "+infinity" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
        case "-inf", "-infinity" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
        default ->
            le.isEmpty() || "dDfF ".indexOf(le.charAt(le.length() - 1)) >= 0 || le.charAt(0) == ' '
                ? OptionalDouble.empty()
                : OptionalDouble.of(Double.parseDouble(le));
      };
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  Labels labels() {
    return labels;
  }

  /// Takes in what is there at a step.
  ///
  /// @return whether there is a histogram, of one kind
  boolean load(int step, HistogramNotes notes) {
    buckets.clear();
    histogram = null;
    for (ClassicSeries c : classic) {
      if (c.series.isFloat(step)) {
        buckets.add(c.bound, c.series.value(step));
      }
    }
    for (StepSeries series : natives) {
      if (series.isHistogram(step)) {
        histogram = series.histogram(step).orElseThrow();
      }
    }
    if (histogram != null && !buckets.isEmpty()) {
      notes.mixedKinds(labels);
      return false;
    }
    return histogram != null || !buckets.isEmpty();
  }

  double quantile(double q, int step, HistogramNotes notes) {
    if (histogram == null) {
      double value = buckets.quantile(q);
      notes.repair(labels, buckets.repair(), step);
      return value;
    }
    var result = HistogramStatistics.quantile(q, histogram);
    result.nan().ifPresent(effect -> notes.nan(labels, effect));
    return result.value();
  }

  double fraction(double lower, double upper, HistogramNotes notes) {
    if (histogram == null) {
      return buckets.fraction(lower, upper);
    }
    var result = HistogramStatistics.fraction(lower, upper, histogram);
    result.nan().ifPresent(effect -> notes.nan(labels, effect));
    return result.value();
  }
}
