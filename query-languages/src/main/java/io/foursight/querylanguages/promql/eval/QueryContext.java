package io.foursight.querylanguages.promql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.Set;
import java.util.concurrent.Executor;

/// What is the same everywhere in one query.
///
/// @param top the steps of the whole query, which `start()`, `end()`, `range()` and `step()` mean
/// @param helpers runs a part of the work at once or refuses it
/// @param rangeQuery whether it was asked as a range query
record QueryContext(
    MetricsSource source,
    TenantId tenant,
    Steps top,
    boolean rangeQuery,
    long lookbackMillis,
    Options options,
    QueryBudget budget,
    AnnotationSink annotations,
    Executor helpers) {

  static final Set<String> METADATA_LABELS = Set.of(Labels.METRIC_NAME, "__type__", "__unit__");

  static FoursightException failure(String message) {
    return new FoursightException(ErrorKind.EXECUTION, message);
  }

  static Labels withoutMetadata(Labels labels) {
    return labels.drop(METADATA_LABELS);
  }

  /// The series without its name: marked for the end, or at once.
  StepSeries dropName(StepSeries series) {
    return options.delayedNameRemoval()
        ? series.relabel(series.labels(), true)
        : series.relabel(withoutMetadata(series.labels()), false);
  }
}
