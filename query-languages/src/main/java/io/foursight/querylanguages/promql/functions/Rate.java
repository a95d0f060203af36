package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.series.StepSeries;

/// `rate`, `increase` and `delta`: the difference between the last and the first sample of a
/// window, extrapolated to the borders of the window where samples come close enough to them
/// (within 1.1 of the average spacing, else by half the spacing).
///
/// For counters every drop counts as a reset, the value before it is added; a start timestamp that
/// lies between two samples tells a reset without a drop; a first sample whose start timestamp lies
/// in the window is taken as a rise from zero since then, and nothing is extrapolated on that side;
/// otherwise the left side is not extrapolated past the point where the counter would be zero.
final class Rate implements RangeFunction {
  private static final int[] NO_RESETS = {};

  private final boolean counter;
  private final boolean perSecond;

  Rate(boolean counter, boolean perSecond) {
    this.counter = counter;
    this.perSecond = perSecond;
  }

  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (w.isMixed()) {
      call.warnMixed(w.labels);
    } else if (w.floatSize() > 0) {
      floats(w, call, out, step);
    } else if (w.histogramSize() > 0) {
      histograms(w, call, out, step);
    }
  }

  private void floats(RangeWindow w, RangeCall call, StepSeries out, int step) {
    int first = w.floatFrom;
    int last = w.floatTo - 1;
    boolean fromZero = counter && isStartInside(w.floatStart(first), w.floatTimes[first], w.start);
    if (first == last && !fromZero) {
      return;
    }
    double[] v = w.floats;
    double result = v[last] - v[first];
    if (counter) {
      for (int i = first + 1; i <= last; i++) {
        if (v[i] < v[i - 1]) {
          result += v[i - 1];
        } else if (w.floatStarts != null && isFloatReset(w, i)) {
          result += v[i - 1];
        }
      }
      if (w.floatStarts != null) {
        warnOverlap(w.floatStarts, w.floatTimes, first, last, w, call);
      }
      if (fromZero) {
        result += v[first];
      }
    }
    long firstTime = fromZero ? w.floatStart(first) : w.floatTimes[first];
    out.set(
        step,
        result
            * factor(
                firstTime,
                w.floatTimes[first],
                w.floatTimes[last],
                last - first,
                fromZero,
                v[first],
                result,
                w));
  }

  private static boolean isFloatReset(RangeWindow w, int i) {
    return StartTimestamps.isReset(
        w.floatStarts[i - 1], w.floatTimes[i - 1], w.floatStarts[i], w.floatTimes[i]);
  }

  private static boolean isStartInside(long start, long time, long windowStart) {
    return start != 0 && start > windowStart && start < time;
  }

  private static void warnOverlap(
      long[] starts, long[] times, int first, int last, RangeWindow w, RangeCall call) {
    for (int i = first + 1; i <= last; i++) {
      if (starts[i] != 0 && starts[i] < times[i - 1] && starts[i] != starts[i - 1]) {
        call.warn(
            "sample has start time that overlaps with previous sample timestamp for metric "
                + AnnotationTexts.quote(w.labels.metricName()));
        return;
      }
    }
  }

  private void histograms(RangeWindow w, RangeCall call, StepSeries out, int step) {
    int first = w.histogramFrom;
    int last = w.histogramTo - 1;
    NativeHistogram firstHistogram = w.histograms[first];
    boolean fromZero =
        counter && isStartInside(w.histogramStart(first), w.histogramTimes[first], w.start);
    if (first == last && !fromZero) {
      return;
    }
    var difference = HistogramDifference.of(w, call, counter, fromZero);
    if (difference == null) {
      return;
    }
    long firstTime = fromZero ? w.histogramStart(first) : w.histogramTimes[first];
    if (counter && w.histogramStarts != null) {
      warnOverlap(w.histogramStarts, w.histogramTimes, first, last, w, call);
    }
    double factor =
        factor(
            firstTime,
            w.histogramTimes[first],
            w.histogramTimes[last],
            last - first,
            fromZero,
            firstHistogram.count(),
            difference.count(),
            w);
    out.set(step, Histograms.scaled(difference, factor));
  }

  /// What the difference is multiplied with.
  private double factor(
      long from,
      long firstTime,
      long lastTime,
      int gaps,
      boolean fromZero,
      double firstValue,
      double difference,
      RangeWindow w) {
    double sampled = (lastTime - from) / 1000.0;
    double average = gaps == 0 ? 0 : (lastTime - firstTime) / 1000.0 / gaps;
    double toStart = fromZero ? 0 : (firstTime - w.start) / 1000.0;
    double toEnd = (w.end - lastTime) / 1000.0;
    return factor(sampled, average, toStart, toEnd, firstValue, difference, w.rangeMillis);
  }

  private double factor(
      double sampled,
      double average,
      double toStartOrZero,
      double toEndGap,
      double firstValue,
      double difference,
      long rangeMillis) {
    double threshold = average * 1.1;
    double toStart = toStartOrZero >= threshold && toStartOrZero > 0 ? average / 2 : toStartOrZero;
    if (counter && toStart > 0 && difference > 0 && firstValue >= 0) {
      double toZero = sampled * (firstValue / difference);
      if (toZero < toStart) {
        toStart = toZero;
      }
    }
    double toEnd = toEndGap >= threshold ? average / 2 : toEndGap;
    double factor = (sampled + toStart + toEnd) / sampled;
    return perSecond ? factor / (rangeMillis / 1000.0) : factor;
  }

  /// Floats without start timestamps. Where there are no resets a step needs two samples only,
  /// whatever lies between; the few resets of a series are looked up, not searched for. Time is in
  /// milliseconds here, which the ratio at the end does not mind.
  @Override
  public boolean allSteps(RangeWindow w, WindowBorders borders, RangeCall call, double[] out) {
    if (w.floatStarts != null) {
      return false;
    }
    double[] v = w.floats;
    long[] times = w.floatTimes;
    int[] from = borders.from();
    int[] to = borders.to();
    int[] resets = counter ? resets(v, w.floatCount) : NO_RESETS;
    int reset = 0;
    double scale = perSecond ? 1 / (w.rangeMillis / 1000.0) : 1;
    for (int step = 0; step < out.length; step++) {
      int first = from[step];
      int last = to[step] - 1;
      if (last <= first) {
        continue;
      }
      double firstValue = v[first];
      double difference = v[last] - firstValue;
      while (reset < resets.length && resets[reset] <= first) {
        reset++;
      }
      for (int r = reset; r < resets.length && resets[r] <= last; r++) {
        difference += v[resets[r] - 1];
      }
      long end = w.firstEnd + step * w.stride;
      double sampled = times[last] - times[first];
      double average = sampled / (last - first);
      double threshold = average * 1.1;
      double toStart = times[first] - (end - w.rangeMillis);
      if (toStart >= threshold) {
        toStart = average * 0.5;
      }
      double toEnd = end - times[last];
      if (toEnd >= threshold) {
        toEnd = average * 0.5;
      }
      if (counter
          && difference > 0
          && firstValue >= 0
          && sampled * firstValue < toStart * difference) {
        toStart = sampled * (firstValue / difference);
      }
      out[step] = difference * ((sampled + toStart + toEnd) / sampled * scale);
    }
    return true;
  }

  /// The rows whose value is lower than the one before.
  private static int[] resets(double[] v, int n) {
    int count = 0;
    for (int i = 1; i < n; i++) {
      count += v[i] < v[i - 1] ? 1 : 0;
    }
    if (count == 0) {
      return NO_RESETS;
    }
    var rows = new int[count];
    int next = 0;
    for (int i = 1; i < n; i++) {
      if (v[i] < v[i - 1]) {
        rows[next++] = i;
      }
    }
    return rows;
  }
}
