package io.foursight.cmd;

import io.foursight.compactor.logs.EntryFilter;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.parse.DottedNames;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.time.Clock;
import java.util.List;

/// LogQL for the compactor, which does not know the language: delete requests and selectors of
/// retention.
record LogqlEntryFilter(List<LabelMatcher> matchers, Pipeline pipeline) implements EntryFilter {
  static LogqlEntryFilter compile(String text, Clock clock) {
    LogQuery query = LogqlParser.parseLogQuery(DottedNames.answered(text));
    return new LogqlEntryFilter(query.matchers(), Pipeline.compile(query.stages(), clock));
  }

  @Override
  public Check start() {
    return new Run(pipeline.startUnfiltered());
  }

  private final class Run implements Check {
    private final PipelineRun run;
    private LogsPage page;
    private Labels known = Labels.EMPTY;
    private boolean matches = matches(known);

    Run(PipelineRun run) {
      this.run = run;
    }

    @Override
    public void page(LogsPage next) {
      page = next;
      run.page(next);
    }

    @Override
    public boolean matches(int row) {
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
