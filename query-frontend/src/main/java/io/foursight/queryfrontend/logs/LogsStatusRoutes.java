package io.foursight.queryfrontend.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.querylanguages.logql.parse.LogqlParseException;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.print.LogqlPrinter;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.logs.json.LokiJson;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What clients ask about the server: build, limits, formatting of queries; and the empty lists of
/// rules and alerts.
final class LogsStatusRoutes {
  /// What Logs Drilldown reads.
  private static final List<String> DRILLDOWN_LIMITS =
      List.of(
          "discover_log_levels",
          "discover_service_name",
          "log_level_fields",
          "max_entries_limit_per_query",
          "max_line_size_truncate",
          "max_query_bytes_read",
          "max_query_length",
          "max_query_lookback",
          "max_query_range",
          "max_query_series",
          "metric_aggregation_enabled",
          "pattern_persistence_enabled",
          "otlp_config",
          "query_timeout",
          "retention_period",
          "volume_enabled",
          "volume_max_series");

  private final Function<TenantId, Map<String, Object>> userLimits;
  private final BuildInfo build;

  LogsStatusRoutes(Function<TenantId, Map<String, Object>> userLimits, BuildInfo build) {
    this.userLimits = userLimits;
    this.build = build;
  }

  HttpReply buildInfo(HttpCall call) {
    return LogsReadDesk.json(out -> {
      out.raw("{\"version\":").text(build.version());
      out.raw(",\"revision\":").text(build.revision());
      out.raw(",\"branch\":").text(build.branch());
      out.raw(",\"buildUser\":\"foursight\",\"buildDate\":").text(build.buildDate());
      out.raw(",\"goVersion\":").text("java" + Runtime.version().feature()).raw('}');
    });
  }

  HttpReply drilldownLimits(HttpCall call) {
    Map<String, Object> all = userLimits.apply(call.tenants().getFirst());
    return LogsReadDesk.json(out -> {
      out.raw("{\"limits\":{");
      String comma = "";
      for (String key : DRILLDOWN_LIMITS) {
        Object value = all.containsKey(key) ? all.get(key) : all.get("logs." + key);
        if (value != null) {
          out.raw(comma).text(key).raw(':');
          limit(out, value);
          comma = ",";
        }
      }
      out.raw("},\"pattern_ingester_enabled\":true,\"version\":").text(build.version()).raw('}');
    });
  }

  private static void limit(JsonBuffer out, Object value) {
    switch (value) {
      case Boolean b -> out.raw(b.toString());
      case Integer n -> out.number((long) n);
      case Long n -> out.number(n.longValue());
      case Number n -> out.number(n.doubleValue());
      case List<?> list -> LokiJson.texts(out, list.stream().map(Object::toString).toList());
      case Object other -> out.text(other.toString());
    }
  }

  HttpReply formatQuery(HttpCall call) {
    String query = call.parameter("query").orElse("");
    try {
      String formatted = LogqlPrinter.pretty(LogqlParser.parse(query));
      return LogsReadDesk.json(
          out -> out.raw("{\"status\":\"success\",\"data\":").text(formatted).raw('}'));
    } catch (LogqlParseException e) {
      var out = new JsonBuffer();
      out.raw("{\"status\":\"invalid-query\",\"error\":").text(e.getMessage()).raw('}');
      return HttpReply.json(400, out.toByteArray());
    }
  }

  HttpReply rules(HttpCall call) {
    call.tenants();
    return HttpReply.json(
        200, "{\"status\":\"success\",\"data\":{\"groups\":[]},\"errorType\":\"\",\"error\":\"\"}");
  }

  HttpReply alerts(HttpCall call) {
    call.tenants();
    return HttpReply.json(
        200, "{\"status\":\"success\",\"data\":{\"alerts\":[]},\"errorType\":\"\",\"error\":\"\"}");
  }

  HttpReply ruleGroups(HttpCall call) {
    call.tenants();
    throw new FoursightException(ErrorKind.NOT_FOUND, "no rule groups found");
  }
}
