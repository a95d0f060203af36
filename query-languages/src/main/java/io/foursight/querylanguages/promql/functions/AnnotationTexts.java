package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.text.GoFloats;
import io.foursight.querylanguages.text.GoStrings;

/// Pieces of the texts of warnings and infos, as Prometheus words them.
public final class AnnotationTexts {
  private AnnotationTexts() {}

  /// A text in double quotes.
  public static String quote(String text) {
    return GoStrings.quote(text);
  }

  /// ` for metric name "x"`, or nothing when the name is not known.
  public static String forMetric(String metricName) {
    return metricName.isEmpty() ? "" : " for metric name " + quote(metricName);
  }

  /// A number as Go's `%g` prints it: an exponent from 1e21 on and below 1e-4.
  public static String number(double value) {
    return GoFloats.general(value);
  }
}
