package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.List;

/// What a range function sees of its call besides the window.
///
/// @param position of the range vector argument
/// @param scalars one column a scalar argument, in order
/// @param parameter position of the first scalar argument, or that of the call
public record RangeCall(
    Steps steps,
    AnnotationSink annotations,
    Position position,
    Position parameter,
    List<double[]> scalars) {

  public double scalar(int index, int step) {
    return scalars.get(index)[step];
  }

  public void warn(String text) {
    annotations.warn(text, position);
  }

  public void info(String text) {
    annotations.info(text, position);
  }

  public void warnMixed(Labels labels) {
    warn(
        "encountered a mix of histograms and floats for metric name "
            + AnnotationTexts.quote(labels.metricName()));
  }

  public void infoIgnoredHistograms(Labels labels) {
    info(
        "ignored histograms in a range containing both floats and histograms for metric name "
            + AnnotationTexts.quote(labels.metricName()));
  }
}
