package io.foursight.cmd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `foursight query [flags] EXPR`: asks a running server over its Prometheus API. An instant query,
/// or a range query when `-start` is given.
final class QueryCommand {
  private static final String URL = "http://localhost:8080/prometheus";

  /// Times stay the digits that the server wrote.
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  private static final Set<String> FLAGS =
      Set.of("url", "time", "start", "end", "step", "tenant", "output");
  private static final String USAGE =
      """
      usage: foursight query [flags] EXPR
        -url=URL                     server, default %s
        -time=T                      evaluation time, default now
        -start=T -end=T -step=D      range query; end defaults to now, step to 1m
        -tenant=ID                   X-Scope-OrgID
        -output=table|json           the table has series, time, value, with tabs between
      T is seconds since the epoch, 2026-01-02T03:04:05Z, now, or an age such as -1h.
      An expression that starts with a dash goes after --
      """
          .formatted(URL);

  private QueryCommand() {}

  static int run(List<String> rest, PrintStream out) {
    var arguments = ToolArguments.parse(rest, FLAGS, USAGE);
    if (arguments.help()) {
      out.print(USAGE);
      return 0;
    }
    arguments.refuseConfigFlags();
    boolean json = arguments.json();
    JsonNode answer = ask(arguments, arguments.word("one expression"));
    if (json) {
      out.println(text(answer.path("data")));
    } else {
      table(answer.path("data"), out);
      answer.path("warnings").forEach(warning -> out.println("warning: " + warning.asText()));
      answer.path("infos").forEach(info -> out.println("info: " + info.asText()));
    }
    return 0;
  }

  private static String text(JsonNode data) {
    try {
      return JSON.writeValueAsString(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode ask(ToolArguments arguments, String expression) {
    boolean range = arguments.has("start") || arguments.has("end") || arguments.has("step");
    long now = System.currentTimeMillis();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("query", expression);
    if (range) {
      if (!arguments.has("start")) {
        throw arguments.wrong("a range query needs -start");
      }
      if (arguments.has("time")) {
        throw arguments.wrong("-time is for instant queries, -start and -end for range queries");
      }
      form.put("start", seconds(arguments, "start", now));
      form.put("end", seconds(arguments, "end", now));
      form.put("step", arguments.value("step").orElse("1m"));
    } else {
      form.put("time", seconds(arguments, "time", now));
    }
    String base = arguments.value("url").orElse(URL).replaceFirst("/+$", "");
    HttpRequest.Builder request;
    try {
      request =
          HttpRequest.newBuilder(URI.create(base + "/api/v1/" + (range ? "query_range" : "query")));
    } catch (IllegalArgumentException e) {
      throw FoursightException.badData("not an http URL: \"" + base + "\"");
    }
    request
        .timeout(Duration.ofMinutes(5))
        .header("content-type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    arguments
        .value("tenant")
        .ifPresent(tenant -> {
          // Checks its characters, so that it fits a header; federated ids are separated by |.
          TenantId.parseFederated(tenant);
          request.header("X-Scope-OrgID", tenant);
        });
    return send(request.build());
  }

  private static String seconds(ToolArguments arguments, String flag, long now) {
    long millis = arguments.value(flag).map(t -> ToolTimes.millis(flag, t, now)).orElse(now);
    return BigDecimal.valueOf(millis, 3).toPlainString();
  }

  private static JsonNode send(HttpRequest request) {
    try (var http = HttpClient.newHttpClient()) {
      var reply = http.send(request, BodyHandlers.ofString());
      JsonNode answer;
      try {
        answer = JSON.readTree(reply.body());
      } catch (IOException notJson) {
        answer = JSON.missingNode();
      }
      if (!answer.path("status").isTextual()) {
        throw FoursightException.unavailable(
            request.uri()
                + " answered "
                + reply.statusCode()
                + ": "
                + reply.body().strip()
                + " (is -url the base of a query API, such as "
                + URL
                + "?)");
      }
      if (!answer.path("status").asText().equals("success")) {
        throw new FoursightException(
            ErrorKind.EXECUTION,
            answer.path("errorType").asText() + ": " + answer.path("error").asText());
      }
      return answer;
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot reach " + request.uri() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(ErrorKind.CANCELED, "interrupted", e);
    }
  }

  private static String encoded(Map<String, String> form) {
    List<String> parts = new ArrayList<>();
    form.forEach(
        (name, value) -> parts.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return String.join("&", parts);
  }

  /// One line a sample: series, time, value; tabs between.
  private static void table(JsonNode data, PrintStream out) {
    JsonNode result = data.path("result");
    switch (data.path("resultType").asText()) {
      case "scalar", "string" -> row("", result, out);
      default ->
          result.forEach(series -> {
            String name = name(series.path("metric"));
            for (String one : List.of("value", "histogram")) {
              if (series.has(one)) {
                row(name, series.path(one), out);
              }
            }
            series.path("values").forEach(sample -> row(name, sample, out));
            series.path("histograms").forEach(sample -> row(name, sample, out));
          });
    }
  }

  private static void row(String name, JsonNode sample, PrintStream out) {
    Instant time =
        Instant.ofEpochMilli(sample.path(0).decimalValue().movePointRight(3).longValue());
    JsonNode value = sample.path(1);
    String text =
        value.isObject()
            ? "count=" + value.path("count").asText() + " sum=" + value.path("sum").asText()
            : value.asText();
    out.println((name.isEmpty() ? "" : name + "\t") + time + "\t" + text);
  }

  private static String name(JsonNode metric) {
    List<String> labels = new ArrayList<>();
    metric
        .properties()
        .forEach(label -> {
          if (!label.getKey().equals("__name__")) {
            labels.add(label.getKey() + "=" + label.getValue());
          }
        });
    return metric.path("__name__").asText() + "{" + String.join(", ", labels) + "}";
  }
}
