package io.foursight.compactor.logs;

import io.foursight.compactor.logs.LogsCompactorLimits.DeletionMode;
import io.foursight.config.TenantLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;

/// `/loki/api/v1/delete` on the logs and the main door, as Loki documents it.
///
/// | method | parameters | answer |
/// | --- | --- | --- |
/// | POST, PUT | query, start, end (now) | 204, `X-Delete-Request-ID` |
/// | GET | - | the requests, oldest first, as a JSON array |
/// | DELETE | request_id, force | 204; a request that is done cannot be taken back |
///
/// Errors are plain text. What a request names is hidden from queries at once.
public final class LogsDeleteRoutes {
  private static final String PATH = "/loki/api/v1/delete";

  private final DeleteRequests requests;
  private final TenantLimits<LogsCompactorLimits> limits;
  private final EntryFilter.Compiler compiler;
  private final InstantSource clock;

  public LogsDeleteRoutes(
      DeleteRequests requests,
      TenantLimits<LogsCompactorLimits> limits,
      EntryFilter.Compiler compiler,
      InstantSource clock) {
    this.requests = requests;
    this.limits = limits;
    this.compiler = compiler;
    this.clock = clock;
  }

  public void register(HttpRoutes routes) {
    for (Door door : List.of(Door.MAIN, Door.LOGS)) {
      for (String path : List.of(PATH, "/compactor" + PATH)) {
        routes.add(
            door,
            Set.of("POST", "PUT", "GET", "DELETE"),
            path,
            "loki_api_v1_delete",
            ErrorShape.TEXT,
            this::handle);
      }
    }
  }

  private HttpReply handle(HttpCall call) {
    TenantId tenant = call.tenant();
    if (limits.of(tenant).deletionMode() == DeletionMode.DISABLED) {
      throw FoursightException.badData("deletion is not available for this tenant");
    }
    return switch (call.method()) {
      case "GET" -> list(tenant);
      case "DELETE" -> takeBack(tenant, call);
      default -> add(tenant, call);
    };
  }

  private HttpReply add(TenantId tenant, HttpCall call) {
    String query =
        call.parameter("query")
            .filter(q -> !q.isBlank())
            .orElseThrow(() -> FoursightException.badData("query not set"));
    compiler.compile(query);
    long now = clock.millis() * 1_000_000;
    long start =
        time(
            call.parameter("start")
                .filter(t -> !t.isEmpty())
                .orElseThrow(() -> FoursightException.badData("start time not set")));
    long end = call.parameter("end").filter(t -> !t.isEmpty()).map(this::time).orElse(now);
    if (end > now) {
      throw FoursightException.badData("deletes in the future are not allowed");
    }
    if (start > end) {
      throw FoursightException.badData("start time can't be greater than end time");
    }
    DeleteRequest request = requests.add(tenant, query, start, end);
    return HttpReply.of(204).header("x-delete-request-id", request.id());
  }

  /// At most ten digits are seconds, a fraction is allowed; more are nanoseconds; or RFC 3339.
  private long time(String text) {
    try {
      if (text.matches("-?[0-9]+")) {
        long number = Long.parseLong(text);
        return text.length() <= 10 ? Math.multiplyExact(number, 1_000_000_000L) : number;
      }
      if (text.matches("-?[0-9]+\\.[0-9]+")) {
        return new BigDecimal(text).movePointRight(9).longValue();
      }
      var instant = OffsetDateTime.parse(text).toInstant();
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw FoursightException.badData("invalid time \"" + text + "\"");
    }
  }

  private HttpReply list(TenantId tenant) {
    var out = new StringBuilder("[");
    for (DeleteRequest request : requests.all(tenant)) {
      out.append(out.length() > 1 ? "," : "")
          .append("{\"request_id\":\"")
          .append(request.id())
          .append("\",\"start_time\":")
          .append(Math.floorDiv(request.startNanos(), 1_000_000_000L))
          .append(",\"end_time\":")
          .append(Math.floorDiv(request.endNanos(), 1_000_000_000L))
          .append(",\"query\":");
      quote(request.query(), out);
      out.append(",\"status\":\"")
          .append(request.processed() ? "processed" : "received")
          .append("\",\"created_at\":")
          .append(BigDecimal.valueOf(request.createdMillis(), 3).toPlainString())
          .append('}');
    }
    return HttpReply.json(200, out.append(']').toString());
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == '<' || c == '>' || c == '&') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private HttpReply takeBack(TenantId tenant, HttpCall call) {
    String id =
        call.parameter("request_id")
            .filter(r -> !r.isEmpty())
            .orElseThrow(() -> FoursightException.badData("request_id not set"));
    DeleteRequest request =
        requests
            .get(tenant, id)
            .orElseThrow(() ->
                new FoursightException(
                    ErrorKind.NOT_FOUND, "could not find delete request with given ID"));
    if (request.processed()) {
      throw FoursightException.badData(
          "deletion of request which is in process or already processed is not allowed");
    }
    requests.remove(tenant, id);
    return HttpReply.of(204);
  }
}
