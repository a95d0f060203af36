package io.foursight.queryfrontend.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.TenantLimits;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.HttpReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TempoApiTest {
  private static final long NOW = 1_700_000_000L;

  /// Answers what it was given, and remembers what it was asked.
  private static final class Asked implements TracesQueryRunner {
    private final List<Search> searches = new ArrayList<>();
    private final List<Metrics> metrics = new ArrayList<>();
    private final List<Tags> tags = new ArrayList<>();
    private final List<String> identifiers = new ArrayList<>();
    private TraceId trace = TraceId.NONE;
    private String filter = "";
    private List<FoundTrace> traces = List.of();
    private TracePieces pieces = TracePieces.NONE;

    @Override
    public Found search(Search search, Consumer<Found> progress) {
      searches.add(search);
      return new Found(traces, TracesStats.NONE);
    }

    @Override
    public MetricsFound metrics(Metrics query) {
      metrics.add(query);
      var series =
          new TracesSeries(
              List.of(new FoundTrace.Attribute("__name__", new SpanValue.Text("rate"))),
              new long[] {1000},
              new double[] {1},
              List.of());
      return new MetricsFound(List.of(series), "", TracesStats.NONE);
    }

    @Override
    public TracePieces trace(
        List<TenantId> tenants,
        TraceId id,
        long startNanos,
        long endNanos,
        String spanFilter,
        long maxBytes,
        QueryBudget budget) {
      trace = id;
      filter = spanFilter;
      return pieces;
    }

    @Override
    public List<TracesTags> tagNames(Tags asked) {
      tags.add(asked);
      return List.of(
          new TracesTags(SpanField.Scope.SPAN, List.of("a", "b")),
          new TracesTags(SpanField.Scope.RESOURCE, List.of("b", "service.name")));
    }

    @Override
    public List<SpanValue> tagValues(String identifier, Tags asked) {
      tags.add(asked);
      identifiers.add(identifier);
      return List.of(new SpanValue.Text("y"), new SpanValue.Int(7));
    }
  }

  private final Asked runner = new Asked();
  private final FakeDoor door = new FakeDoor();

  TempoApiTest() {
    var unused =
        new TracesQueryFrontend(
            runner,
            QueryFrontendConfig.defaults(),
            TenantLimits.fixed(TracesQueryLimits.defaults()),
            BuildInfo.UNKNOWN,
            door,
            Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC),
            new SimpleMeterRegistry());
  }

  private static final byte[] TRACE =
      TracesData.newBuilder()
          .addResourceSpans(ResourceSpans.newBuilder().setSchemaUrl("u"))
          .build()
          .toByteArray();

  private HttpReply protobuf(String path) {
    return door.raw("GET", path, "", Map.of("accept", "application/protobuf"), new byte[0]);
  }

  @Test
  void traceById_v1IsBatches_v2IsAResponse_andProtobufWhenAsked() throws Exception {
    runner.pieces = new TracePieces(List.of(TRACE, TRACE), false, TracesStats.NONE);
    assertThat(door.get("/api/traces/ABC"))
        .isEqualTo(
            new FakeDoor.Reply(200, "{\"batches\":[{\"schemaUrl\":\"u\"},{\"schemaUrl\":\"u\"}]}"));
    assertThat(runner.trace).isEqualTo(new TraceId(0, 0xabc));
    assertThat(TracesData.parseFrom(protobuf("/api/traces/abc").body()).getResourceSpansCount())
        .isEqualTo(2);
    runner.pieces = new TracePieces(List.of(TRACE), true, TracesStats.NONE);
    assertThat(door.get("/api/v2/traces/1?q=%7B.a%3D1%7D").body())
        .startsWith("{\"trace\":{\"resourceSpans\":[{\"schemaUrl\":\"u\"}]},\"metrics\":{},")
        .contains("\"status\":\"PARTIAL\",\"message\":\"trace exceeds max size");
    assertThat(runner.filter).isEqualTo("{.a=1}");
    runner.pieces = new TracePieces(List.of(TRACE), false, TracesStats.NONE);
    assertThat(door.get("/api/v2/traces/1?q=%7B.a%3D1%7D").body())
        .contains("\"status\":\"PARTIAL\",\"message\":\"Trace filtered");
    runner.pieces = new TracePieces(List.of(TRACE), true, TracesStats.NONE);
    HttpReply reply = protobuf("/api/v2/traces/1");
    assertThat(reply.headers()).containsEntry("content-type", "application/protobuf");
    assertThat(reply.body()[0]).isEqualTo((byte) 10);
    assertThat(door.get("/api/traces/1").status()).isEqualTo(422);
  }

  @Test
  void aTraceThatIsNotThere_is404InV1_andAnEmpty200InV2() {
    assertThat(door.get("/api/traces/1")).isEqualTo(new FakeDoor.Reply(404, "trace not found\n"));
    assertThat(door.get("/api/v2/traces/1"))
        .isEqualTo(new FakeDoor.Reply(200, "{\"trace\":{},\"metrics\":{}}"));
    // The client dereferences field 1.
    assertThat(protobuf("/api/v2/traces/1").body()).startsWith(10, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v2/traces/zz",
        "/api/traces/123456789012345678901234567890123",
        "/api/v2/traces/1?q=%7B.a%7D+%7C+count()+%3E+1",
        "/api/v2/traces/1?q=%7B.a%7D&match_depth=-2",
        "/api/v2/traces/1?q=%7B.a%7D&keep_hierarchy=perhaps",
        "/api/search?q=%7B+a+%3D+",
        "/api/search?q=%7B%7D&limit=0",
        "/api/search?q=%7B%7D&limit=262145",
        "/api/search?q=%7B%7D&limit=x",
        "/api/search?q=%7B%7D&spss=101",
        "/api/search?q=%7B%7D&start=5",
        "/api/search?q=%7B%7D&start=5&end=5",
        "/api/search?q=%7B%7D&start=6&end=5",
        "/api/search?q=%7B%7D&start=-1&end=5",
        "/api/search?q=%7B%7D&start=0&end=604801",
        "/api/search?q=%7B%7D&tags=a%3Db",
        "/api/search?q=%7B%7D+%7C+rate()",
        "/api/search?tags=nonsense",
        "/api/search?minDuration=2s&maxDuration=1s",
        "/api/search?minDuration=soon",
        "/api/search/tags?scope=nothing",
        "/api/v2/search/tags?limit=-1",
        "/api/v2/search/tag/%7B/values",
        "/api/metrics/query_range?q=%7B%7D",
        "/api/metrics/query_range?q=",
        "/api/metrics/query_range?q=%7B%7D+%7C+rate()&start=10&end=10",
        "/api/metrics/query_range?q=%7B%7D+%7C+rate()&start=0&end=86401",
        "/api/metrics/query_range?q=%7B%7D+%7C+rate()&start=0&end=86400&step=1",
        "/api/metrics/query_range?q=%7B%7D+%7C+rate()&since=1h&step=0",
        "/api/metrics/query_range?q=%7B%7D+%7C+rate()&since=25h",
        "/api/metrics/query_range?q=%7B%7D+%7C+rate()&exemplars=-1",
        "/api/metrics/query?q=%7B%7D+%7C+rate()&start=x"
      })
  void whatMakesNoSenseIs400InPlainText(String path) {
    HttpReply reply = door.raw("GET", path, "", Map.of(), new byte[0]);
    assertThat(reply.status()).as(path).isEqualTo(400);
    assertThat(reply.headers().get("content-type")).startsWith("text/plain");
    assertThat(reply.body()).isNotEmpty();
  }

  @Test
  void aQueryOf128KibIsAllThereMayBe() {
    String padding = "%20".repeat((128 << 10) - 2);
    assertThat(door.get("/api/search?q=%7B" + padding + "%7D").status()).isEqualTo(200);
    assertThat(door.get("/api/search?q=%7B" + padding + "%20%7D").status()).isEqualTo(400);
  }

  @Test
  void search_defaultsAndRange() {
    assertThat(door.get("/api/search?q=%7B%7D&limit=5&spss=7&start=10&end=20"))
        .isEqualTo(
            new FakeDoor.Reply(
                200, "{\"traces\":[],\"metrics\":{\"completedJobs\":1,\"totalJobs\":1}}"));
    TracesQueryRunner.Search search = runner.searches.getLast();
    assertThat(search.limit()).isEqualTo(5);
    assertThat(search.spansPerSpanSet()).isEqualTo(7);
    assertThat(search.startNanos()).isEqualTo(10_000_000_000L);
    assertThat(search.endNanos()).isEqualTo(20_000_000_000L);
    assertThat(door.get("/api/search?q=%7B%7D&end=1000000&spss=0").status()).isEqualTo(200);
    search = runner.searches.getLast();
    assertThat(search.limit()).isEqualTo(20);
    assertThat(search.spansPerSpanSet()).isEqualTo(3);
    assertThat(search.startNanos()).isEqualTo((1_000_000L - 168 * 3600) * 1_000_000_000L);
    assertThat(door.get("/api/search?q=%7B%7D").status()).isEqualTo(200);
    assertThat(runner.searches.getLast().endNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "tags=a%3Db+c%3D%22d+e%22 ; { .a = \"b\" } && { .c = \"d e\" }",
        "tags=http.status_code%3D500 ; { (.http.status_code = \"500\" || .http.status_code = 500)"
            + " }",
        "tags=status.code%3Derror+name%3DGET&minDuration=5ms ; { (status = error) && traceDuration"
            + " >= 5000000ns } && { name = \"GET\" }",
        "service.name=x ; { .service.name = \"x\" }",
        "maxDuration=1s ; { traceDuration <= 1000000000ns }",
        "limit=3 ; {  }"
      })
  void searchByTagsIsTranslated(String parameters, String query) {
    assertThat(door.get("/api/search?" + parameters).status()).isEqualTo(200);
    assertThat(runner.searches.getLast().query()).isEqualTo(query);
  }

  @Test
  void idsKeepTheirLeadingZeros() {
    runner.traces = List.of(new FoundTrace(new TraceId(0, 1), "s", "n", 1, 1, List.of(), Map.of()));
    assertThat(door.get("/api/search?q=%7B%7D").body())
        .contains("\"traceID\":\"00000000000000000000000000000001\"");
  }

  @Test
  void tags_v1HasAttributesOfAllScopes_v2ScopesWithTheIntrinsics() {
    assertThat(door.get("/api/search/tags").body())
        .startsWith("{\"tagNames\":[\"a\",\"b\",\"service.name\"],");
    assertThat(door.get("/api/search/tags?scope=resource&limit=1").body())
        .startsWith("{\"tagNames\":[\"b\"],");
    assertThat(door.get("/api/search/tags?scope=intrinsic").body())
        .startsWith("{\"tagNames\":[\"duration\",");
    assertThat(door.get("/api/v2/search/tags?limit=1").body())
        .startsWith(
            "{\"scopes\":[{\"name\":\"span\",\"tags\":[\"a\"]},"
                + "{\"name\":\"resource\",\"tags\":[\"b\"]},"
                + "{\"name\":\"intrinsic\",\"tags\":[\"duration\"]}],");
    assertThat(door.get("/api/v2/search/tags?scope=span&q=%7B.a%3D1+%26%26+.b%3D").body())
        .startsWith("{\"scopes\":[{\"name\":\"span\",\"tags\":[\"a\",\"b\"]}],");
    assertThat(runner.tags.getLast().query()).isEqualTo("{.a=1 && .b=");
  }

  @Test
  void tagValues_areTypedInV2_andSomeListsAreFixed() {
    assertThat(door.get("/api/v2/search/tag/resource.service.name/values?limit=5000").body())
        .startsWith(
            "{\"tagValues\":[{\"type\":\"int\",\"value\":\"7\"},"
                + "{\"type\":\"string\",\"value\":\"y\"}],");
    assertThat(runner.identifiers.getLast()).isEqualTo("resource.service.name");
    assertThat(door.get("/api/v2/search/tag/event:name/values").status()).isEqualTo(200);
    assertThat(door.get("/api/v2/search/tag/status/values").body())
        .startsWith(
            "{\"tagValues\":[{\"type\":\"keyword\",\"value\":\"error\"},"
                + "{\"type\":\"keyword\",\"value\":\"ok\"},{\"type\":\"keyword\",\"value\":\"unset\"}]");
    assertThat(door.get("/api/v2/search/tag/duration/values").body())
        .startsWith("{\"tagValues\":[],");
    assertThat(door.get("/api/search/tag/http.method/values").body())
        .startsWith("{\"tagValues\":[\"7\",\"y\"],");
    assertThat(runner.identifiers.getLast()).isEqualTo(".http.method");
    assertThat(door.get("/api/search/tag/a b/values").status()).isEqualTo(200);
    assertThat(runner.identifiers.getLast()).isEqualTo(".\"a b\"");
  }

  @Test
  void metrics_timesInEveryForm_andTheStepByTheRange() {
    String query = "/api/metrics/query_range?q=%7B%7D+%7C+rate()";
    assertThat(door.get(query + "&start=1600000000.5&end=1600003600500000000").body())
        .startsWith("{\"series\":[{\"labels\":[");
    TracesQueryRunner.Metrics asked = runner.metrics.getLast();
    assertThat(asked.startNanos()).isEqualTo(1_600_000_000_500_000_000L);
    assertThat(asked.endNanos()).isEqualTo(1_600_003_600_500_000_000L);
    assertThat(asked.stepNanos()).isEqualTo(15_000_000_000L);
    assertThat(asked.exemplars()).isEqualTo(100);
    door.get(query + "&since=3h&step=30s&exemplars=7&maxSeries=4");
    asked = runner.metrics.getLast();
    assertThat(asked.endNanos()).isEqualTo(NOW * 1_000_000_000);
    assertThat(asked.endNanos() - asked.startNanos()).isEqualTo(Duration.ofHours(3).toNanos());
    assertThat(asked.stepNanos()).isEqualTo(30_000_000_000L);
    assertThat(asked.exemplars()).isEqualTo(7);
    assertThat(asked.maxSeries()).isEqualTo(4);
    assertThat(
            door.get(
                    "/api/metrics/query?query=%7B%7D+%7C+rate()&start=2023-11-14T22:00:00Z"
                        + "&end=2023-11-14T23:00:00%2B01:00&step=7")
                .status())
        .isEqualTo(400);
    door.get("/api/metrics/query?query=%7B%7D+%7C+rate()");
    asked = runner.metrics.getLast();
    assertThat(asked.stepNanos()).isZero();
    assertThat(asked.endNanos() - asked.startNanos()).isEqualTo(Duration.ofHours(1).toNanos());
  }

  @Test
  void whatClientsAskAboutTheServer() {
    assertThat(door.get("/api/echo")).isEqualTo(new FakeDoor.Reply(200, "echo"));
    assertThat(door.get("/api/status/buildinfo").body()).startsWith("{\"version\":\"3.");
    assertThat(
            door.services.getFirst().bindService().getServiceDescriptor().getMethods().stream()
                .map(method -> method.getBareMethodName()))
        .containsExactlyInAnyOrder(
            "Search",
            "SearchTags",
            "SearchTagsV2",
            "SearchTagValues",
            "SearchTagValuesV2",
            "MetricsQueryRange",
            "MetricsQueryInstant");
  }
}
