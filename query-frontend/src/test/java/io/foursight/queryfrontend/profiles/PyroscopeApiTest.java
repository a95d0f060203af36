package io.foursight.queryfrontend.profiles;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.ByteSize;
import io.foursight.config.TenantLimits;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.FakeDoor.Reply;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.protobuf.ProtoWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests as Grafana's data source and Profiles Drilldown send them.
final class PyroscopeApiTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String QUERIER = "/querier.v1.QuerierService/";
  private static final long NOW = 1_700_000_000_000L;
  private static final String RANGE = "\"start\":1699999940000,\"end\":\"1700000000000\"";
  private static final UUID PROFILE = new UUID(1, 2);

  /// Answers what it was given, and remembers what it was asked.
  private static final class Asked implements ProfilesQueryRunner {
    final List<Query> queries = new ArrayList<>();
    final List<Object> details = new ArrayList<>();
    MergedStacks sum = new MergedStacks();
    List<Points> points = List.of();

    @Override
    public MergedStacks merge(Query query) {
      queries.add(query);
      return sum;
    }

    @Override
    public List<Points> series(
        Query query,
        List<String> groupBy,
        long stepNanos,
        Aggregation aggregation,
        Exemplars exemplars,
        int limit) {
      queries.add(query);
      details.add(List.of(groupBy, stepNanos, aggregation, exemplars, limit));
      return points;
    }

    @Override
    public List<Heatmap> heatmap(
        Query query,
        List<String> groupBy,
        long stepNanos,
        boolean bySpan,
        Exemplars exemplars,
        int bands,
        int limit) {
      queries.add(query);
      details.add(List.of(groupBy, stepNanos, bySpan, exemplars, bands, limit));
      return List.of(
          new Heatmap(
              Labels.of("service_name", "shop"),
              new long[] {15_000, 30_000},
              new double[] {1, 5.5},
              new int[][] {{1, 0}, {0, 2}},
              List.of(
                  new Exemplar(14_000_000_000L, ProfileId.of(PROFILE), 0, 0, 0, 1, Labels.EMPTY),
                  new Exemplar(16_000_000_000L, new ProfileId(0, 0), 255, 1, 2, 7, Labels.EMPTY))));
    }

    @Override
    public List<Labels> labelSets(Query query) {
      queries.add(query);
      return List.of(
          Labels.of("service_name", "shop", "__profile_type__", CPU, "host.name", "a"),
          Labels.of("service_name", "shop", "__profile_type__", CPU, "host.name", "b"));
    }

    @Override
    public List<String> labelNames(Query query) {
      queries.add(query);
      return List.of("__profile_type__", "host.name", "service_name");
    }

    @Override
    public List<String> labelValues(String label, Query query) {
      queries.add(query);
      details.add(label);
      return List.of(CPU, "memory:alloc_space:bytes:space:bytes");
    }

    @Override
    public ProfilesStats stats(Query query) {
      queries.add(query);
      return new ProfilesStats(3, 2, 40, 500, 5_000_000, 9_000_000);
    }
  }

  /// Objects in memory.
  private static final class Kept implements TenantObjects {
    final Map<String, byte[]> objects = new TreeMap<>();

    @Override
    public Optional<byte[]> get(TenantId tenant, String folder, String name) {
      return Optional.ofNullable(objects.get(tenant + "/" + folder + "/" + name));
    }

    @Override
    public void put(TenantId tenant, String folder, String name, byte[] bytes) {
      objects.put(tenant + "/" + folder + "/" + name, bytes);
    }

    @Override
    public void delete(TenantId tenant, String folder, String name) {
      objects.remove(tenant + "/" + folder + "/" + name);
    }

    @Override
    public List<Entry> list(TenantId tenant, String folder) {
      String prefix = tenant + "/" + folder + "/";
      return objects.keySet().stream()
          .filter(key -> key.startsWith(prefix))
          .map(key -> new Entry(key.substring(prefix.length()), NOW))
          .toList();
    }
  }

  private final Asked runner = new Asked();
  private final Kept objects = new Kept();
  private final FakeDoor door = door(ProfilesQueryLimits.defaults());

  private FakeDoor door(ProfilesQueryLimits limits) {
    var built = new FakeDoor();
    var unused =
        new ProfilesQueryFrontend(
            new ProfilesQueryFrontend.Ports(
                runner, objects, tenant -> Map.of("max_flamegraph_nodes_max", 7)),
            QueryFrontendConfig.defaults(),
            TenantLimits.fixed(limits),
            BuildInfo.UNKNOWN,
            built,
            Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC),
            new SimpleMeterRegistry());
    return built;
  }

  private Reply json(String method, String body) {
    return json(door, QUERIER + method, body, "*/*");
  }

  private static Reply json(FakeDoor at, String path, String body, String accept) {
    return at.call(
        "POST",
        path,
        "",
        Map.of("content-type", "application/json", "accept", accept),
        body.getBytes(UTF_8));
  }

  private static MergedStacks sum(String... lines) {
    var interner = new SymbolsInterner(new ProfileSymbols());
    var sum = new MergedStacks();
    for (String line : lines) {
      String[] parts = line.split(" ");
      int stack = -1;
      for (String frame : parts[0].split(";")) {
        byte[] name = frame.getBytes(UTF_8);
        int function = interner.function(interner.string(name, 0, name.length), 0, 0, 0);
        stack =
            interner.stack(stack, interner.location(-1, 0, new int[] {function}, new long[1], 1));
      }
      sum.add(sum.from(interner.symbols()).stack(stack), Long.parseLong(parts[1]));
    }
    return sum;
  }

  /// The data source's health check, of older versions without a range.
  @Test
  void profileTypes_areThoseOfTheLastHour_withoutARange() {
    Reply reply = json("ProfileTypes", "{}");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body())
        .isEqualTo(
            "{\"profileTypes\":[{\"ID\":\""
                + CPU
                + "\",\"name\":\"process_cpu\",\"sampleType\":\"cpu\","
                + "\"sampleUnit\":\"nanoseconds\",\"periodType\":\"cpu\","
                + "\"periodUnit\":\"nanoseconds\"},{\"ID\":\"memory:alloc_space:bytes:space:bytes\","
                + "\"name\":\"memory\",\"sampleType\":\"alloc_space\",\"sampleUnit\":\"bytes\","
                + "\"periodType\":\"space\",\"periodUnit\":\"bytes\"}]}");
    assertThat(runner.details).containsExactly("__profile_type__");
    assertThat(runner.queries.getFirst().startNanos()).isEqualTo((NOW - 3_600_000) * 1_000_000);
  }

  @Test
  void emptyProtobuf_isARequestWithoutFields() {
    HttpReply reply =
        door.raw(
            "POST",
            QUERIER + "ProfileTypes",
            "",
            Map.of("content-type", "application/proto", "connect-protocol-version", "1"),
            new byte[0]);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsEntry("content-type", "application/proto");
    assertThat(new String(reply.body(), UTF_8)).contains(CPU);
  }

  /// Dotted names break interfaces that do not know of them.
  @Test
  void labelNamesWithDots_areShownToWhomKnowsThem() {
    String body = "{\"matchers\":[\"{}\",\"\"]," + RANGE + "}";
    assertThat(json("LabelNames", body).body())
        .isEqualTo("{\"names\":[\"__profile_type__\",\"service_name\"]}");
    assertThat(
            json(door, QUERIER + "LabelNames", body, "application/json; allow-utf8-labelnames=true")
                .body())
        .isEqualTo("{\"names\":[\"__profile_type__\",\"host.name\",\"service_name\"]}");
    assertThat(runner.queries.getFirst().startNanos()).isEqualTo(1_699_999_940_000_000_000L);
    assertThat(runner.queries.getFirst().endNanos()).isEqualTo(1_700_000_000_001_000_000L);
  }

  @Test
  void labelValues_needAName() {
    assertThat(json("LabelValues", "{\"name\":\"service_name\"," + RANGE + "}").body())
        .startsWith("{\"names\":[");
    Reply refused = json("LabelValues", "{" + RANGE + "}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body())
        .isEqualTo("{\"code\":\"invalid_argument\",\"message\":\"name is required\"}");
  }

  @Test
  void series_areTheDistinctCombinationsOfTheLabels() {
    String range = "\"start\":1699999940000,\"end\":1700000000000";
    assertThat(
            json("Series", "{" + range + ",\"labelNames\":[\"service_name\"],\"matchers\":[]}")
                .body())
        .isEqualTo(
            "{\"labelsSet\":[{\"labels\":[{\"name\":\"service_name\",\"value\":\"shop\"}]}]}");
    assertThat(json("Series", "{" + range + "}").body()).doesNotContain("host.name");
    assertThat(
            json(
                    "Series",
                    "{"
                        + range
                        + ",\"label_names\":[\"host.name\"],\"matchers\":[\"{a=\\\"b\\\"}\"]}")
                .body())
        .contains("\"value\":\"a\"", "\"value\":\"b\"");
    assertThat(runner.queries.getLast().selector()).isEqualTo("{a=\"b\"}");
  }

  @Test
  void stacktraces_areAFlameGraph() {
    runner.sum = sum("main;a 3", "main;b 4");
    Reply reply =
        json(
            "SelectMergeStacktraces",
            "{\"profileTypeID\":\""
                + CPU
                + "\",\"labelSelector\":\"{service_name=\\\"shop\\\"}\",\"maxNodes\":\"16384\","
                + "\"format\":\"FUNCTIONS\","
                + RANGE
                + "}");
    assertThat(reply.body())
        .isEqualTo(
            "{\"flamegraph\":{\"names\":[\"total\",\"main\",\"a\",\"b\"],\"levels\":["
                + "{\"values\":[\"0\",\"7\",\"0\",\"0\"]},{\"values\":[\"0\",\"7\",\"0\",\"1\"]},"
                + "{\"values\":[\"0\",\"3\",\"3\",\"2\",\"0\",\"4\",\"4\",\"3\"]}],"
                + "\"total\":\"7\",\"maxSelf\":\"4\"}}");
    assertThat(runner.queries.getFirst().profileType()).isEqualTo(CPU);
    assertThat(runner.queries.getFirst().selector()).isEqualTo("{service_name=\"shop\"}");
  }

  /// What the data source sends: protobuf with packed and optional fields.
  @Test
  void stacktracesOverProtobuf_haveEveryForm() {
    runner.sum = sum("main;a 3", "main;b 4");
    for (int format = 0; format <= 5; format++) {
      var out = new ProtoWriter();
      out.string(1, CPU + ":delta");
      out.string(2, "{}");
      out.varint(3, NOW - 60_000);
      out.varint(4, NOW);
      out.varint(6, format);
      HttpReply reply =
          door.raw(
              "POST",
              QUERIER + "SelectMergeStacktraces",
              "",
              Map.of("content-type", "application/proto"),
              out.toByteArray());
      assertThat(reply.status()).isEqualTo(200);
      int field = reply.body()[0] >> 3;
      assertThat(field)
          .as("format %d", format)
          .isEqualTo(
              switch (format) {
                case 2 -> 2;
                case 3 -> 3;
                case 4 -> 5;
                default -> 1;
              });
    }
    assertThat(runner.queries).allMatch(query -> query.profileType().equals(CPU));
  }

  @Test
  void selectorsOfSpansTracesProfilesAndStacks_reachTheQuery() {
    json(
        "SelectMergeStacktraces",
        "{\"profile_typeID\":\""
            + CPU
            + "\",\"label_selector\":\"{}\",\"span_selector\":[\"00000000000000ff\"],"
            + "\"profile_id_selector\":[\""
            + PROFILE
            + "\"],\"stack_trace_selector\":{\"call_site\":[{\"name\":\"main\"},{\"name\":\"a\"}]},"
            + RANGE
            + "}");
    assertThat(runner.queries.getFirst().samples())
        .isEqualTo(new SampleFilter(Set.of(255L), Set.of(), List.of("main", "a")));
    assertThat(runner.queries.getFirst().ids()).containsExactly(ProfileId.of(PROFILE));
    json(
        "SelectMergeProfile",
        "{\"profile_typeID\":\""
            + CPU
            + "\",\"label_selector\":\"{}\","
            + "\"traceIdSelector\":[\"00000000000000010000000000000002\"],"
            + RANGE
            + "}");
    assertThat(runner.queries.getLast().samples().traceIds())
        .containsExactly(new SampleFilter.TraceId(1, 2));
    Reply spans =
        json(
            "SelectMergeSpanProfile",
            "{\"profileTypeID\":\""
                + CPU
                + "\",\"labelSelector\":\"{}\",\"spanSelector\":[\"9a517183f26a089d\"],"
                + RANGE
                + "}");
    assertThat(spans.body()).startsWith("{\"flamegraph\":{");
    assertThat(runner.queries.getLast().samples().spanIds()).containsExactly(0x9a517183f26a089dL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "\"profileTypeID\":\"cpu\"#profile-type ID must be of the form",
        "\"labelSelector\":\"{a=}\"#parse error at line 1, col 4",
        "\"maxNodes\":1048577#max flamegraph nodes limit 1048577 is greater than allowed 1048576",
        "\"maxNodes\":-1#max flamegraph nodes limit must be set (max allowed 1048576)",
        "\"spanSelector\":[\"xyz\"]#invalid span id",
        "\"traceIdSelector\":[\"ab\"]#invalid trace id",
        "\"profileIdSelector\":[\"1\"]#invalid profile id",
        "\"start\":0,\"end\":0#missing time range in the query",
        "\"start\":1700000000001#is after end",
        "\"start\":1600000000000#max_query_length",
        "\"start\":\"x\"#invalid integer x",
        "\"spanSelector\":[\"00000000000000ff\"],\"traceIdSelector\":"
            + "[\"00000000000000010000000000000002\"]#cannot be used together",
      })
  void requestThatBreaksARule_isAnInvalidArgument(String field, String message) {
    String base = "{\"profileTypeID\":\"" + CPU + "\"," + RANGE + "," + field + "}";
    Reply reply = json("SelectMergeStacktraces", base);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).startsWith("{\"code\":\"invalid_argument\",\"message\":\"");
    assertThat(reply.body()).contains(message.replace("\"", "\\\""));
    assertThat(runner.queries).isEmpty();
  }

  @Test
  void bodyThatIsNoMessage_isAnInvalidArgument() {
    assertThat(json("SelectSeries", "").status()).isEqualTo(400);
    assertThat(json("SelectSeries", "[1]").status()).isEqualTo(400);
    Reply media =
        door.call(
            "POST",
            QUERIER + "SelectSeries",
            "",
            Map.of("content-type", "text/plain"),
            new byte[0]);
    assertThat(media.status()).isEqualTo(415);
    assertThat(door.get(QUERIER + "SelectSeries").status()).isEqualTo(405);
  }

  @Test
  void dataOlderThanQueriesReach_isNotAskedFor() {
    ProfilesQueryLimits all = ProfilesQueryLimits.defaults();
    FakeDoor week =
        door(
            new ProfilesQueryLimits(
                Duration.ZERO,
                Duration.ofDays(7),
                all.maxFlamegraphNodesDefault(),
                all.maxFlamegraphNodesMax(),
                false,
                1,
                all.profilesQueryTimeout(),
                new ByteSize(0),
                new ByteSize(0)));
    String old = "{\"name\":\"x\",\"start\":1600000000000,\"end\":1600000001000}";
    assertThat(json(week, QUERIER + "LabelValues", old, "*/*").body()).isEqualTo("{}");
    assertThat(runner.queries).isEmpty();
    String reaching = "{\"name\":\"x\",\"start\":1600000000000,\"end\":1700000000000}";
    json(week, QUERIER + "LabelValues", reaching, "*/*");
    assertThat(runner.queries.getFirst().startNanos())
        .isEqualTo((NOW - 7 * 86_400_000L) * 1_000_000);
    assertThat(json(week, QUERIER + "AnalyzeQuery", reaching, "*/*").body()).isEqualTo("{}");
  }

  @Test
  void seriesOfPoints_haveNumbersAndExemplars() {
    runner.points =
        List.of(
            new ProfilesQueryRunner.Points(
                Labels.of("service_name", "shop"),
                new long[] {15_000, 30_000},
                new double[] {7, 0.5},
                List.of(
                    new ProfilesQueryRunner.Exemplar(
                        16_000_000_000L,
                        ProfileId.of(PROFILE),
                        255,
                        1,
                        2,
                        9,
                        Labels.of("pod", "a")))));
    Reply reply =
        json(
            "SelectSeries",
            "{\"profileTypeID\":\""
                + CPU
                + "\",\"labelSelector\":\"{}\",\"groupBy\":[\"service_name\"],\"step\":15,"
                + "\"aggregation\":\"TIME_SERIES_AGGREGATION_TYPE_AVERAGE\",\"limit\":\"10\","
                + "\"exemplarType\":\"EXEMPLAR_TYPE_INDIVIDUAL\","
                + RANGE
                + "}");
    assertThat(reply.body())
        .isEqualTo(
            "{\"series\":[{\"labels\":[{\"name\":\"service_name\",\"value\":\"shop\"}],"
                + "\"points\":[{\"value\":7,\"timestamp\":\"15000\"},"
                + "{\"value\":0.5,\"timestamp\":\"30000\",\"exemplars\":[{\"timestamp\":\"16000\","
                + "\"profileId\":\""
                + PROFILE
                + "\",\"spanId\":\"00000000000000ff\",\"value\":\"9\","
                + "\"labels\":[{\"name\":\"pod\",\"value\":\"a\"}],"
                + "\"traceId\":\"00000000000000010000000000000002\"}]}]}]}");
    assertThat(runner.details)
        .containsExactly(
            List.of(
                List.of("service_name"),
                15_000_000_000L,
                ProfilesQueryRunner.Aggregation.AVERAGE,
                ProfilesQueryRunner.Exemplars.INDIVIDUAL,
                10));
  }

  @ParameterizedTest
  @CsvSource({"SelectSeries", "SelectHeatmap"})
  void stepBelowAMillisecondOrNegativeLimit_isRefused(String method) {
    String base = "{\"profileTypeID\":\"" + CPU + "\"," + RANGE + ",";
    for (String field : List.of("\"step\":0", "\"step\":\"NaN\"", "\"step\":1,\"limit\":-1")) {
      assertThat(json(method, base + field + "}").status()).as(field).isEqualTo(400);
    }
    assertThat(runner.queries).isEmpty();
  }

  @Test
  void heatmap_hasSlotsWithBandsAndExemplars() {
    Reply reply =
        json(
            "SelectHeatmap",
            "{\"profileTypeID\":\""
                + CPU
                + "\",\"labelSelector\":\"{}\",\"step\":15,"
                + "\"queryType\":\"HEATMAP_QUERY_TYPE_SPAN\",\"exemplarType\":3,"
                + RANGE
                + "}");
    assertThat(reply.body())
        .isEqualTo(
            "{\"series\":[{\"labels\":[{\"name\":\"service_name\",\"value\":\"shop\"}],\"slots\":["
                + "{\"timestamp\":\"15000\",\"yMin\":[1,5.5],\"counts\":[1,0],\"exemplars\":["
                + "{\"timestamp\":\"14000\",\"profileId\":\""
                + PROFILE
                + "\",\"value\":\"1\"}]},"
                + "{\"timestamp\":\"30000\",\"yMin\":[1,5.5],\"counts\":[0,2],\"exemplars\":["
                + "{\"timestamp\":\"16000\",\"spanId\":\"00000000000000ff\",\"value\":\"7\","
                + "\"traceId\":\"00000000000000010000000000000002\"}]}]}]}");
    assertThat(runner.details)
        .containsExactly(
            List.of(List.of(), 15_000_000_000L, true, ProfilesQueryRunner.Exemplars.SPAN, 20, 0));
  }

  @Test
  void profile_isBarePprof() {
    runner.sum = sum("main;a 3");
    Reply reply = json("SelectMergeProfile", "{\"profileTypeID\":\"" + CPU + "\"," + RANGE + "}");
    assertThat(reply.body())
        .startsWith("{\"sampleType\":[{\"type\":\"3\",\"unit\":\"4\"}],\"sample\":[")
        .contains("\"locationId\":[\"2\",\"1\"],\"value\":[\"3\"]")
        .contains("\"stringTable\":[\"\",\"main\",\"a\",\"cpu\",\"nanoseconds\"")
        .contains("\"timeNanos\":\"1700000000000000000\",\"durationNanos\":\"60000000000\"");
  }

  @Test
  void diff_isOneFlameGraphOfTwo() {
    runner.sum = sum("main;a 3");
    String side = "{\"profileTypeID\":\"" + CPU + "\",\"labelSelector\":\"{}\"," + RANGE + "}";
    Reply reply = json("Diff", "{\"left\":" + side + ",\"right\":" + side + "}");
    assertThat(reply.body())
        .contains("\"values\":[\"0\",\"3\",\"0\",\"0\",\"3\",\"0\",\"0\"]")
        .endsWith("\"total\":\"6\",\"maxSelf\":\"3\",\"leftTicks\":\"3\",\"rightTicks\":\"3\"}}");
    assertThat(json("Diff", "{}").status()).isEqualTo(400);
  }

  @Test
  void statsAndAnalysis_areReal() {
    assertThat(json("GetProfileStats", "{}").body())
        .isEqualTo(
            "{\"dataIngested\":true,\"oldestProfileTime\":\"5\",\"newestProfileTime\":\"9\"}");
    assertThat(
            json(
                    "AnalyzeQuery",
                    "{\"query\":\"" + CPU + "{service_name=\\\"shop\\\"}\"," + RANGE + "}")
                .body())
        .isEqualTo(
            "{\"queryScopes\":[{\"componentType\":\"profiles\",\"componentCount\":\"1\","
                + "\"seriesCount\":\"2\",\"profileCount\":\"3\",\"sampleCount\":\"40\","
                + "\"profileBytes\":\"500\"}],\"queryImpact\":{\"totalBytesInTimeRange\":\"500\","
                + "\"totalQueriedSeries\":\"2\"}}");
    assertThat(runner.queries.get(1).selector()).isEqualTo(CPU + "{service_name=\"shop\"}");
    door.tenants = List.of(new TenantId("a"), new TenantId("b"));
    assertThat(json("GetProfileStats", "{}").status()).isEqualTo(400);
  }

  @Test
  void queryThatNobodyWaitsFor_isFetchedLater() {
    runner.sum = sum("main 3");
    String query = "{\"profileTypeID\":\"" + CPU + "\"," + RANGE + ",\"async\":";
    Reply begun = json("SelectMergeStacktraces", query + "{\"type\":\"ASYNC_QUERY_TYPE_FORCE\"}}");
    assertThat(begun.body()).contains("\"status\":\"ASYNC_QUERY_STATUS_IN_PROGRESS\"");
    String id = begun.body().replaceAll(".*requestId\":\"([^\"]+).*", "$1");
    String poll = "{\"async\":{\"type\":1,\"requestId\":\"" + id + "\"}}";
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(json("SelectMergeStacktraces", poll).body())
                .contains("ASYNC_QUERY_STATUS_SUCCESS")
                .contains("\"flamegraph\":{\"names\":[\"total\",\"main\"]"));
    door.tenants = List.of(new TenantId("other"));
    assertThat(json("SelectMergeStacktraces", poll).status()).isEqualTo(404);
  }

  @Test
  void failureOfSuchAQuery_isToldLater() {
    Reply begun = json("SelectMergeStacktraces", "{\"async\":{\"type\":1}," + RANGE + "}");
    String id = begun.body().replaceAll(".*requestId\":\"([^\"]+).*", "$1");
    String poll = "{\"async\":{\"type\":1,\"requestId\":\"" + id + "\"}}";
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(json("SelectMergeStacktraces", poll).body())
                .contains("ASYNC_QUERY_STATUS_FAILURE")
                .contains("profile-type ID must be of the form"));
  }

  @Test
  void render_isTheOlderFlameGraphWithATimeline() {
    runner.sum = sum("main;a 3");
    runner.points =
        List.of(
            new ProfilesQueryRunner.Points(
                Labels.of("pod", "x"),
                new long[] {1_699_999_965_000L},
                new double[] {3},
                List.of()));
    Reply reply =
        door.get(
            "/pyroscope/render?query="
                + CPU
                + "%7Bservice_name%3D%22shop%22%7D&from=1699999950&until=now&groupBy=pod"
                + "&max-nodes=100");
    assertThat(reply.body())
        .isEqualTo(
            "{\"version\":1,\"flamebearer\":{\"names\":[\"total\",\"main\",\"a\"],\"levels\":["
                + "[0,3,0,0],[0,3,0,1],[0,3,3,2]],\"numTicks\":3,\"maxSelf\":3},\"metadata\":{"
                + "\"format\":\"single\",\"spyName\":\"\",\"sampleRate\":1000000000,"
                + "\"units\":\"samples\",\"name\":\"cpu\"},\"timeline\":{\"startTime\":1699999950,"
                + "\"samples\":[0,3,0],\"durationDelta\":15,\"watermarks\":null},\"groups\":{"
                + "\"x\":{\"startTime\":1699999950,\"samples\":[0,3,0],\"durationDelta\":15,"
                + "\"watermarks\":null}},\"heatmap\":null}");
    assertThat(runner.queries.getFirst().selector()).isEqualTo("{service_name=\"shop\"}");
  }

  @Test
  void renderOfDot_isText() {
    runner.sum = sum("main;a 3");
    Reply reply =
        door.get("/pyroscope/render?format=dot&query=" + CPU + "%7B%7D&from=now-1h&until=now");
    assertThat(reply.body()).startsWith("digraph");
    runner.sum = new MergedStacks();
    assertThat(door.get("/pyroscope/render?format=dot&query=" + CPU + "&from=now-1h&until=now"))
        .isEqualTo(new Reply(200, ""));
  }

  @Test
  void renderOfADifference_needsOneType() {
    runner.sum = sum("main 3");
    String left = "leftQuery=" + CPU + "%7B%7D&leftFrom=now-2h&leftUntil=now-1h";
    Reply reply =
        door.get(
            "/pyroscope/render-diff?"
                + left
                + "&rightQuery="
                + CPU
                + "%7B%7D&rightFrom=now-1h&rightUntil=now");
    assertThat(reply.body())
        .contains("\"format\":\"double\"")
        .contains("[0,3,0,0,3,0,0]")
        .endsWith(",\"leftTicks\":3,\"rightTicks\":3}");
    assertThat(door.get("/pyroscope/render-diff?" + left + "&rightQuery=a:b:c:d:e%7B%7D").status())
        .isEqualTo(400);
  }

  @Test
  void renderWithoutQueryOrWithBadTimes_isRefused() {
    assertThat(door.get("/pyroscope/render?from=now-1h").status()).isEqualTo(400);
    assertThat(door.get("/pyroscope/render?query=%7B%7D&from=now-1h").status()).isEqualTo(400);
    assertThat(door.get("/pyroscope/render?query=" + CPU + "&from=yesterday").status())
        .isEqualTo(400);
    assertThat(door.post("/pyroscope/render", "query=x").status()).isEqualTo(405);
  }

  @Test
  void labelValuesOfTheOlderApi_areAList() {
    assertThat(door.get("/pyroscope/label-values?label=__name__").body())
        .isEqualTo("[\"" + CPU + "\",\"memory:alloc_space:bytes:space:bytes\"]");
    assertThat(runner.details).containsExactly("__profile_type__");
    assertThat(door.get("/pyroscope/label-values").status()).isEqualTo(400);
  }

  private static Reply settings(FakeDoor at, String method, String body) {
    return json(at, "/settings.v1.SettingsService/" + method, body, "*/*");
  }

  @Test
  void settings_areKeptByTenant() {
    assertThat(settings(door, "Get", "{}").body()).isEqualTo("{}");
    String set = "{\"setting\":{\"name\":\"a/../b\",\"value\":\"{1}\",\"modifiedAt\":\"7\"}}";
    assertThat(settings(door, "Set", set).body())
        .isEqualTo("{\"setting\":{\"name\":\"a/../b\",\"value\":\"{1}\",\"modifiedAt\":\"7\"}}");
    assertThat(settings(door, "Get", "{}").body())
        .isEqualTo("{\"settings\":[{\"name\":\"a/../b\",\"value\":\"{1}\",\"modifiedAt\":\"7\"}]}");
    // Somebody else changed it since.
    Reply late = settings(door, "Set", "{\"setting\":{\"name\":\"a/../b\",\"modifiedAt\":\"6\"}}");
    assertThat(late.body()).contains("failed_precondition");
    door.tenants = List.of(new TenantId("other"));
    assertThat(settings(door, "Get", "{}").body()).isEqualTo("{}");
    door.tenants = List.of(TenantId.ANONYMOUS);
    assertThat(settings(door, "Delete", "{\"name\":\"a/../b\"}").body()).isEqualTo("{}");
    assertThat(settings(door, "Get", "{}").body()).isEqualTo("{}");
    assertThat(settings(door, "Set", "{}").status()).isEqualTo(400);
    assertThat(settings(door, "Set", "{\"setting\":{}}").status()).isEqualTo(400);
  }

  @Test
  void recordingRules_areNone() {
    String service = "/settings.v1.RecordingRulesService/";
    assertThat(json(door, service + "ListRecordingRules", "{}", "*/*"))
        .isEqualTo(new Reply(200, "{}"));
    Reply upsert = json(door, service + "UpsertRecordingRule", "{\"id\":\"x\"}", "*/*");
    assertThat(upsert.status()).isEqualTo(501);
    assertThat(upsert.body()).contains("\"code\":\"unimplemented\"");
  }

  private Reply adHoc(String method, String body) {
    return json(door, "/adhocprofiles.v1.AdHocProfileService/" + method, body, "*/*");
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void uploadedProfile_isShownListedAndCompared() {
    Reply uploaded =
        adHoc(
            "Upload",
            "{\"name\":\"a-b.txt\",\"profile\":\"" + encoded("main;a 3\nmain;b 4\n") + "\"}");
    assertThat(uploaded.status()).as(uploaded.body()).isEqualTo(200);
    assertThat(uploaded.body())
        .contains("\"name\":\"a-b.txt\",\"uploadedAt\":\"1700000000000\"")
        .contains("\"flamebearerProfile\":\"{\\\"version\\\":1")
        .contains("\\\"numTicks\\\":7");
    String id = uploaded.body().replaceAll("\\{\"id\":\"([^\"]+).*", "$1");
    assertThat(adHoc("List", "{}").body())
        .isEqualTo(
            "{\"profiles\":[{\"id\":\""
                + id
                + "\",\"name\":\"a-b.txt\",\"uploadedAt\":\"1700000000000\"}]}");
    assertThat(adHoc("Get", "{\"id\":\"" + id + "\",\"maxNodes\":2}").body())
        .contains("\\\"numTicks\\\":7");
    assertThat(adHoc("Diff", "{\"leftId\":\"" + id + "\",\"rightId\":\"" + id + "\"}").body())
        .contains("\\\"format\\\":\\\"double\\\"", "\\\"leftTicks\\\":7");
    assertThat(adHoc("Get", "{\"id\":\"" + id + "\",\"profileType\":\"other\"}").status())
        .isEqualTo(400);
    door.tenants = List.of(new TenantId("other"));
    assertThat(adHoc("Get", "{\"id\":\"" + id + "\"}").status()).isEqualTo(404);
    assertThat(adHoc("List", "{}").body()).isEqualTo("{}");
  }

  @Test
  void uploadThatIsNoProfile_isRefusedAndNotKept() {
    for (String profile : List.of("*", "", encoded("{}"))) {
      assertThat(adHoc("Upload", "{\"name\":\"x\",\"profile\":\"" + profile + "\"}").status())
          .as(profile)
          .isEqualTo(400);
    }
    assertThat(adHoc("Get", "{\"id\":\"../x\"}").status()).isEqualTo(400);
    assertThat(objects.objects).isEmpty();
  }

  @Test
  void statusAndFeatures_areTold() {
    assertThat(door.get("/api/v1/status/buildinfo").body())
        .contains("\"status\":\"success\"", "\"version\":\"2.2.1\"");
    assertThat(door.get("/api/v1/tenant_limits").body())
        .isEqualTo("{\"max_flamegraph_nodes_max\":7}");
    assertThat(
            json(door, "/capabilities.v1.FeatureFlagsService/GetFeatureFlags", "{}", "*/*").body())
        .contains("\"name\":\"utf8LabelNames\",\"enabled\":true");
  }
}
