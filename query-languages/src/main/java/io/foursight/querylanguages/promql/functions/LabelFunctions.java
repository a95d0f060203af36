package io.foursight.querylanguages.promql.functions;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.regex.RegexReplacer;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `label_replace` and `label_join`. Writing the metric name keeps it even where it was about to be
/// dropped.
final class LabelFunctions {
  private LabelFunctions() {}

  static Map<String, VectorFunction> all() {
    return Map.of("label_replace", LabelFunctions::replace, "label_join", LabelFunctions::join);
  }

  private static SeriesStream replace(FunctionCall call) {
    String target = call.text(1);
    String replacement = call.text(2);
    String source = call.text(3);
    String expression = call.text(4);
    RegexReplacer regex;
    try {
      regex = RegexReplacer.compile(expression);
    } catch (FoursightException e) {
      throw failure(
          "invalid regular expression in label_replace(): " + GoStrings.quote(expression));
    }
    if (!isLabelName(target)) {
      throw failure(
          "invalid destination label name in label_replace(): " + GoStrings.quote(target));
    }
    var memo = new HashMap<String, Optional<String>>();
    return relabeled(
        call,
        target,
        labels ->
            memo.computeIfAbsent(labels.get(source), text -> regex.replace(text, replacement)));
  }

  private static SeriesStream join(FunctionCall call) {
    String target = call.text(1);
    String separator = call.text(2);
    var sources = new ArrayList<String>();
    for (int i = 3; i < call.argumentCount(); i++) {
      String source = call.text(i);
      if (!isLabelName(source)) {
        throw failure("invalid source label name in label_join(): " + GoStrings.quote(source));
      }
      sources.add(source);
    }
    if (!isLabelName(target)) {
      throw failure("invalid destination label name in label_join(): " + GoStrings.quote(target));
    }
    return relabeled(
        call,
        target,
        labels -> Optional.of(String.join(separator, sources.stream().map(labels::get).toList())));
  }

  private interface NewValue {
    Optional<String> of(Labels labels);
  }

  private static SeriesStream relabeled(FunctionCall call, String target, NewValue value) {
    List<StepSeries> all =
        call.vector(0)
            .map(series -> {
              var newValue = value.of(series.labels());
              if (newValue.isEmpty()) {
                return series;
              }
              boolean named = target.equals(Labels.METRIC_NAME);
              return series.relabel(
                  series.labels().with(target, newValue.get()), !named && series.dropName());
            })
            .drain();
    return call.merged(all);
  }

  /// Any UTF-8 text but the empty one; what was no UTF-8 carries the replacement character.
  private static boolean isLabelName(String name) {
    return !name.isEmpty() && name.indexOf('\uFFFD') < 0;
  }

  private static FoursightException failure(String message) {
    return new FoursightException(ErrorKind.EXECUTION, message);
  }
}
