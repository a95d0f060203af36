package io.foursight.queryfrontend.traces;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.MetricsFound;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.traces.tempo.SearchProgress;
import io.foursight.wire.traces.tempo.TempoMessages;
import java.util.List;

/// `GET /api/metrics/query_range` and `/api/metrics/query`.
final class MetricsRoutes {
  private final TracesReadDesk desk;

  MetricsRoutes(TracesReadDesk desk) {
    this.desk = desk;
  }

  HttpReply range(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    QueryBudget budget = desk.budget(tenants, Deadline.NONE, call::onCancel);
    Metrics query =
        MetricsDesk.range(tenants, asked(call), desk.limits(tenants), desk.nowNanos(), budget);
    MetricsFound found =
        desk.run(
            tenants, budget, desk.metrics().range, query.query(), runner -> runner.metrics(query));
    var progress = SearchProgress.done(found.stats());
    return Answers.of(
        call,
        json -> json.queryRange(found.series(), found.message(), progress),
        () -> new TempoMessages().queryRange(found.series(), found.message(), progress));
  }

  HttpReply instant(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    QueryBudget budget = desk.budget(tenants, Deadline.NONE, call::onCancel);
    Metrics query =
        MetricsDesk.instant(tenants, asked(call), desk.limits(tenants), desk.nowNanos(), budget);
    MetricsFound found =
        desk.run(
            tenants,
            budget,
            desk.metrics().instant,
            query.query(),
            runner -> runner.metrics(query));
    var progress = SearchProgress.done(found.stats());
    return Answers.of(
        call,
        json -> json.queryInstant(found.series(), found.message(), progress),
        () -> new TempoMessages().queryInstant(found.series(), found.message(), progress));
  }

  private static MetricsDesk.Asked asked(HttpCall call) {
    var parameters = new TracesParameters(call);
    String query = parameters.text("q");
    return new MetricsDesk.Asked(
        query.isEmpty() ? parameters.text("query") : query,
        parameters.timeNanos("start"),
        parameters.timeNanos("end"),
        parameters.duration("since"),
        parameters.duration("step"),
        parameters.number("exemplars", 0),
        parameters.number("maxSeries", 0).orElse(0));
  }
}
