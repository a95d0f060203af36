package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.histogram.ClassicBuckets.Repair;
import io.foursight.querylanguages.promql.histogram.HistogramStatistics.NanEffect;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What quantiles and fractions have to say about their input. Repairs of classic buckets are
/// summed up, one info a metric name.
final class HistogramNotes {
  private record Repairs(
      double from, double to, double difference, int count, int first, int last) {}

  private final FunctionCall call;
  private final int argument;
  private final Map<String, Repairs> repairs = new LinkedHashMap<>();

  HistogramNotes(FunctionCall call, int argument) {
    this.call = call;
    this.argument = argument;
  }

  void mixedKinds(Labels labels) {
    call.annotations()
        .warn(
            "vector contains a mix of classic and native histograms"
                + AnnotationTexts.forMetric(labels.metricName()),
            call.position(argument));
  }

  void nan(Labels labels, NanEffect effect) {
    String text =
        switch (effect) {
          case NO_RESULT -> "input to histogram_quantile has NaN observations, result is NaN";
          case SKEWED_HIGHER ->
              "input to histogram_quantile has NaN observations, result is skewed higher";
          case LEFT_OUT ->
              "input to histogram_fraction has NaN observations, which are excluded from all"
                  + " fractions";
        };
    call.annotations()
        .info(text + AnnotationTexts.forMetric(labels.metricName()), call.position(argument));
  }

  void repair(Labels labels, Repair repair, int step) {
    if (!repair.needed()) {
      return;
    }
    repairs.merge(
        labels.metricName(),
        new Repairs(repair.fromBound(), repair.toBound(), repair.maxDifference(), 1, step, step),
        (a, b) ->
            new Repairs(
                Math.min(a.from, b.from),
                Math.max(a.to, b.to),
                Math.max(a.difference, b.difference),
                a.count + 1,
                Math.min(a.first, b.first),
                Math.max(a.last, b.last)));
  }

  void finish() {
    repairs.forEach((name, r) ->
        call.annotations()
            .info(
                "input to histogram_quantile needed to be fixed for monotonicity (see"
                    + " https://prometheus.io/docs/prometheus/latest/querying/functions/"
                    + "#histogram_quantile)"
                    + AnnotationTexts.forMetric(name)
                    + ", from buckets "
                    + AnnotationTexts.number(r.from)
                    + " to "
                    + AnnotationTexts.number(r.to)
                    + ", with a max diff of "
                    + twoDigits(r.difference)
                    + ", over "
                    + r.count
                    + " samples from "
                    + time(r.first)
                    + " to "
                    + time(r.last),
                call.position(argument)));
  }

  private static String twoDigits(double value) {
    return Double.isFinite(value)
        ? AnnotationTexts.number(new BigDecimal(value).round(new MathContext(2)).doubleValue())
        : AnnotationTexts.number(value);
  }

  private Instant time(int step) {
    return Instant.ofEpochMilli(call.steps().time(step));
  }
}
