package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import java.util.Comparator;

/// See [MetricsBlockFormat#SERIES_ORDER].
final class SeriesOrder implements Comparator<Labels> {
  static final String BUCKET_LABEL = "le";

  @Override
  public int compare(Labels a, Labels b) {
    int c = text(a.metricName(), b.metricName());
    if (c != 0) {
      return c;
    }
    int i = next(a, 0);
    int j = next(b, 0);
    while (i < a.size() && j < b.size()) {
      c = text(a.name(i), b.name(j));
      if (c == 0) {
        c = text(a.value(i), b.value(j));
      }
      if (c != 0) {
        return c;
      }
      i = next(a, i + 1);
      j = next(b, j + 1);
    }
    if (i < a.size() || j < b.size()) {
      return i < a.size() ? 1 : -1;
    }
    return bound(a.get(BUCKET_LABEL), b.get(BUCKET_LABEL));
  }

  private static int next(Labels labels, int from) {
    int i = from;
    while (i < labels.size()
        && (labels.name(i).equals(BUCKET_LABEL) || labels.name(i).equals(Labels.METRIC_NAME))) {
      i++;
    }
    return i;
  }

  private static int text(String a, String b) {
    return a == b ? 0 : Labels.compareText(a, b);
  }

  private static int bound(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? -1 : 1;
    }
    int c = Double.compare(number(a), number(b));
    return c != 0 ? c : Labels.compareText(a, b);
  }

  /// NaN (which `Double.compare` puts last) for what is no number.
  private static double number(String le) {
    if (le.equals("+Inf")) {
      return Double.POSITIVE_INFINITY;
    }
    if (le.equals("-Inf")) {
      return Double.NEGATIVE_INFINITY;
    }
    char last = le.charAt(le.length() - 1);
    if (last != '.' && (last < '0' || last > '9')) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(le);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
