package io.foursight.querylanguages.logql.eval;

import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryRunner.Request;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.pipeline.EntryLabels.Kind;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.util.Arrays;
import java.util.List;

/// A log query: the first entries in a direction that pass the pipeline. Pages come with their
/// nearest end in order, so reading stops when no later page can have a nearer entry than those
/// that are held.
final class LogEvaluation {
  private LogEvaluation() {}

  static List<Stream> run(LogQuery query, Request request, EvaluationContext context) {
    Pipeline pipeline = Pipeline.compile(query.stages(), context.clock());
    PipelineRun run = pipeline.start();
    var collector =
        new EntryCollector(
            request.direction(), request.limit(), request.intervalNanos(), context.budget());
    // A limit only helps the Source when every entry that it gives is shown.
    boolean allShown =
        pipeline.isEmpty() && request.intervalNanos() == 0 && context.hidden().isEmpty();
    try (var reader =
        new EntryReader(
            context,
            query.matchers(),
            pipeline,
            request.startNanos(),
            request.endNanos(),
            pipeline.columns(true, false),
            request.direction(),
            allShown ? request.limit() : 0)) {
      while (!collector.isDone(reader.bound()) && reader.next()) {
        LogsPage page = reader.page();
        run.page(page);
        for (int row = 0; row < page.rows(); row++) {
          if (collector.wants(page.timestamps()[row]) && reader.counts(row) && run.row(row)) {
            collector.add(run.stream(), entry(run));
          }
        }
      }
    }
    return collector.streams();
  }

  static Entry entry(PipelineRun run) {
    byte[] line =
        Arrays.copyOfRange(run.line(), run.lineOffset(), run.lineOffset() + run.lineLength());
    return new Entry(
        run.timestampNanos(),
        line,
        run.labels().labels(Kind.METADATA),
        run.labels().labels(Kind.PARSED));
  }
}
