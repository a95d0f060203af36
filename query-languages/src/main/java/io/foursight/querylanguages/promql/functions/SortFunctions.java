package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// `sort` and its relatives. A range query is always ordered by labels, so there they only warn.
final class SortFunctions {
  private SortFunctions() {}

  static Map<String, VectorFunction> all() {
    return Map.of(
        "sort", call -> byValue(call, false),
        "sort_desc", call -> byValue(call, true),
        "sort_by_label", call -> byLabel(call, false),
        "sort_by_label_desc", call -> byLabel(call, true));
  }

  private static boolean isIneffective(FunctionCall call) {
    if (call.isRangeQuery()) {
      call.annotations()
          .warn(
              "sort is ineffective for range queries since results are always ordered by labels",
              call.expr().position());
    }
    return call.isRangeQuery() || call.steps().count() != 1;
  }

  /// Histograms are left out; NaN goes last both ways.
  private static SeriesStream byValue(FunctionCall call, boolean descending) {
    boolean ineffective = isIneffective(call);
    var floats =
        call.vector(0)
            .map(series -> {
              for (int step = 0; step < series.steps(); step++) {
                if (series.isHistogram(step)) {
                  series.clear(step);
                }
              }
              return series;
            });
    if (ineffective) {
      return floats;
    }
    var sorted = new ArrayList<StepSeries>(floats.drain());
    sorted.removeIf(StepSeries::isEmpty);
    sorted.sort((a, b) -> compare(a.value(0), b.value(0), descending));
    return SeriesStream.of(sorted);
  }

  private static int compare(double a, double b, boolean descending) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }
    return descending ? Double.compare(b, a) : Double.compare(a, b);
  }

  private static SeriesStream byLabel(FunctionCall call, boolean descending) {
    boolean ineffective = isIneffective(call);
    var names = new ArrayList<String>();
    for (int i = 1; i < call.argumentCount(); i++) {
      names.add(call.text(i));
    }
    if (ineffective) {
      return call.vector(0);
    }
    Comparator<StepSeries> order =
        (a, b) -> {
          for (String name : names) {
            int c = compareNatural(a.labels().get(name), b.labels().get(name));
            if (c != 0) {
              return c;
            }
          }
          return a.labels().compareTo(b.labels());
        };
    List<StepSeries> sorted = new ArrayList<>(call.vector(0).drain());
    sorted.sort(descending ? order.reversed() : order);
    return SeriesStream.of(sorted);
  }

  /// Natural order: runs of digits compare as numbers, the rest by code points.
  static int compareNatural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int iEnd = runEnd(a, i);
      int jEnd = runEnd(b, j);
      String x = a.substring(i, iEnd);
      String y = b.substring(j, jEnd);
      boolean numbers = isDigit(x.charAt(0)) && isDigit(y.charAt(0));
      int c = numbers ? compareDigits(x, y) : Labels.compareText(x, y);
      if (c != 0) {
        return c;
      }
      i = iEnd;
      j = jEnd;
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static int runEnd(String text, int from) {
    boolean digits = isDigit(text.charAt(from));
    int end = from + 1;
    while (end < text.length() && isDigit(text.charAt(end)) == digits) {
      end++;
    }
    return end;
  }

  private static int compareDigits(String x, String y) {
    String a = x.replaceFirst("^0+(?=.)", "");
    String b = y.replaceFirst("^0+(?=.)", "");
    int c = a.length() != b.length() ? a.length() - b.length() : a.compareTo(b);
    return c != 0 ? c : x.length() - y.length();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
