package io.foursight.cmd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `foursight query [flags] EXPR`: asks a running server over its Prometheus API. An instant query,
/// or a range query when `--start` and `--end` are given.
final class QueryCommand {
  private static final String USAGE =
      """
      usage: foursight query [flags] EXPR
        --url=URL       server, default http://localhost:8080/prometheus
        --time=T        evaluation time (seconds or RFC 3339), default now
        --start=T --end=T --step=D   range query; step defaults to 1m
        --tenant=ID     X-Scope-OrgID
        --output=table|json
      """;

  private QueryCommand() {}

  static int run(List<String> arguments, PrintStream out) {
    Map<String, String> flags = new TreeMap<>();
    List<String> words = new ArrayList<>();
    parse(arguments, flags, words);
    if (flags.containsKey("help")) {
      out.print(USAGE);
      return 0;
    }
    if (words.size() != 1) {
      throw FoursightException.badData("expected one expression\n" + USAGE);
    }
    JsonNode answer = ask(flags, words.getFirst());
    if (flags.getOrDefault("output", "table").equals("json")) {
      out.println(answer.path("data").toString());
    } else {
      table(answer.path("data"), out);
    }
    answer.path("warnings").forEach(warning -> out.println("warning: " + warning.asText()));
    answer.path("infos").forEach(info -> out.println("info: " + info.asText()));
    return 0;
  }

  private static void parse(List<String> arguments, Map<String, String> flags, List<String> words) {
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (!argument.matches("--?[a-z]+(=.*)?")) {
        words.add(argument);
        continue;
      }
      String flag = argument.replaceFirst("^--?", "");
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      if (!List.of("url", "time", "start", "end", "step", "tenant", "output", "help")
          .contains(name)) {
        throw FoursightException.badData("unknown flag " + argument + "\n" + USAGE);
      }
      if (equals < 0 && !name.equals("help") && !rest.hasNext()) {
        throw FoursightException.badData("flag --" + name + " needs a value\n" + USAGE);
      }
      flags.put(
          name, equals >= 0 ? flag.substring(equals + 1) : name.equals("help") ? "" : rest.next());
    }
  }

  private static JsonNode ask(Map<String, String> flags, String expression) {
    boolean range = flags.containsKey("start") || flags.containsKey("end");
    Map<String, String> form = new LinkedHashMap<>();
    form.put("query", expression);
    if (range) {
      String now = BigDecimal.valueOf(System.currentTimeMillis(), 3).toPlainString();
      if (!flags.containsKey("start")) {
        throw FoursightException.badData("a range query needs --start\n" + USAGE);
      }
      form.put("start", flags.get("start"));
      form.put("end", flags.getOrDefault("end", now));
      form.put("step", flags.getOrDefault("step", "1m"));
    } else if (flags.containsKey("time")) {
      form.put("time", flags.get("time"));
    }
    String base =
        flags.getOrDefault("url", "http://localhost:8080/prometheus").replaceFirst("/+$", "");
    URI uri;
    try {
      uri = URI.create(base + "/api/v1/" + (range ? "query_range" : "query"));
    } catch (IllegalArgumentException e) {
      throw FoursightException.badData("not a URL: \"" + base + "\"");
    }
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofMinutes(5))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    if (flags.containsKey("tenant")) {
      request.header("X-Scope-OrgID", flags.get("tenant"));
    }
    return send(request.build());
  }

  private static JsonNode send(HttpRequest request) {
    try (var http = HttpClient.newHttpClient()) {
      var reply = http.send(request, BodyHandlers.ofString());
      JsonNode answer;
      try {
        answer = new ObjectMapper().readTree(reply.body());
      } catch (IOException notJson) {
        throw FoursightException.unavailable(
            request.uri() + " answered " + reply.statusCode() + ": " + reply.body().strip());
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
