package io.foursight.queryfrontend.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Sample;
import io.foursight.model.logs.LogsQueryResult.Scalar;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsQueryRunner.Request;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.StreamVolume;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.FakeDoor.Reply;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bytes that Grafana, Logs Drilldown and logcli parse.
class LogsReadApiTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String API = "/loki/api/v1/";

  /// `[10 s, 20 s)`, as most of these tests ask.
  private static final String RANGE = "&start=10&end=20";

  private final FakeDoor door = new FakeDoor();
  private final FixedLogs logs = new FixedLogs();
  private LogsQueryResult result = result(new Streams(List.of()));
  private Request asked;

  /// Two streams and what is known about them.
  private static final class FixedLogs implements LogsSource {
    private static final List<Labels> SERIES =
        List.of(
            Labels.of("app", "a", "pod", "9f3c2c1e-0000-4000-8000-000000000001"),
            Labels.of("app", "b", "pod", "9f3c2c1e-0000-4000-8000-000000000002"));
    LogsSelect select;

    @Override
    public LogsCursor select(LogsSelect s) {
      return LogsCursor.empty();
    }

    @Override
    public List<Labels> series(LogsSelect s) {
      select = s;
      return SERIES.stream()
          .filter(l -> s.matchers().stream().allMatch(m -> m.matches(l.get(m.name()))))
          .toList();
    }

    @Override
    public List<String> labelNames(LogsSelect s) {
      return series(s).isEmpty() ? List.of() : List.of("app", "pod");
    }

    @Override
    public List<String> labelValues(String label, LogsSelect s) {
      var values = new TreeSet<String>();
      series(s).forEach(l -> values.add(l.get(label)));
      values.remove("");
      return List.copyOf(values);
    }

    @Override
    public LogsStats stats(LogsSelect s) {
      select = s;
      return new LogsStats(4, 9, 81_234, 650);
    }

    @Override
    public List<StreamVolume> volumes(LogsSelect s, long stepNanos) {
      select = s;
      return stepNanos == 0
          ? List.of(
              new StreamVolume(SERIES.get(0), new long[] {100}, new long[] {1}),
              new StreamVolume(SERIES.get(1), new long[] {250}, new long[] {2}))
          : List.of(new StreamVolume(SERIES.get(0), new long[] {7, 0, 8}, new long[] {1, 0, 1}));
    }

    @Override
    public List<LogsPattern> patterns(LogsSelect s, long stepNanos, int limit) {
      select = s;
      return List.of(
          new LogsPattern("user <_> in", "info", new long[] {12, 0, 3}),
          new LogsPattern("<_> done", "", new long[] {0, 1, 0}));
    }
  }

  @BeforeEach
  void open() {
    new LogsQueryFrontend(
        new LogsQueryFrontend.Ports(
            request -> {
              asked = request;
              return result;
            },
            tenants -> logs,
            (tenant, range) -> 0,
            request -> {
              throw new FoursightException(ErrorKind.UNIMPLEMENTED, "no tails here");
            },
            tenant ->
                Map.of(
                    "max_query_series",
                    500,
                    "volume_enabled",
                    true,
                    "retention_period",
                    "30d",
                    "unknown_to_drilldown",
                    1)),
        QueryFrontendConfig.defaults(),
        tenant -> LogsQueryLimits.defaults(),
        new BuildInfo("1.2.3", "abc", "main", "2026-01-01"),
        door,
        Clock.fixed(Instant.ofEpochSecond(3600), ZoneOffset.UTC),
        new SimpleMeterRegistry());
  }

  private static LogsQueryResult result(LogsQueryResult.Value value) {
    return new LogsQueryResult(value, List.of(), Statistics.NONE);
  }

  private Reply get(String path) {
    return door.get(API + path.replace("{", "%7B").replace("}", "%7D").replace("\"", "%22"));
  }

  /// The body without statistics, which hold times.
  private String body(String path) {
    Reply reply = get(path);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.body().replaceAll(",\"stats\":\\{.*\\}\\}\\}$", ",STATS}}");
  }

  private static Entry entry(long nanos, String line, Labels metadata, Labels parsed) {
    return new Entry(nanos, line.getBytes(StandardCharsets.UTF_8), metadata, parsed);
  }

  private static Streams streams() {
    return new Streams(
        List.of(
            new Stream(
                Labels.of("app", "a"),
                List.of(
                    entry(
                        11 * SECOND,
                        "<msg=\"hi\">",
                        Labels.of("trace_id", "ab"),
                        Labels.of("msg", "hi")),
                    entry(12 * SECOND, "bare", Labels.EMPTY, Labels.EMPTY)))));
  }

  @Test
  void streams_foldAllLabelsUnlessAskedToKeepThemApart() {
    result = result(streams());
    assertThat(body("query_range?query={app=\"a\"}" + RANGE))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":["
                + "{\"stream\":{\"app\":\"a\"},\"values\":[[\"12000000000\",\"bare\"]]},"
                + "{\"stream\":{\"app\":\"a\",\"msg\":\"hi\",\"trace_id\":\"ab\"},\"values\":"
                + "[[\"11000000000\",\"\\u003cmsg=\\\"hi\\\"\\u003e\"]]}"
                + "],STATS}}");
    Reply categorized =
        door.call(
            "GET",
            API + "query_range?query=%7Bapp=%22a%22%7D" + RANGE,
            "",
            Map.of("x-loki-response-encoding-flags", "categorize-labels"),
            new byte[0]);
    assertThat(categorized.body())
        .startsWith(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\","
                + "\"encodingFlags\":[\"categorize-labels\"],\"result\":["
                + "{\"stream\":{\"app\":\"a\"},\"values\":["
                + "[\"11000000000\",\"\\u003cmsg=\\\"hi\\\"\\u003e\","
                + "{\"structuredMetadata\":{\"trace_id\":\"ab\"},\"parsed\":{\"msg\":\"hi\"}}],"
                + "[\"12000000000\",\"bare\",{}]]}],\"stats\":{\"summary\":{");
  }

  @Test
  void metricAnswers_areThoseOfPrometheus() {
    result =
        result(
            new Matrix(
                List.of(
                    new Series(
                        Labels.of("app", "a"),
                        new long[] {10 * SECOND, 15 * SECOND},
                        new double[] {0.5, Double.NaN}))));
    assertThat(body("query_range?query=rate({app=\"a\"}[5s])&step=5" + RANGE))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                + "{\"metric\":{\"app\":\"a\"},\"values\":[[10,\"0.5\"],[15,\"NaN\"]]}],STATS}}");
    result = result(new Vector(List.of(new Sample(Labels.EMPTY, 1_500_000_000L, 3))));
    assertThat(body("query?query=sum(rate({app=\"a\"}[5s]))&time=1.5"))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{},\"value\":[1.500,\"3\"]}],STATS}}");
    result = result(new Scalar(2 * SECOND, 2));
    assertThat(body("query?query=1%2B1&time=2"))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[2,\"2\"],"
                + "STATS}}");
  }

  @Test
  void steps_areAlignedOnceAtTheDoor() {
    get("query_range?query=rate({app=\"a\"}[5s])&step=7&start=10&end=20");
    assertThat(asked.startNanos()).isEqualTo(7 * SECOND);
    assertThat(asked.endNanos()).isEqualTo(21 * SECOND);
    get("query_range?query={app=\"a\"}&step=7&start=10&end=20");
    assertThat(asked.startNanos()).isEqualTo(10 * SECOND);
    assertThat(asked.endNanos()).isEqualTo(20 * SECOND);
  }

  @Test
  void labelsAndSeries_areListed() {
    assertThat(body("labels?x=1" + RANGE))
        .isEqualTo("{\"status\":\"success\",\"data\":[\"app\",\"pod\"]}");
    assertThat(logs.select.startNanos()).isEqualTo(10 * SECOND);
    assertThat(body("labels?query={app=\"nobody\"}" + RANGE)).isEqualTo("{\"status\":\"success\"}");
    assertThat(body("label/app/values?query={app!=\"b\"}" + RANGE))
        .isEqualTo("{\"status\":\"success\",\"data\":[\"a\"]}");
    assertThat(body("series?match[]={app=\"b\"}&match[]={app=~\"b|c\"}" + RANGE))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":[{\"app\":\"b\","
                + "\"pod\":\"9f3c2c1e-0000-4000-8000-000000000002\"}]}");
    assertThat(body("series?x=1" + RANGE)).contains("\"app\":\"a\"").contains("\"app\":\"b\"");
  }

  @Test
  void detectedLabels_leaveIdsOut_butNotOfPods() {
    assertThat(body("detected_labels?query=" + RANGE))
        .isEqualTo(
            "{\"detectedLabels\":[{\"label\":\"app\",\"cardinality\":2},"
                + "{\"label\":\"pod\",\"cardinality\":2}]}");
  }

  @Test
  void statsVolumesAndPatterns_haveLokisShapes() {
    assertThat(body("index/stats?query={app=\"a\"}" + RANGE))
        .isEqualTo("{\"streams\":4,\"chunks\":9,\"bytes\":81234,\"entries\":650}");
    assertThat(body("index/volume?query={app=~\".%2B\"}" + RANGE))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"app\":\"b\"},\"value\":[20,\"250\"]},"
                + "{\"metric\":{\"app\":\"a\"},\"value\":[20,\"100\"]}],STATS}}");
    assertThat(body("index/volume?query={app=~\".%2B\"}&limit=1&aggregateBy=labels" + RANGE))
        .contains("[{\"metric\":{\"app\":\"\"},\"value\":[20,\"350\"]}]");
    // Buckets end at multiples of the step, and are named by their last millisecond.
    String range = "index/volume_range?query={app=\"a\"}&step=4&targetLabels=app&end=20&start=";
    assertThat(body(range + 8))
        .contains(
            "\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"app\":\"a\"},"
                + "\"values\":[[11.999,\"7\"],[20,\"8\"]]}]");
    assertThat(body(range + 10))
        .contains("{\"metric\":{\"app\":\"a\"},\"values\":[[11.999,\"100\"],[15.999,\"7\"],");
    assertThat(body("patterns?query={app=\"a\"}&step=4" + RANGE))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":["
                + "{\"pattern\":\"user \\u003c_\\u003e in\",\"level\":\"info\","
                + "\"samples\":[[10,12],[18,3]]},"
                + "{\"pattern\":\"\\u003c_\\u003e done\",\"level\":\"\",\"samples\":[[14,1]]}]}");
  }

  @Test
  void detectedFields_areTypedWithTheirParsers() {
    result =
        result(
            new Streams(
                List.of(
                    new Stream(
                        Labels.of("app", "a"),
                        List.of(
                            entry(
                                11 * SECOND,
                                "{\"http\":{\"status\":200},\"took\":\"1.5s\"}",
                                Labels.of("trace_id", "ab"),
                                Labels.EMPTY))))));
    assertThat(body("detected_fields?query={app=\"a\"}" + RANGE))
        .contains(
            "{\"label\":\"http_status\",\"type\":\"int\",\"cardinality\":1,"
                + "\"parsers\":[\"json\"],\"jsonPath\":[\"http\",\"status\"]}")
        .contains("{\"label\":\"took\",\"type\":\"duration\",\"cardinality\":1")
        .contains("{\"label\":\"trace_id\",\"type\":\"string\",\"cardinality\":1,\"parsers\":null}")
        .endsWith("],\"limit\":1000}");
    assertThat(body("detected_field/http_status/values?query={app=\"a\"}" + RANGE))
        .isEqualTo("{\"values\":[\"200\"],\"limit\":1000}");
  }

  @Test
  void formatQuery_answersTextOrWhyNot() {
    assertThat(
            body("format_query?query={app = \"a\"}|=\"x\"".replace(" ", "%20").replace("|", "%7C")))
        .isEqualTo("{\"status\":\"success\",\"data\":\"{app=\\\"a\\\"} |= \\\"x\\\"\"}");
    Reply bad = get("format_query?query={app");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.body()).startsWith("{\"status\":\"invalid-query\",\"error\":\"parse error");
  }

  @Test
  void drilldownLimitsAndBuild_areBare() {
    assertThat(body("drilldown-limits"))
        .isEqualTo(
            "{\"limits\":{\"max_query_series\":500,\"retention_period\":\"30d\","
                + "\"volume_enabled\":true},\"pattern_ingester_enabled\":true,"
                + "\"version\":\"1.2.3\"}");
    assertThat(body("status/buildinfo")).startsWith("{\"version\":\"1.2.3\",\"revision\":\"abc\"");
  }

  @Test
  void dottedNames_areAskedAsTheyAreAnswered() {
    get("query_range?query={service.name=\"a.b\"}" + RANGE);
    assertThat(asked.query()).isEqualTo("{service_name=\"a.b\"}");
  }

  /// What Grafana looks for in the texts of errors, and what makes clients give up or try again.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "query?query=[app=x]; log queries are not supported as an instant query type",
        "query_range?query=[app=x]&limit=6000; max entries limit per query exceeded, limit >"
            + " max_entries_limit_per_query (6000 > 5000)",
        "query_range?query=[app=x]&limit=1000000000; max entries limit per query exceeded",
        "query_range?query=[app=x]&limit=0; limit must be a positive value",
        "query_range?query=[app=x]&start=20&end=10; end timestamp must not be before",
        "query_range?query=[app=x]&start=0&end=9000000000; the query time range exceeds the limit"
            + " (query length:",
        "query_range?query=[app=x]&start=-9223372036854775807&end=9223372036854775807; the query"
            + " time range exceeds the limit",
        "query_range?query=rate([app=x][5m])&start=0&end=99999&step=1; exceeded maximum resolution"
            + " of 11,000 points",
        "query_range?query=rate([app=x][5m])&step=-1; zero or negative query resolution step",
        "query_range?query=[app=x]&direction=up; invalid parameter \"direction\"",
        "query_range?query=[app=x]&start=soon; invalid parameter \"start\"",
        "query_range?query=nonsense; parse error",
        "query_range?query=[]; queries require at least one regexp or equality matcher",
        "labels?query=rate([app=x][5m]); only label matchers are supported",
        "index/volume?query=[app=x]&aggregateBy=moon; invalid parameter \"aggregateBy\"",
      })
  void whatIsWrong_isSaidIn400(String path, String text) {
    Reply reply =
        get(
            path.replaceFirst("\\[app=x\\]", "{app=\"x\"}")
                .replace("[]", "{}")
                .replace(" ", "%20"));
    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.body()).contains(text);
  }
}
