package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.querylanguages.promql.histogram.HistogramMath;

/// Last minus first histogram of a window, and the resets between them.
final class HistogramDifference {
  private HistogramDifference() {}

  static String notACounter(Labels labels) {
    return "this native histogram metric is not a counter: "
        + AnnotationTexts.quote(labels.metricName());
  }

  static String notAGauge(Labels labels) {
    return "this native histogram metric is not a gauge: "
        + AnnotationTexts.quote(labels.metricName());
  }

  static String mixedSchemas(Labels labels) {
    return "vector contains a mix of histograms with exponential and custom buckets schemas for"
        + " metric name "
        + AnnotationTexts.quote(labels.metricName());
  }

  /// Null when the window mixes exponential and custom buckets, which has then been noted.
  ///
  /// @param fromZero whether the first histogram counts as a rise from nothing
  static NativeHistogram of(RangeWindow w, RangeCall call, boolean counter, boolean fromZero) {
    int firstRow = w.histogramFrom;
    int lastRow = w.histogramTo - 1;
    NativeHistogram first = w.histograms[firstRow];
    NativeHistogram last = w.histograms[lastRow];
    for (int i = firstRow + 1; i <= lastRow; i++) {
      if (w.histograms[i].hasCustomBuckets() != first.hasCustomBuckets()) {
        call.warn(mixedSchemas(w.labels));
        return null;
      }
    }
    noteKind(w, call, counter);
    if (firstRow == lastRow) {
      return last;
    }
    boolean firstLeftOut = fromZero;
    var difference = HistogramMath.subtract(last, first).orElseThrow();
    boolean subtractionReconciled = difference.reconciled();
    boolean additionReconciled = false;
    NativeHistogram result = difference.histogram();
    if (counter) {
      for (int i = firstRow + 1; i <= lastRow; i++) {
        NativeHistogram previous = w.histograms[i - 1];
        boolean reset =
            HistogramMath.isReset(previous, w.histograms[i])
                || StartTimestamps.isReset(
                    w.histogramStart(i - 1),
                    w.histogramTimes[i - 1],
                    w.histogramStart(i),
                    w.histogramTimes[i]);
        if (reset) {
          var sum = HistogramMath.add(result, previous).orElseThrow();
          additionReconciled |= sum.reconciled();
          result = sum.histogram();
        }
      }
    }
    if (firstLeftOut) {
      result = HistogramMath.add(result, first).orElseThrow().histogram();
    }
    if (subtractionReconciled) {
      call.info("mismatched custom buckets were reconciled during subtraction");
    }
    if (additionReconciled) {
      call.info("mismatched custom buckets were reconciled during addition");
    }
    return result;
  }

  /// Says when the histograms are not of the kind that the function is for.
  static void noteKind(RangeWindow w, RangeCall call, boolean counter) {
    int last = w.histogramTo - 1;
    if (counter) {
      for (int i = w.histogramFrom; i <= last; i++) {
        if (w.histograms[i].resetHint() == ResetHint.GAUGE) {
          call.warn(notACounter(w.labels));
          return;
        }
      }
    } else if (w.histograms[w.histogramFrom].resetHint() != ResetHint.GAUGE
        || w.histograms[last].resetHint() != ResetHint.GAUGE) {
      call.warn(notAGauge(w.labels));
    }
  }
}
