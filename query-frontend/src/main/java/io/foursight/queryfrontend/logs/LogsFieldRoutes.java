package io.foursight.queryfrontend.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.FieldName;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.logs.DetectedFields.Field;
import io.foursight.queryfrontend.logs.LogsParameters.Range;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.logs.json.LokiJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `detected_fields` and `detected_field/{name}/values`: what the newest entries of a query hold.
final class LogsFieldRoutes {
  private static final int DEFAULT_LIMIT = 1000;
  private static final int DEFAULT_LINES = 100;

  private final LogsReadDesk desk;
  private final LogsQueryRunner runner;

  LogsFieldRoutes(LogsReadDesk desk, LogsQueryRunner runner) {
    this.desk = desk;
    this.runner = runner;
  }

  HttpReply fields(HttpCall call) {
    LogsParameters parameters = desk.parameters(call);
    int limit = parameters.limit("limit", DEFAULT_LIMIT);
    Map<String, Field> fields = detect(call, parameters).fields();
    return LogsReadDesk.json(out -> {
      out.raw("{\"fields\":[");
      boolean first = true;
      for (var entry : fields.entrySet().stream().limit(limit).toList()) {
        out.raw(first ? "{\"label\":" : ",{\"label\":").text(entry.getKey());
        field(out, entry.getValue());
        first = false;
      }
      out.raw("],\"limit\":").number(limit).raw('}');
    });
  }

  private static void field(JsonBuffer out, Field field) {
    out.raw(",\"type\":").text(field.type());
    out.raw(",\"cardinality\":").number(field.values().size()).raw(",\"parsers\":");
    if (field.parsers().isEmpty()) {
      out.raw("null");
    } else {
      LokiJson.texts(out, List.copyOf(field.parsers()));
    }
    if (!field.path().isEmpty()) {
      LokiJson.texts(out.raw(",\"jsonPath\":"), field.path());
    }
    out.raw('}');
  }

  HttpReply values(HttpCall call) {
    String name = FieldName.answered(call.pathParameter("name"));
    LogsParameters parameters = desk.parameters(call);
    int limit = parameters.limit("limit", DEFAULT_LIMIT);
    Field field = detect(call, parameters).fields().get(name);
    List<String> values =
        field == null ? List.of() : field.values().stream().sorted().limit(limit).toList();
    return LogsReadDesk.json(out -> {
      LokiJson.texts(out.raw("{\"values\":"), values);
      out.raw(",\"limit\":").number(limit).raw('}');
    });
  }

  private DetectedFields detect(HttpCall call, LogsParameters parameters) {
    List<TenantId> tenants = call.tenants();
    String text = parameters.query();
    LogQuery query = LogqlParser.parseLogQuery(text);
    int most = desk.limits(tenants).maxEntriesLimitPerQuery();
    int lines = parameters.limit("line_limit", DEFAULT_LINES);
    int bounded = most > 0 ? Math.min(lines, most) : lines;
    Range range = desk.allowed(tenants, parameters.range());
    QueryBudget budget = desk.budget(call, tenants);
    var found = new DetectedFields();
    List<String> parsers = parsers(query);
    try (Ticket ticket = desk.admit(tenants)) {
      boolean plain = false;
      for (Stream stream :
          ticket.run(budget, () -> streams(tenants, text, range, bounded, budget))) {
        for (Entry entry : stream.entries()) {
          found.add(entry, parsers);
          if (parsers.isEmpty()) {
            var json = JsonFields.of(entry.line());
            json.ifPresent(fields -> found.addJson(fields, stream.labels()));
            plain |= json.isEmpty();
          } else if (parsers.contains("json")) {
            JsonFields.of(entry.line()).ifPresent(fields -> found.addJson(fields, stream.labels()));
          }
        }
      }
      if (plain) {
        String logfmt = text + " | logfmt";
        for (Stream stream :
            ticket.run(budget, () -> streams(tenants, logfmt, range, bounded, budget))) {
          for (Entry entry : stream.entries()) {
            if (JsonFields.of(entry.line()).isEmpty()) {
              found.addLogfmt(entry.parsed());
            }
          }
        }
      }
    }
    return found;
  }

  private static List<String> parsers(LogQuery query) {
    var parsers = new ArrayList<String>();
    for (Stage stage : query.stages()) {
      switch (stage) {
        case Stage.Json json -> parsers.add("json");
        case Stage.Logfmt logfmt -> parsers.add("logfmt");
        case Stage.Regexp regexp -> parsers.add("regexp");
        case Stage.Pattern pattern -> parsers.add("pattern");
        case Stage.Unpack unpack -> parsers.add("unpack");
        default -> {}
      }
    }
    return parsers.stream().distinct().toList();
  }

  private List<Stream> streams(
      List<TenantId> tenants, String query, Range range, int lines, QueryBudget budget) {
    LogsQueryResult result =
        runner.run(
            new LogsQueryRunner.Request(
                tenants,
                query,
                range.startNanos(),
                range.endNanos(),
                1_000_000_000,
                0,
                lines,
                Direction.BACKWARD,
                0,
                false,
                budget));
    if (result.value() instanceof Streams streams) {
      return streams.streams();
    }
    throw FoursightException.badData("only log queries have fields: " + query);
  }
}
