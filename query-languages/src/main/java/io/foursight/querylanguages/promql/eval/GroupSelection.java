package io.foursight.querylanguages.promql.eval;

import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.List;

/// `topk`, `bottomk` and `limitk` in one group: at each step some of the series stay. Series
/// earlier in the input win ties.
final class GroupSelection {
  private final List<StepSeries> series;
  private final List<StepSeries> chosen;
  private final double[] values;
  private final int[] places;
  private int size;
  private boolean ignoredHistograms;
  private List<Integer> order = List.of();

  GroupSelection(List<StepSeries> series) {
    this.series = series;
    this.chosen = new ArrayList<>(series.size());
    for (StepSeries s : series) {
      chosen.add(StepSeries.empty(s.labels(), s.dropName(), s.steps()));
    }
    this.values = new double[series.size()];
    this.places = new int[series.size()];
  }

  boolean ignoredHistograms() {
    return ignoredHistograms;
  }

  /// Keeps the first `k` that are present.
  void first(int step, long k) {
    long left = k;
    for (int i = 0; i < series.size() && left > 0; i++) {
      if (series.get(i).isPresent(step)) {
        chosen.get(i).setFrom(series.get(i), step);
        left--;
      }
    }
  }

  /// Keeps the `k` largest or smallest floats; NaN goes last in both.
  void best(int step, long k, boolean largest) {
    size = 0;
    int limit = (int) Math.min(k, series.size());
    for (int i = 0; i < series.size(); i++) {
      StepSeries s = series.get(i);
      if (s.isFloat(step)) {
        offer(s.value(step), i, limit, largest);
      } else if (s.isHistogram(step)) {
        ignoredHistograms = true;
      }
    }
    for (int i = 0; i < size; i++) {
      chosen.get(places[i]).set(step, values[i]);
    }
    if (chosen.isEmpty() || chosen.getFirst().steps() > 1) {
      return;
    }
    var sorted = new ArrayList<Integer>(size);
    for (int i = 0; i < size; i++) {
      sorted.add(places[i]);
    }
    order = sorted;
  }

  private void offer(double value, int place, int limit, boolean largest) {
    if (limit <= 0) {
      return;
    }
    if (size == limit) {
      if (!isBetter(value, values[size - 1], largest)) {
        return;
      }
      size--;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBetter(value, values[middle], largest)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    System.arraycopy(values, low, values, low + 1, size - low);
    System.arraycopy(places, low, places, low + 1, size - low);
    values[low] = value;
    places[low] = place;
    size++;
  }

  private static boolean isBetter(double a, double b, boolean largest) {
    if (Double.isNaN(a)) {
      return false;
    }
    return Double.isNaN(b) || (largest ? a > b : a < b);
  }

  /// For a single step best first, else in the order of the input.
  List<StepSeries> result() {
    if (order.isEmpty()) {
      return chosen;
    }
    return order.stream().map(chosen::get).toList();
  }
}
