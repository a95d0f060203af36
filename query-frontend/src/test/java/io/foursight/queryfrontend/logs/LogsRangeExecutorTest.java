package io.foursight.queryfrontend.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsDeletions.Deletion;
import io.foursight.queryfrontend.FakeDoor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Split, sharded and cached answers are those of one evaluation.
class LogsRangeExecutorTest {
  private static final String API = "/loki/api/v1/query_range?";
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  private static final List<String> METRICS =
      List.of(
          "sum by (app) (count_over_time({app=~\".+\"}[5m]))",
          "rate({app=\"a\"} |= \"x\"[2m])",
          "count_over_time({app=~\".+\"}[7m] offset 20m)",
          "sum(bytes_rate({app=~\".+\"}[3m] offset -5m))",
          "topk(1, sum by (app) (count_over_time({app=~\".+\"}[10m])))",
          "sum by (n) (sum_over_time({app=\"b\"} | logfmt | unwrap n [5m])) > 3",
          "quantile_over_time(0.5, {app=\"b\"} | logfmt | unwrap n [15m]) by (app)",
          "absent_over_time({app=\"c\"} |= \"n=7\" [4m])",
          "count_over_time({app=\"a\"}[5m]) / on() group_left"
              + " sum(count_over_time({app=~\".+\"}[5m]))",
          "label_replace(rate({app=\"a\"}[5m]), \"b\", \"$1\", \"app\", \"(.*)\")",
          "sum by (n) (count_over_time({app=~\".+\"} | logfmt [1h]))",
          "vector(3)",
          "{app=~\".+\"} |= \"x\"",
          "{app=\"b\"} | logfmt | n > 5",
          "{app=~\".+\"}");

  private static String url(String query, long start, long end, long step, String more) {
    return API
        + "query="
        + URLEncoder.encode(query, StandardCharsets.UTF_8)
        + "&start="
        + start * 1_000_000
        + "&end="
        + end * 1_000_000
        + "&step="
        + step / 1000.0
        + more;
  }

  private static FakeDoor.Reply ask(LogsHouse house, String url) {
    FakeDoor.Reply reply = house.door.get(url);
    return new FakeDoor.Reply(
        reply.status(), reply.body().replaceAll(",\"stats\":\\{.*\\}\\}\\}$", ",STATS}}"));
  }

  /// Whatever ranges, steps, offsets, limits and directions are asked in whatever order, while time
  /// goes on, entries arrive new and late, and some are deleted.
  @Test
  void splitAndCachedAnswers_equalDirectEvaluation() {
    for (long seed = 0; seed < 12; seed++) {
      var random = new Random(seed);
      var data = new ListedLogs();
      var house = new LogsHouse(data, Duration.ofHours(1), seed % 3 == 0 ? 500 : 1 << 30);
      var direct = new LogsHouse(data, Duration.ZERO, 0);
      var used = new ArrayList<Long>();
      for (int i = 0; i < 400; i++) {
        house.write(stream(random), house.nowMillis - random.nextLong(6 * HOUR), line(random));
      }
      for (int i = 0; i < 60; i++) {
        house.nowMillis += random.nextInt(120_000);
        direct.nowMillis = house.nowMillis;
        for (int n = random.nextInt(4); n > 0; n--) {
          long age = random.nextInt(10) == 0 ? random.nextLong(4 * HOUR) : random.nextLong(MINUTE);
          // One time, one entry: which of two comes first is not said anywhere.
          long time = house.nowMillis - age;
          if (!used.contains(time)) {
            used.add(time);
            house.write(stream(random), time, line(random));
          }
        }
        if (random.nextInt(15) == 0) {
          long from = (house.nowMillis - random.nextLong(4 * HOUR)) * 1_000_000;
          var more = new ArrayList<>(house.deletions);
          more.add(new Deletion("d" + i, "{app=\"a\"} |= \"1\"", from, from + 600_000_000_000L));
          house.deletions = List.copyOf(more);
          direct.deletions = house.deletions;
        }
        String query = METRICS.get(random.nextInt(METRICS.size()));
        long step = List.of(15_000L, MINUTE, 77_000L, 10 * MINUTE).get(random.nextInt(4));
        long end = house.nowMillis - random.nextInt(20) * 10 * MINUTE;
        long start = end - Math.min(step * random.nextInt(300), 5 * HOUR);
        String more =
            "&limit="
                + List.of(1, 5, 50, 1000).get(random.nextInt(4))
                + (random.nextBoolean() ? "&direction=forward" : "")
                + (random.nextInt(10) == 0 ? "&interval=90" : "");
        String url = url(query, start, end, step, more);
        FakeDoor.Reply expected = ask(direct, url);
        assertThat(ask(house, url))
            .as("seed %s query %s: %s %s", seed, i, query, url)
            .isEqualTo(expected);
      }
      assertThat(house.steps.get())
          .as("the cache is used, seed %s", seed)
          .isLessThan(direct.steps.get());
    }
  }

  private static Labels stream(Random random) {
    return Labels.of(
        "app", List.of("a", "b").get(random.nextInt(2)), "pod", "p" + random.nextInt(3));
  }

  private static String line(Random random) {
    return "level=info n=" + random.nextInt(10) + (random.nextInt(3) == 0 ? " x" : "");
  }

  @Test
  void closedTimeIsAnsweredFromTheCache_untilALateEntryOrADeletion() {
    var house = new LogsHouse(new ListedLogs(), Duration.ofHours(24), 1 << 30);
    long then = LogsHouse.NOW - 2 * HOUR;
    Labels stream = Labels.of("app", "a");
    house.write(stream, then, "one");
    String url = url("sum(count_over_time({app=\"a\"}[5m]))", then - HOUR, then + HOUR, MINUTE, "");
    String first = ask(house, url).body();
    assertThat(first).contains("\"1\"");
    long once = house.steps.get();
    assertThat(ask(house, url).body()).isEqualTo(first);
    assertThat(house.steps).hasValue(once);
    house.write(stream, then + 1, "two");
    assertThat(ask(house, url).body()).contains("\"2\"");
    assertThat(house.steps).hasValue(2 * once);
    house.deletions =
        List.of(new Deletion("d", "{app=\"a\"} |= \"one\"", then * 1_000_000, then * 1_000_000));
    assertThat(ask(house, url).body()).isEqualTo(first.replace("\"1\"", "\"1\"")).contains("\"1\"");
    assertThat(house.steps).hasValue(3 * once);
    house.door.call("GET", url, "", Map.of("cache-control", "no-cache"), new byte[0]);
    assertThat(house.steps).as("a client may ask past the cache").hasValue(4 * once);
  }

  @Test
  void whatIsYoungerThanTheFreshness_isEvaluatedEachTime() {
    var house = new LogsHouse(new ListedLogs(), Duration.ofHours(24), 1 << 30);
    long now = LogsHouse.NOW / MINUTE * MINUTE;
    String url = url("sum(rate({app=\"a\"}[1m]))", now - HOUR, now, MINUTE, "");
    ask(house, url);
    long once = house.steps.get();
    ask(house, url);
    assertThat(house.steps.get() - once).isBetween(9L, 12L);
  }

  @Test
  void queriesThatAskForTheClock_areNotCached() {
    var house = new LogsHouse(new ListedLogs(), Duration.ofHours(24), 1 << 30);
    house.write(Labels.of("app", "a"), LogsHouse.NOW - 2 * HOUR, "one");
    String query =
        "sum by (t) (count_over_time({app=\"a\"} | label_format t=`{{ now | unixEpoch }}` [5m]))";
    String url = url(query, LogsHouse.NOW - 3 * HOUR, LogsHouse.NOW - HOUR, MINUTE, "");
    ask(house, url);
    long once = house.steps.get();
    ask(house, url);
    assertThat(house.steps).hasValue(2 * once);
  }

  /// The bound holds for all parts together, and its error is the same whether it is cut or not.
  @Test
  void tooManySeries_areAnErrorOfTheWhole() {
    var data = new ListedLogs();
    var house = new LogsHouse(data, Duration.ofHours(1), 1 << 30);
    var direct = new LogsHouse(data, Duration.ZERO, 0);
    for (int i = 0; i < 30; i++) {
      house.write(Labels.of("app", "s" + i), LogsHouse.NOW - i * 10 * MINUTE, "x");
    }
    String url =
        url(
            "count_over_time({app=~\".+\"}[1m])",
            LogsHouse.NOW - 6 * HOUR,
            LogsHouse.NOW,
            MINUTE,
            "");
    assertThat(ask(house, url)).isEqualTo(ask(direct, url));
    assertThat(ask(house, url).status()).isEqualTo(400);
    Map<String, String> drilldown = Map.of("x-query-tags", "Source=grafana-lokiexplore-app");
    String partial = house.door.call("GET", url, "", drilldown, new byte[0]).body();
    assertThat(partial).contains("\"warnings\":[\"maximum number of series (20) reached");
    assertThat(partial.replaceAll(",\"stats\":.*", ""))
        .isEqualTo(
            direct
                .door
                .call("GET", url, "", drilldown, new byte[0])
                .body()
                .replaceAll(",\"stats\":.*", ""));
  }

  /// A query whose answer is near does not read the rest of its time.
  @Test
  void enoughEntries_endTheSearch() {
    var house = new LogsHouse(new ListedLogs(), Duration.ofHours(1), 1 << 30);
    for (int i = 0; i < 48; i++) {
      house.write(Labels.of("app", "a"), LogsHouse.NOW - i * HOUR, "x");
    }
    String url =
        url("{app=\"a\"}", LogsHouse.NOW - 48 * HOUR, LogsHouse.NOW + 1, MINUTE, "&limit=1");
    assertThat(ask(house, url).body()).contains("" + LogsHouse.NOW * 1_000_000);
    assertThat(house.runs).hasValue(1);
    ask(house, url.replace("limit=1", "limit=100"));
    assertThat(house.runs.get()).isBetween(49L, 51L);
  }
}
