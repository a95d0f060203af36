package io.foursight.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.benchmarks.storage.TraceGenerator.Generated;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;

/// A fixed set of questions over all of a [TraceWorkload], timed; their answers are compared with
/// the spans themselves, which are made anew for it.
final class TraceQuerySet {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KNOWN_TRACES = 200;
  private static final int LIMIT = 20;

  /// How it is asked, and what the answer's number is.
  private enum Kind {
    /// Spans of one trace after the other.
    BY_ID,
    /// Traces found, at most [#LIMIT].
    SEARCH,
    /// The sum of one number for each series.
    INSTANT,
    /// The number of series.
    RANGE,
    /// Names, or values.
    TAGS
  }

  /// Tells what a query should find.
  private interface Test {
    boolean test(Resource resource, Span span);
  }

  /// @param counts spans, or for a search traces with one, that should be found
  private record Query(String name, Kind kind, String text, Test counts) {}

  private static final Test NOTHING = (resource, span) -> false;

  private final String base;
  private final String tenant;
  private final HttpClient http = HttpClient.newHttpClient();
  private final TraceWorkload workload;
  private final List<Query> queries = new ArrayList<>();

  /// Some traces by id, with their spans.
  private final Map<String, Set<Span>> known = new HashMap<>();

  private final List<String> knownIds = new ArrayList<>();
  private int nextKnown;

  /// @param base of Tempo's API, without `/api`
  TraceQuerySet(String base, String tenant, TraceWorkload workload) {
    this.base = base;
    this.tenant = tenant;
    this.workload = workload;
    remember();
    add("trace_by_id", Kind.BY_ID, "", NOTHING);
    add(
        "search_service",
        Kind.SEARCH,
        "{ resource.service.name = \"payment\" }",
        (r, s) -> is(r, "payment"));
    add(
        "search_user",
        Kind.SEARCH,
        "{ span.enduser.id = \"user-4711\" }",
        (r, s) -> text(s.getAttributesList(), "enduser.id").equals("user-4711"));
    add("search_absent", Kind.SEARCH, "{ span.enduser.id = \"nobody\" }", NOTHING);
    add(
        "search_error",
        Kind.SEARCH,
        "{ status = error && duration > 50ms }",
        (r, s) -> isError(s) && nanos(s) > 50_000_000);
    add(
        "search_regex",
        Kind.SEARCH,
        "{ span.url.path =~ \".*/4711/op.*\" }",
        (r, s) -> text(s.getAttributesList(), "url.path").contains("/4711/op"));
    // The shop's front end is the root of every trace.
    add(
        "structure",
        Kind.SEARCH,
        "{ resource.service.name = \"frontend\" } >> { status = error && resource.service.name ="
            + " \"payment\" }",
        (r, s) -> isError(s) && is(r, "payment"));
    add(
        "structure_rare",
        Kind.SEARCH,
        "{ resource.service.name = \"cart\" } > { duration > 10s }",
        NOTHING);
    add(
        "count_errors",
        Kind.INSTANT,
        "{ status = error } | count_over_time()",
        (r, s) -> isError(s));
    add(
        "count_by_service",
        Kind.INSTANT,
        "{ } | count_over_time() by (resource.service.name)",
        (r, s) -> true);
    add(
        "count_slow_db",
        Kind.INSTANT,
        "{ span.db.system.name = \"postgresql\" && duration > 2ms } | count_over_time()",
        (r, s) -> !text(s.getAttributesList(), "db.system.name").isEmpty() && nanos(s) > 2_000_000);
    add("rate_by_service", Kind.RANGE, "{ } | rate() by (resource.service.name)", NOTHING);
    add(
        "p90_by_route",
        Kind.RANGE,
        "{ kind = server } | quantile_over_time(duration, .9) by (span.http.route)",
        NOTHING);
    add("tag_names", Kind.TAGS, "/api/v2/search/tags", NOTHING);
    add("tag_values", Kind.TAGS, "/api/v2/search/tag/resource.service.name/values", NOTHING);
  }

  private void add(String name, Kind kind, String text, Test counts) {
    queries.add(new Query(name, kind, text, counts));
  }

  private void remember() {
    for (TraceWorkload.Lane lane : workload.lanes()) {
      for (int i = 0; i < KNOWN_TRACES / TraceWorkload.LANES; i++) {
        var spans = new HashSet<Span>();
        lane.next().forEach(one -> spans.add(one.span()));
        if (!spans.isEmpty()) {
          String id = HexFormat.of().formatHex(spans.iterator().next().getTraceId().toByteArray());
          known.put(id, spans);
          knownIds.add(id);
        }
      }
    }
  }

  private static boolean is(Resource resource, String service) {
    return text(resource.getAttributesList(), "service.name").equals(service);
  }

  private static boolean isError(Span span) {
    return span.getStatus().getCodeValue() == 2;
  }

  private static long nanos(Span span) {
    return span.getEndTimeUnixNano() - span.getStartTimeUnixNano();
  }

  private static String text(List<KeyValue> attributes, String key) {
    for (KeyValue attribute : attributes) {
      if (attribute.getKey().equals(key)) {
        return attribute.getValue().getStringValue();
      }
    }
    return "";
  }

  /// Prints a line each: half of the answers came within p50. Every trace by id is another one.
  ///
  /// @param cpu seconds that the server has used so far
  void time(int repetitions, DoubleSupplier cpu) throws IOException, InterruptedException {
    System.out.printf(
        Locale.ROOT,
        "%-18s %9s %9s %9s %9s %9s%n",
        "query",
        "first ms",
        "p50 ms",
        "max ms",
        "CPU ms",
        "answer");
    for (Query query : queries) {
      var nanos = new long[repetitions];
      long start = System.nanoTime();
      double answer = ask(query);
      double first = (System.nanoTime() - start) / 1e6;
      double before = cpu.getAsDouble();
      for (int i = 0; i < repetitions; i++) {
        start = System.nanoTime();
        ask(query);
        nanos[i] = System.nanoTime() - start;
      }
      double used = (cpu.getAsDouble() - before) / repetitions;
      Arrays.sort(nanos);
      System.out.printf(
          Locale.ROOT,
          "%-18s %9.1f %9.1f %9.1f %9.1f %9.0f%n",
          query.name,
          first,
          nanos[repetitions / 2] / 1e6,
          nanos[repetitions - 1] / 1e6,
          used * 1000,
          answer);
    }
  }

  /// Compares searches and counts with the spans, and traces by id with theirs.
  ///
  /// @return how many differ
  int check() throws IOException, InterruptedException {
    var spans = new long[queries.size()];
    var traces = new long[queries.size()];
    for (TraceWorkload.Lane lane : workload.lanes()) {
      List<Resource> resources = lane.generator().resources();
      for (List<Generated> trace = lane.next(); !trace.isEmpty(); trace = lane.next()) {
        for (int q = 0; q < spans.length; q++) {
          long before = spans[q];
          for (Generated one : trace) {
            if (queries.get(q).counts.test(resources.get(one.origin()), one.span())) {
              spans[q]++;
            }
          }
          traces[q] += spans[q] > before ? 1 : 0;
        }
      }
    }
    int wrong = 0;
    int checked = 0;
    for (int q = 0; q < spans.length; q++) {
      Query query = queries.get(q);
      if (query.kind == Kind.SEARCH || query.kind == Kind.INSTANT) {
        checked++;
        double expected = query.kind == Kind.SEARCH ? Math.min(LIMIT, traces[q]) : spans[q];
        wrong += same(query.name, ask(query), expected);
      }
    }
    for (String id : knownIds) {
      checked++;
      Set<Span> found = new HashSet<>(trace(id));
      wrong += same("trace " + id, found.equals(known.get(id)) ? 1 : 0, 1);
    }
    System.out.println("checked " + checked + " answers: " + wrong + " wrong");
    return wrong;
  }

  private static int same(String what, double found, double expected) {
    if (found == expected) {
      return 0;
    }
    System.err.printf(Locale.ROOT, "%s: %.0f, expected %.0f%n", what, found, expected);
    return 1;
  }

  private double ask(Query query) throws IOException, InterruptedException {
    String start = String.valueOf(workload.startNanos() / 1_000_000_000L - 60);
    String end = String.valueOf(workload.endNanos() / 1_000_000_000L);
    return switch (query.kind) {
      case BY_ID -> trace(knownIds.get(nextKnown++ % knownIds.size())).size();
      case SEARCH ->
          get("/api/search", "q", query.text, "start", start, "end", end, "limit", "" + LIMIT)
              .path("traces")
              .size();
      case INSTANT -> {
        double sum = 0;
        for (JsonNode series :
            get("/api/metrics/query", "q", query.text, "start", start, "end", end).path("series")) {
          sum += series.path("value").asDouble(0);
        }
        yield sum;
      }
      case RANGE ->
          get("/api/metrics/query_range", "q", query.text, "start", start, "end", end, "step", "60")
              .path("series")
              .size();
      case TAGS -> {
        JsonNode answer = get(query.text, "start", start, "end", end);
        yield answer.path("scopes").size() + answer.path("tagValues").size();
      }
    };
  }

  private List<Span> trace(String id) throws IOException, InterruptedException {
    var spans = new ArrayList<Span>();
    var request = request("/api/traces/" + id).header("Accept", "application/protobuf");
    var response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() == 200) {
      for (ResourceSpans resource : TracesData.parseFrom(response.body()).getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          spans.addAll(scope.getSpansList());
        }
      }
    }
    return spans;
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(300));
    if (!tenant.isEmpty()) {
      request.header("X-Scope-OrgID", tenant);
    }
    return request;
  }

  private JsonNode get(String path, String... parameters) throws IOException, InterruptedException {
    var url = new StringBuilder(path);
    for (int i = 0; i < parameters.length; i += 2) {
      url.append(i == 0 ? '?' : '&')
          .append(parameters[i])
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    var response = http.send(request(url.toString()).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
