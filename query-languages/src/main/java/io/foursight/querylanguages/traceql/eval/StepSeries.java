package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesSeries.Exemplar;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.List;
import java.util.stream.Collectors;

/// One series over all steps.
///
/// @param values NaN where there is none
record StepSeries(List<Attribute> labels, double[] values, List<Exemplar> exemplars) {
  static final String NAME = "__name__";

  StepSeries with(double[] others) {
    return new StepSeries(labels, others, exemplars);
  }

  boolean isEmpty() {
    for (double value : values) {
      if (!Double.isNaN(value)) {
        return false;
      }
    }
    return true;
  }

  /// By what series are joined: the labels without the name, in any order.
  String key() {
    return labels.stream()
        .filter(l -> !l.key().equals(NAME))
        .map(StepSeries::text)
        .sorted()
        .collect(Collectors.joining(","));
  }

  String text() {
    return labels.stream().map(StepSeries::text).collect(Collectors.joining(","));
  }

  private static String text(Attribute label) {
    return label.key() + "=" + TraceqlPrinter.print(label.value());
  }

  String name() {
    for (Attribute label : labels) {
      if (label.key().equals(NAME) && label.value() instanceof SpanValue.Text(String text)) {
        return text;
      }
    }
    return "";
  }
}
