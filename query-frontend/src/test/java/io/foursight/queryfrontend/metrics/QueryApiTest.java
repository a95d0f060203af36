package io.foursight.queryfrontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.FakeDoor.Reply;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.protobuf.ProtoWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

class QueryApiTest {
  private static final String API = "/prometheus/api/v1";
  private static final TenantId TENANT = TenantId.ANONYMOUS;

  private final House house = new House();

  @BeforeEach
  void fill() {
    for (String job : List.of("a", "b")) {
      Labels up = Labels.of("__name__", "up", "job", job, "service.name", "s" + job);
      house.data.add(TENANT, up, 100_000, job.equals("a") ? 1 : 2.5);
      house.data.add(TENANT, up, 160_000, 3);
    }
    house.data.add(TENANT, Labels.of("__name__", "other"), 100_000, 7);
    house.data.metadata.add(new MetricMetadata("up", MetricMetadata.Type.GAUGE, "Up", ""));
    house.data.metadata.add(new MetricMetadata("other", MetricMetadata.Type.COUNTER, "O", "s"));
    house.open();
  }

  private Reply get(String path) {
    return house.door.get(API + path);
  }

  private static String enc(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void healthCheck_byFormAndByUrl() {
    String scalar =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[4,\"2\"]}}";
    assertThat(house.door.post(API + "/query", "query=2&time=4")).isEqualTo(new Reply(200, scalar));
    assertThat(get("/query?query=2&time=4&x_custom=y")).isEqualTo(new Reply(200, scalar));
    assertThat(house.door.post(API + "/query?stats=all&time=4", "query=2").body())
        .contains("\"stats\":{\"timings\":{", "\"samples\":{\"totalQueryableSamples\":0");
  }

  @Test
  void instantVector_limitAndLookback() {
    assertThat(get("/query?query=up&time=100.1").body())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"__name__\":\"up\",\"job\":\"a\",\"service.name\":\"sa\"},\"value\":[100.100,\"1\"]},"
                + "{\"metric\":{\"__name__\":\"up\",\"job\":\"b\",\"service.name\":\"sb\"},\"value\":[100.100,\"2.5\"]}]}}");
    assertThat(get("/query?query=up&time=101&limit=1").body())
        .contains("\"warnings\":[\"results truncated due to limit\"]")
        .doesNotContain("\"job\":\"b\"");
    assertThat(get("/query?query=up&time=101&limit=0").body()).contains("\"job\":\"b\"");
    assertThat(get("/query?query=other&time=130&lookback_delta=10s").body())
        .contains("\"result\":[]");
    assertThat(get("/query?query=other&time=130&lookback_delta=1m").body()).contains("\"7\"");
    assertThat(get("/query?query=nope").body())
        .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
  }

  @Test
  void rangeQuery_takesFractionalTimes_andRfc3339() {
    String expected =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
            + "{\"metric\":{\"__name__\":\"other\"},\"values\":[[100.500,\"7\"],[130.500,\"7\"]]}]}}";
    assertThat(get("/query_range?query=other&start=70.5&end=131&step=30.0").body())
        .isEqualTo(expected);
    assertThat(
            get("/query_range?query=other&start=1970-01-01T00:01:10.5Z&end=1970-01-01T01:02:11%2B01:00&step=30s")
                .body())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/query?query=sum((|400|bad_data|invalid parameter \"query\": 1:",
        "/query?query=|400|bad_data|invalid parameter \"query\"",
        "/query?query=up&time=x|400|bad_data|invalid parameter \"time\": cannot parse \"x\" to a"
            + " valid timestamp",
        "/query?query=up&time=NaN|400|bad_data|cannot parse \"NaN\"",
        "/query?query=up&time=1e300|400|bad_data|cannot parse \"1e300\"",
        "/query?query=up&timeout=soon|400|bad_data|invalid parameter \"timeout\": cannot parse"
            + " \"soon\" to a valid duration",
        "/query?query=up&limit=-1|400|bad_data|invalid parameter \"limit\": limit must be"
            + " non-negative",
        "/query?query=up&timeout=0|503|timeout|timed out",
        "/query_range?query=up&start=0&end=12000&step=1|400|bad_data|exceeded maximum resolution of"
            + " 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        "/query_range?query=up&start=0&end=1e9&step=0.001|400|bad_data|exceeded maximum resolution",
        "/query_range?query=up&start=0&end=1&step=0|400|bad_data|zero or negative query resolution"
            + " step widths are not accepted",
        "/query_range?query=up&start=2&end=1&step=1|400|bad_data|end timestamp must not be before"
            + " start time",
        "/query_range?query=up&end=1&step=1|400|bad_data|invalid parameter \"start\"",
        "/query_range?query=up[5m]&start=0&end=1&step=1|400|bad_data|invalid expression type"
            + " \"range vector\" for range query, must be Scalar or instant Vector",
        "/query?query=sum(up)|422|execution|not a number or selector",
        "/series|400|bad_data|no match[] parameter provided",
        "/series?match[]=up{|400|bad_data|invalid parameter \"match[]\": 1:",
        "/series?match[]={a=~\".*\"}|400|bad_data|at least one non-empty matcher",
        "/labels?start=5&end=4|400|bad_data|end timestamp must not be before start time",
        "/cardinality/label_names?limit=501|400|bad_data|between 0 and 500",
        "/cardinality/label_names?count_method=guess|400|bad_data|count_method",
        "/cardinality/label_values|400|bad_data|param is required",
        "/cardinality/active_series|400|bad_data|selector",
      })
  void badInput_hasPrometheussStatusTypeAndWords(
      String path, int status, String type, String words) {
    String encoded =
        path.replace("[", "%5B")
            .replace("]", "%5D")
            .replace("{", "%7B")
            .replace("\"", "%22")
            .replace("}", "%7D")
            .replace("~", "%7E");
    Reply reply = get(encoded);
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.body())
        .startsWith("{\"status\":\"error\",\"errorType\":\"" + type + "\",\"error\":\"")
        .contains(words.replace("\"", "\\\""));
  }

  @ParameterizedTest
  @EnumSource(ErrorKind.class)
  void everyErrorKindHasItsStatus(ErrorKind kind) {
    int expected =
        switch (kind) {
          case BAD_DATA, UNIMPLEMENTED -> 400;
          case UNAUTHENTICATED -> 401;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case TOO_LARGE -> 413;
          case UNSUPPORTED_MEDIA -> 415;
          case EXECUTION, QUERY_LIMIT -> 422;
          case LIMIT_EXCEEDED -> 429;
          case CANCELED -> 499;
          case CORRUPT, INTERNAL -> 500;
          case TIMEOUT, UNAVAILABLE -> 503;
        };
    var other = new House();
    other.open(
        request -> {
          throw new FoursightException(kind, "because");
        },
        QueryFrontendConfig.defaults(),
        MetricsLateWrites.NONE);
    Reply reply = other.door.get(API + "/query?query=up");
    assertThat(reply.status()).isEqualTo(expected);
    assertThat(reply.body()).contains("because");
  }

  /// None of these may cost more than an error or an answer.
  @Test
  void hostileQueries_areAnswered() {
    String regex = "a".repeat(100_000);
    assertThat(
            house
                .door
                .post(API + "/query", "query=" + enc("up{job=~\"" + regex + "|a\"}") + "&time=101")
                .status())
        .isEqualTo(200);
    String chain = "1" + "+1".repeat(10_000);
    assertThat(house.door.post(API + "/query", "query=" + enc(chain)).status()).isIn(200, 400, 422);
    assertThat(
            house
                .door
                .post(API + "/query_range", "query=" + enc(chain) + "&start=0&end=10&step=1")
                .status())
        .isIn(200, 400, 422);
    String nested = "up" + "[5m:1m]".repeat(1);
    for (int i = 0; i < 1000; i++) {
      nested = "max_over_time(" + nested + (i == 0 ? ")" : "[5m:1m])");
    }
    assertThat(house.door.post(API + "/query", "query=" + enc(nested)).status())
        .isIn(200, 400, 422);
    assertThat(
            house
                .door
                .post(API + "/query_range", "query=up&start=-9e15&end=9e15&step=9e12")
                .status())
        .isIn(200, 400);
  }

  @Test
  void labelsAndValues_areSorted_matchedAndLimited() {
    assertThat(get("/labels").body())
        .isEqualTo("{\"status\":\"success\",\"data\":[\"__name__\",\"job\",\"service.name\"]}");
    assertThat(get("/label/__name__/values?limit=1").body())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":[\"other\"],\"warnings\":[\"results truncated due to"
                + " limit\"]}");
    assertThat(get("/label/__name__/values?match%5B%5D=" + enc("{job=\"a\"}")).body())
        .isEqualTo("{\"status\":\"success\",\"data\":[\"up\"]}");
    assertThat(get("/label/U__service_2e_name/values").body()).contains("[\"sa\",\"sb\"]");
    assertThat(get("/label/absent/values").body())
        .isEqualTo("{\"status\":\"success\",\"data\":[]}");
    assertThat(get("/labels?start=150&end=170&match%5B%5D=other&match%5B%5D=nope").body())
        .contains("[]");
  }

  @Test
  void series_mergesSelectors_andTakesForms() {
    assertThat(
            house.door.post(
                API + "/series",
                "match[]="
                    + enc("up{job=\"a\"}")
                    + "&match[]="
                    + enc("{__name__=~\"u.|other\",job!=\"b\"}")))
        .isEqualTo(
            new Reply(
                200,
                "{\"status\":\"success\",\"data\":[{\"__name__\":\"other\"},"
                    + "{\"__name__\":\"up\",\"job\":\"a\",\"service.name\":\"sa\"}]}"));
    assertThat(
            house
                .door
                .post(API + "/series", "match[]=" + enc("{__name__!=\"\"}") + "&limit=2")
                .body())
        .contains("results truncated due to limit");
  }

  @Test
  void metadata_limitsFamilies() {
    assertThat(get("/metadata?limit=40000").body())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"other\":[{\"type\":\"counter\",\"help\":\"O\",\"unit\":\"s\"}],"
                + "\"up\":[{\"type\":\"gauge\",\"help\":\"Up\",\"unit\":\"\"}]}}");
    assertThat(get("/metadata?metric=up").body()).contains("\"up\"").doesNotContain("other");
    assertThat(get("/metadata?limit=1").body()).doesNotContain("\"up\"");
  }

  /// Grafana's probe sends milliseconds where seconds belong.
  @Test
  void exemplars_takeSillyTimes() {
    assertThat(get("/query_exemplars?query=test&start=1700000000000&end=1700000060000"))
        .isEqualTo(new Reply(200, "{\"status\":\"success\",\"data\":[]}"));
  }

  @Test
  void cardinality_countsTheHead() {
    assertThat(get("/cardinality/label_names").body())
        .isEqualTo(
            "{\"label_values_count_total\":6,\"label_names_count\":3,\"cardinality\":["
                + "{\"label_name\":\"__name__\",\"label_values_count\":2},"
                + "{\"label_name\":\"job\",\"label_values_count\":2},"
                + "{\"label_name\":\"service.name\",\"label_values_count\":2}]}");
    assertThat(get("/cardinality/label_values?label_names%5B%5D=job&limit=1").body())
        .isEqualTo(
            "{\"series_count_total\":3,\"labels\":[{\"label_name\":\"job\",\"label_values_count\":2,"
                + "\"series_count\":2,\"cardinality\":[{\"label_value\":\"a\",\"series_count\":1}]}]}");
    assertThat(get("/cardinality/active_series?selector=other").body())
        .isEqualTo("{\"data\":[{\"__name__\":\"other\"}]}");
    assertThat(get("/cardinality/active_native_histogram_metrics?selector=h").body())
        .isEqualTo(
            "{\"data\":[{\"metric\":\"h\",\"series_count\":2,\"bucket_count\":11,"
                + "\"avg_bucket_count\":5.5,\"min_bucket_count\":4,\"max_bucket_count\":7}]}");
  }

  @Test
  void status_asClientsProbeIt() {
    for (String path : List.of("/prometheus/api/v1/status/buildinfo", "/api/v1/status/buildinfo")) {
      assertThat(house.door.get(path).body())
          .contains(
              "\"application\":\"Grafana Mimir\"",
              "\"version\":\"0.1.0\"",
              "\"federated_rules\":\"false\"");
    }
    assertThat(get("/status/flags").status()).isEqualTo(404);
    assertThat(house.door.get("/api/v2/status").status()).isEqualTo(404);
    assertThat(get("/rules").body()).isEqualTo("{\"status\":\"success\",\"data\":{\"groups\":[]}}");
    assertThat(get("/alerts").body())
        .isEqualTo("{\"status\":\"success\",\"data\":{\"alerts\":[]}}");
    assertThat(get("/status/tsdb?limit=1").body())
        .contains("\"numSeries\":3", "\"seriesCountByMetricName\":[{\"name\":\"up\",\"value\":2}]");
    assertThat(house.door.get("/api/v1/user_limits").body())
        .isEqualTo("{\"ingestion_rate\":10000}");
    assertThat(house.door.get("/api/v1/user_stats").body())
        .isEqualTo(
            "{\"ingestionRate\":2,\"numSeries\":2,\"APIIngestionRate\":1.5,\"RuleIngestionRate\":0.5}");
  }

  @Test
  void noStoreIsHonoured() {
    String range = API + "/query_range?query=up&start=100&end=200&step=10";
    house.door.get(range);
    long once = house.runner.steps.get();
    house.door.get(range);
    assertThat(house.runner.steps).hasValue(once);
    house.door.call("GET", range, "", Map.of("cache-control", "no-store"), new byte[0]);
    assertThat(house.runner.steps).hasValue(2 * once);
    house.door.get(range + "&nocache=1");
    assertThat(house.runner.steps).hasValue(3 * once);
    house.door.get(range + "&nocache=0");
    assertThat(house.runner.steps).hasValue(3 * once);
  }

  @Test
  void textOfQueries_isFormattedAndParsed() {
    assertThat(get("/format_query?query=" + enc("sum  by(job)(rate(up[5m]))")).body())
        .isEqualTo("{\"status\":\"success\",\"data\":\"sum by (job) (rate(up[5m]))\"}");
    assertThat(get("/parse_query?query=" + enc("up")).body())
        .startsWith("{\"status\":\"success\",\"data\":{")
        .contains("\"type\":\"vectorSelector\"");
    assertThat(get("/format_query?query=" + enc("sum(")).status()).isEqualTo(400);
  }

  /// `up{job="a"}` from 0 to 200 s, as protobuf: the sampled answer holds the labels and samples.
  @Test
  void remoteRead_answersSamplesAndChunks() throws Exception {
    byte[] samples = remoteRead(0);
    byte[] plain = Snappy.uncompress(samples);
    assertThat(new String(plain, StandardCharsets.ISO_8859_1))
        .contains("up", "job", "service.name");
    byte[] chunks = remoteRead(1);
    assertThat(chunks.length).isGreaterThan(20);
    assertThat(new String(chunks, StandardCharsets.ISO_8859_1)).contains("up", "job");
    assertThat(
            house
                .door
                .raw("POST", API + "/read", "", Map.of(), new byte[] {(byte) 0xff, 1})
                .status())
        .isEqualTo(400);
  }

  private byte[] remoteRead(int responseType) {
    var request = new ProtoWriter();
    int query = request.begin(1);
    request.varint(2, 200_000);
    int matcher = request.begin(3);
    request.string(2, "job");
    request.string(3, "a");
    request.end(matcher);
    request.end(query);
    request.varint(2, responseType);
    HttpReply reply = house.door.raw("POST", API + "/read", "", Map.of(), request.toByteArray());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers())
        .containsEntry(
            "content-type",
            responseType == 0
                ? "application/x-protobuf"
                : "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse");
    return FakeDoor.bytes(reply);
  }
}
