package io.foursight.querylanguages.logql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsDeletions.Deletion;
import io.foursight.model.logs.LogsPage;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.parse.DottedNames;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.time.InstantSource;
import java.util.List;

/// What one delete request hides: entries of its range whose stream and line its query matches.
/// Immutable; the checks are made by one [Check] a thread.
final class HiddenEntries {
  private final List<LabelMatcher> matchers;
  private final Pipeline pipeline;
  private final long startNanos;
  private final long endNanos;

  HiddenEntries(Deletion deletion, InstantSource clock) {
    LogQuery query = LogqlParser.parseLogQuery(DottedNames.answered(deletion.query()));
    this.matchers = query.matchers();
    this.pipeline = Pipeline.compile(query.stages(), clock);
    this.startNanos = deletion.startNanos();
    this.endNanos = deletion.endNanos();
  }

  boolean overlaps(long fromNanos, long toNanos) {
    return startNanos <= toNanos && fromNanos <= endNanos;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  Check start() {
    return new Check();
  }

  final class Check {
    private final PipelineRun run = pipeline.startUnfiltered();
    private Labels known = Labels.EMPTY;
    private boolean matches = matches(Labels.EMPTY);

    void page(LogsPage page) {
      run.page(page);
    }

    boolean hides(LogsPage page, int row) {
      long at = page.timestamps()[row];
      if (at < startNanos || at > endNanos) {
        return false;
      }
      Labels labels = page.labels(row);
      if (labels != known) {
        known = labels;
        matches = matches(labels);
      }
      return matches && run.row(row);
    }

    private boolean matches(Labels labels) {
      return matchers.stream().allMatch(m -> m.matches(labels.get(m.name())));
    }
  }
}
