package io.foursight.queryfrontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.ByteSize;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.querylanguages.promql.eval.PromqlEngine;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeExecutorTest {
  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final String API = "/prometheus/api/v1/query_range?";

  private static QueryFrontendConfig config(Duration split, boolean cache) {
    QueryFrontendConfig d = QueryFrontendConfig.defaults();
    return new QueryFrontendConfig(
        d.queryTimeout(),
        d.maxConcurrent(),
        d.maxOutstandingRequestsPerTenant(),
        split,
        cache,
        ByteSize.ofMebibytes(8),
        d.lookbackDelta(),
        d.maxSamples(),
        d.defaultEvaluationInterval(),
        d.logQueriesLongerThan(),
        d.maxReadBodySize());
  }

  /// Whatever ranges, steps and offsets are asked in whatever order, while time goes on and samples
  /// arrive new and late: split and cached answers equal direct evaluation.
  @Test
  void splitAndCachedAnswers_equalDirectEvaluation() {
    for (long seed = 0; seed < 25; seed++) {
      var random = new Random(seed);
      var house = new House();
      var log =
          new LateWriteLog(
              (tenant, batch) -> {
                for (int s = 0; s < batch.seriesCount(); s++) {
                  for (int r = batch.sampleStart(s); r < batch.sampleEnd(s); r++) {
                    house.data.add(
                        tenant,
                        Labels.of("__name__", "m", "i", "" + (long) batch.values()[r] % 3),
                        batch.timestamps()[r],
                        batch.values()[r]);
                  }
                }
                return new MetricsWriteResult(0, 0, 0, List.of());
              },
              house.clock);
      house.open(house.runner, config(Duration.ofHours(1), true), log);
      var direct = new House();
      var directRunner = new NaiveRunner(house.data);
      direct.open(directRunner, config(Duration.ZERO, false), MetricsLateWrites.NONE);
      long steps = 0;
      for (int i = 0; i < 60; i++) {
        house.nowMillis += random.nextInt(120_000);
        direct.nowMillis = house.nowMillis;
        write(log, random, house.nowMillis);
        long step = List.of(1000L, 15_000L, 60_000L, 77_000L, 600_000L).get(random.nextInt(5));
        long end = house.nowMillis - random.nextInt(20) * 600_000L;
        end -= random.nextInt(3) == 0 ? random.nextInt(100_000) : end % step;
        long start = end - Math.min(step * random.nextInt(400), 14_400_000);
        String query = List.of("m", "m offset 20m", "m offset -5m", "3").get(random.nextInt(4));
        String url =
            API
                + "query="
                + query.replace(" ", "%20")
                + "&start="
                + start / 1000.0
                + "&end="
                + end / 1000.0
                + "&step="
                + step / 1000.0;
        url = url.replace("E9", "e9");
        FakeDoor.Reply expected = direct.door.get(url);
        assertThat(expected.status()).as(expected.body()).isEqualTo(200);
        assertThat(house.door.get(url))
            .as("seed %s query %s: %s", seed, i, url)
            .isEqualTo(expected);
        steps += directRunner.steps.get();
      }
      assertThat(house.runner.steps.get())
          .as("the cache is used, seed %s", seed)
          .isLessThan(directRunner.steps.get());
      assertThat(steps).isPositive();
    }
  }

  /// In order, delayed by a few minutes, and now and then hours late.
  private static void write(LateWriteLog log, Random random, long now) {
    var batch = new MetricsBatch(new byte[64]);
    batch.beginSeries(0, 0);
    int n = random.nextInt(5);
    var times = new ArrayList<Long>();
    for (int i = 0; i < n; i++) {
      long age = random.nextInt(12) == 0 ? random.nextInt(14_400_000) : random.nextInt(300_000);
      times.add(now - age);
    }
    times.stream().sorted().distinct().forEach(t -> batch.addSample(t, random.nextInt(1000)));
    log.write(TENANT, batch);
  }

  @Test
  void closedTimeIsAnsweredFromTheCache_untilALateSampleArrives() {
    var house = new House();
    house.data.add(TENANT, Labels.of("__name__", "m"), House.NOW - 7_200_000, 1);
    var log =
        new LateWriteLog(
            (tenant, batch) -> new MetricsWriteResult(0, 0, 0, List.of()), house.clock);
    house.open(house.runner, config(Duration.ofHours(24), true), log);
    String url =
        API
            + "query=m&step=60&start="
            + (House.NOW - 10_800_000) / 1000
            + "&end="
            + (House.NOW - 3_600_000) / 1000;
    house.door.get(url);
    long once = house.runner.steps.get();
    house.door.get(url);
    assertThat(house.runner.steps).hasValue(once);

    var late = new MetricsBatch(new byte[8]);
    late.beginSeries(0, 0);
    late.addSample(House.NOW - 9_000_000, 5);
    log.write(TENANT, late);
    house.data.add(TENANT, Labels.of("__name__", "m"), House.NOW - 9_000_000, 5);
    assertThat(house.door.get(url).body()).contains("\"5\"");
    assertThat(house.runner.steps).hasValue(2 * once);

    var other = new MetricsBatch(new byte[8]);
    other.beginSeries(0, 0);
    other.addSample(House.NOW - 9_000_000, 6);
    log.write(new TenantId("other"), other);
    house.door.get(url);
    assertThat(house.runner.steps).as("another tenant's writes change nothing").hasValue(2 * once);
  }

  @Test
  void fixedTimesAndBorders_areNotCachedOrSplit() {
    var house = new House();
    house.open(house.runner, config(Duration.ofHours(1), true), MetricsLateWrites.NONE);
    String range = "&step=60&start=1600000000&end=1600020000";
    house.door.get(API + "query=m%20@%201600000000" + range);
    long first = house.runner.runs.get();
    assertThat(first).as("split by the hour").isGreaterThan(1);
    house.door.get(API + "query=m%20@%201600000000" + range);
    assertThat(house.runner.runs).as("not cached").hasValue(2 * first);
    house.door.get(API + "query=m%20@%20start()" + range);
    assertThat(house.runner.runs).as("evaluated whole").hasValue(2 * first + 1);
  }

  /// The same with the real engine and queries that look back, ahead and into subqueries.
  @Test
  void realEngine_splitAndCached_equalsTheWhole() {
    long seed = 4711;
    var random = new Random(seed);
    var house = new House();
    for (int i = 0; i < 3; i++) {
      Labels labels = Labels.of("__name__", "m_total", "i", "" + i);
      double value = 0;
      for (long t = House.NOW - 14_400_000; t < House.NOW; t += 15_000) {
        value = random.nextInt(200) == 0 ? 0 : value + random.nextInt(10);
        if (random.nextInt(20) > 0) {
          house.data.add(TENANT, labels, t + random.nextInt(1000), value);
        }
      }
    }
    var engine = new PromqlEngine(house.data);
    house.open(engine, config(Duration.ofHours(1), true), MetricsLateWrites.NONE);
    var direct = new House();
    direct.open(engine, config(Duration.ZERO, false), MetricsLateWrites.NONE);
    List<String> queries =
        List.of(
            "m_total",
            "sum(rate(m_total[5m]))",
            "max_over_time(rate(m_total[2m])[10m:30s] offset 3m)",
            "topk(1, m_total offset -2m)",
            "m_total @ 1699995000 + on(i) m_total",
            "m_total - m_total @ start()",
            "absent(m_total{i=\"9\"})",
            "count_values(\"v\", m_total % 3)",
            "sum by (i) (increase(m_total[1h])) > 100",
            "time() % 100");
    for (int i = 0; i < 120; i++) {
      String query = queries.get(random.nextInt(queries.size()));
      long step = List.of(15L, 60L, 300L).get(random.nextInt(3));
      long end = (House.NOW / 1000 - random.nextInt(3600)) / step * step;
      long start = end - step * random.nextInt((int) (10_000 / step));
      String url =
          API
              + "query="
              + URLEncoder.encode(query, StandardCharsets.UTF_8)
              + "&start="
              + start
              + "&end="
              + end
              + "&step="
              + step;
      FakeDoor.Reply expected = direct.door.get(url);
      assertThat(expected.status()).as(expected.body()).isEqualTo(200);
      assertThat(house.door.get(url)).as("seed %s, %s: %s", seed, i, query).isEqualTo(expected);
    }
  }
}
