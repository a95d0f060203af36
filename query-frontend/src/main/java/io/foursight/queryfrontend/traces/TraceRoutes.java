package io.foursight.queryfrontend.traces;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.queryfrontend.traces.SearchDesk.Range;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.traces.TraceIds;
import io.foursight.wire.traces.tempo.TempoMessages;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;

/// One trace by its id. `v1` answers 404 for a trace that is not there and 422 for one that is too
/// large; `v2` answers both 200, with an empty or a partial trace.
final class TraceRoutes {
  /// Why an answer to a request with `q` is called partial, whether or not it left spans out.
  private static final String FILTERED =
      "Trace filtered, only a subset of spans matching the filter is returned";

  private final TracesReadDesk desk;

  TraceRoutes(TracesReadDesk desk) {
    this.desk = desk;
  }

  HttpReply v1(HttpCall call) {
    TracePieces found = find(call, "");
    if (found.truncated()) {
      throw new FoursightException(ErrorKind.QUERY_LIMIT, tooLarge(call));
    }
    if (found.isEmpty()) {
      throw new FoursightException(ErrorKind.NOT_FOUND, "trace not found");
    }
    byte[] trace = joined(found);
    return Answers.of(call, json -> json.traceV1(trace), () -> trace);
  }

  HttpReply v2(HttpCall call) {
    String filter = call.parameter("q").orElse("");
    if (!filter.isEmpty()) {
      TraceqlParser.parseFilter(SearchDesk.query(filter));
    }
    TracePieces found = find(call, filter);
    if (!filter.isEmpty()) {
      found = withHierarchy(call, found);
    }
    byte[] trace = joined(found);
    TracePieces answer = found;
    String message = found.truncated() ? tooLarge(call) : filter.isEmpty() ? "" : FILTERED;
    return Answers.of(
        call,
        json -> json.traceV2(trace, message, answer.scanned()),
        () -> TempoMessages.traceV2(trace, message, answer.scanned()));
  }

  /// The spans around those that matched, as `keep_hierarchy`, `ancestor_depth` and `match_depth`
  /// ask for.
  private TracePieces withHierarchy(HttpCall call, TracePieces matched) {
    var parameters = new TracesParameters(call);
    int below = parameters.number("match_depth", -1).orElse(0);
    int above =
        parameters.flag("keep_hierarchy") ? parameters.number("ancestor_depth", -1).orElse(-1) : 0;
    return matched.isEmpty() || above == 0 && below == 0
        ? matched
        : TraceHierarchy.around(find(call, ""), matched, above, below);
  }

  private String tooLarge(HttpCall call) {
    return "trace exceeds max size (max bytes: "
        + desk.limits(call.tenants()).maxTraceBytesPerQuery().bytes()
        + ", limits.max_trace_bytes_per_query)";
  }

  private TracePieces find(HttpCall call, String filter) {
    List<TenantId> tenants = call.tenants();
    TraceId id = TraceIds.parse(call.pathParameter("id"));
    var parameters = new TracesParameters(call);
    Range range =
        SearchDesk.range(parameters.seconds("start"), parameters.seconds("end"), Duration.ZERO);
    QueryBudget budget = desk.budget(tenants, Deadline.NONE, call::onCancel);
    long most = desk.limits(tenants).maxTraceBytesPerQuery().bytes();
    return desk.run(
        tenants,
        budget,
        desk.metrics().trace,
        id.toString(),
        runner ->
            runner.trace(tenants, id, range.startNanos(), range.endNanos(), filter, most, budget));
  }

  /// Messages with only repeated fields are joined by putting their bytes one behind the other.
  private static byte[] joined(TracePieces found) {
    if (found.pieces().size() == 1) {
      return found.pieces().getFirst();
    }
    var all = new ByteArrayOutputStream();
    found.pieces().forEach(all::writeBytes);
    return all.toByteArray();
  }
}
