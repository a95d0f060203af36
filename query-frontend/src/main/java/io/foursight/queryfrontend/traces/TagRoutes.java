package io.foursight.queryfrontend.traces;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesStats;
import io.foursight.queryfrontend.traces.SearchDesk.Range;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.traces.tempo.SearchProgress;
import io.foursight.wire.traces.tempo.TempoJson.ScopeTags;
import io.foursight.wire.traces.tempo.TempoMessages;
import java.util.List;

/// Names of tags and their values, in both versions.
final class TagRoutes {
  static final SearchProgress DONE = SearchProgress.done(TracesStats.NONE);

  private final TracesReadDesk desk;
  private final TagDesk tags;

  TagRoutes(TracesReadDesk desk) {
    this.desk = desk;
    this.tags = new TagDesk(desk);
  }

  private Tags request(HttpCall call, String query) {
    List<TenantId> tenants = call.tenants();
    var parameters = new TracesParameters(call);
    Range range =
        SearchDesk.range(
            parameters.seconds("start"),
            parameters.seconds("end"),
            desk.limits(tenants).maxSearchDuration());
    QueryBudget budget = desk.budget(tenants, Deadline.NONE, call::onCancel);
    return new Tags(
        tenants,
        SearchDesk.query(query),
        range.startNanos(),
        range.endNanos(),
        parameters.number("limit", 0).orElse(0),
        budget);
  }

  HttpReply names(HttpCall call) {
    List<String> names = tags.namesV1(call.parameter("scope").orElse(""), request(call, ""));
    return Answers.of(
        call,
        json -> json.texts("tagNames", names, DONE),
        () -> new TempoMessages().texts(names, DONE));
  }

  HttpReply namesV2(HttpCall call) {
    List<ScopeTags> scopes =
        tags.namesV2(
            call.parameter("scope").orElse(""), request(call, call.parameter("q").orElse("")));
    return Answers.of(
        call, json -> json.tagsV2(scopes, DONE), () -> new TempoMessages().tagsV2(scopes, DONE));
  }

  HttpReply values(HttpCall call) {
    List<String> values = tags.valuesV1(call.pathParameter("tag"), request(call, ""));
    return Answers.of(
        call,
        json -> json.texts("tagValues", values, DONE),
        () -> new TempoMessages().texts(values, DONE));
  }

  HttpReply valuesV2(HttpCall call) {
    List<SpanValue> values =
        tags.valuesV2(call.pathParameter("tag"), request(call, call.parameter("q").orElse("")));
    return Answers.of(
        call,
        json -> json.tagValuesV2(values, DONE),
        () -> new TempoMessages().tagValuesV2(values, DONE));
  }
}
