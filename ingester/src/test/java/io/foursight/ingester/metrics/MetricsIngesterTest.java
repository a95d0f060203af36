package io.foursight.ingester.metrics;

import static io.foursight.ingester.metrics.IngesterFixture.T0;
import static io.foursight.ingester.metrics.IngesterFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsCardinality.Scope;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What senders are told, and the corners of the time line.
class MetricsIngesterTest {
  @TempDir Path directory;
  private IngesterFixture fixture;

  @BeforeEach
  void open() {
    fixture = new IngesterFixture(directory.resolve("a")).open();
  }

  @AfterEach
  void stop() {
    fixture.stop();
  }

  @Test
  void sameTimestampAndValue_isSuccess_anotherValueIsRefusedWithItsText() {
    fixture.batch().series("__name__", "up", "a", "b").sample(T0 + 5, 1).write();
    var again =
        fixture
            .batch()
            .series("__name__", "up", "a", "b")
            .sample(T0 + 5, 1)
            .sample(T0 + 5, 2)
            .sample(T0 + 6, 3)
            .write();
    assertThat(again.samples()).isEqualTo(2);
    assertThat(again.rejections()).hasSize(1);
    Rejection refused = again.rejections().getFirst();
    assertThat(refused.reason()).isEqualTo("sample_duplicate_timestamp");
    assertThat(refused.kind()).isEqualTo(ErrorKind.BAD_DATA);
    assertThat(refused.message())
        .contains("duplicate sample for timestamp")
        .contains("err-mimir-sample-duplicate-timestamp")
        .contains("a=\"b\"");
  }

  @Test
  void seriesOverTheLimit_areRefused_oldOnesGoOn() {
    fixture.limits = new MetricsLimits(2, 0, 0, 0, 10, Duration.ZERO);
    var writer = fixture.batch();
    for (int i = 0; i < 5; i++) {
      writer.series("__name__", "m", "i", "" + i).sample(T0 + 1, i).sample(T0 + 2, i);
    }
    MetricsWriteResult result = writer.write();
    assertThat(result.samples()).isEqualTo(4);
    assertThat(result.rejections()).hasSize(1);
    assertThat(result.rejections().getFirst().count()).isEqualTo(6);
    assertThat(result.rejections().getFirst().message())
        .contains("per-user series limit of 2 exceeded")
        .contains("err-mimir-max-series-per-user");
    var kept = fixture.read(TimeRange.ALL).keySet();
    assertThat(kept).hasSize(2);
    for (Labels labels : kept) {
      var more = fixture.batch().series("__name__", "m", "i", labels.get("i")).sample(T0 + 3, 0);
      assertThat(more.write().samples()).isEqualTo(1);
    }
    // The limit is the tenant's own.
    var other = fixture.batch().series("__name__", "m", "i", "9").sample(T0 + 3, 0);
    assertThat(other.write(new TenantId("other")).samples()).isEqualTo(1);
  }

  /// A series that goes on over the edge of two hours is one series.
  @Test
  void seriesInSeveralRanges_countOnce_untilTheyAreGone() {
    long next = T0 + HeadRange.DURATION_MILLIS;
    fixture.batch().series("__name__", "m", "i", "0").sample(T0, 1).write();
    fixture.limits = new MetricsLimits(2, 0, 0, 0, 10, Duration.ZERO);
    fixture.batch().series("__name__", "m", "i", "1").sample(T0, 1).write();
    assertThat(written(next, "0")).isEqualTo(1);
    assertThat(written(next, "1")).isEqualTo(1);
    assertThat(written(next, "2")).as("the third series").isZero();
    assertThat(written(T0 + 1, "2")).as("in whatever range").isZero();

    assertThat(fixture.flusher.flush(Optional.empty())).isTrue();
    assertThat(fixture.read(TimeRange.ALL)).isEmpty();
    assertThat(written(next + 1, "2")).isEqualTo(1);
    assertThat(written(next + 1, "3")).isEqualTo(1);
    assertThat(written(next + 1, "4")).isZero();
  }

  private int written(long time, String i) {
    return fixture.batch().series("__name__", "m", "i", i).sample(time, 1).write().samples();
  }

  @Test
  void seriesOfOneMetricOverTheLimit_areRefused_alsoWhenTheLimitComesLater() {
    fixture.batch().series("__name__", "m", "i", "0").sample(T0 + 1, 1).write();
    fixture.limits = new MetricsLimits(0, 2, 0, 0, 10, Duration.ZERO);
    var result =
        fixture
            .batch()
            .series("__name__", "m", "i", "1")
            .sample(T0 + 1, 1)
            .series("__name__", "m", "i", "2")
            .sample(T0 + 1, 1)
            .series("__name__", "n", "i", "2")
            .sample(T0 + 1, 1)
            .write();
    assertThat(result.samples()).isEqualTo(2);
    assertThat(result.rejections().getFirst().message())
        .contains("per-metric series limit of 2 exceeded")
        .contains("err-mimir-max-series-per-metric");
  }

  @Test
  void samplesOlderThanTheWindow_areRefused_whenThereIsOne() {
    fixture.limits = new MetricsLimits(0, 0, 0, 0, 10, Duration.ofMinutes(10));
    fixture.batch().series("__name__", "m").sample(T0 + 3_000_000, 1).write();
    var result =
        fixture
            .batch()
            .series("__name__", "n")
            .sample(T0 + 3_000_000 - 600_000, 1)
            .sample(T0 + 3_000_000 - 600_001, 1)
            .write();
    assertThat(result.samples()).isEqualTo(1);
    assertThat(result.rejections().getFirst().message())
        .contains("err-mimir-sample-timestamp-too-old");
  }

  @Test
  void timesAtTheEdgesOfRangesAndOfLong_comeBack() throws Exception {
    long[] times = {
      Long.MAX_VALUE,
      Long.MAX_VALUE - 1,
      Long.MIN_VALUE + 7_200_000L,
      -1,
      0,
      1,
      T0 - 1,
      T0,
      T0 + 7_199_999,
      T0 + 7_200_000
    };
    var writer = fixture.batch().series("__name__", "edge");
    for (long t : times) {
      writer.sample(t, t);
    }
    writer.sample(Long.MIN_VALUE, 1);
    var result = writer.write();
    assertThat(result.samples()).isEqualTo(times.length);
    assertThat(result.rejections().getFirst().count()).isEqualTo(1);
    for (int life = 0; life < 2; life++) {
      var rows = fixture.read(TimeRange.ALL).get(Labels.of("__name__", "edge"));
      assertThat(rows).hasSize(times.length);
      for (long t : times) {
        assertThat(rows.get(t)).isEqualTo(Double.doubleToRawLongBits(t));
        assertThat(fixture.read(new TimeRange(t, t)).values().iterator().next())
            .containsOnlyKeys(t);
      }
      fixture = fixture.crash();
    }
  }

  @Test
  void histogramsAndFloats_startTimestampsAndLateOnes_comeBackAsSentAlsoAfterACrash()
      throws Exception {
    var writer = fixture.batch().series("__name__", "h");
    NativeHistogram[] sent = new NativeHistogram[40];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = histogram(i);
      writer.batch.addHistogram(T0 + i * 1000L, i % 3 == 0 ? 0 : T0 - 5 - i, sent[i]);
    }
    assertThat(writer.write().histograms()).isEqualTo(sent.length);
    var late = fixture.batch().series("__name__", "h").sample(T0 + 500, 7);
    late.batch.addHistogram(T0 + 1500, 0, sent[0]);
    late.batch.addHistogram(T0 + 2000, 0, sent[2]); // the same again
    late.batch.addHistogram(T0 + 3000, 0, sent[4]); // another value
    var result = late.write();
    assertThat(result.samples()).isEqualTo(1);
    assertThat(result.histograms()).isEqualTo(2);
    assertThat(result.rejections()).hasSize(1);
    for (int life = 0; life < 2; life++) {
      var columns = only(TimeRange.ALL);
      assertThat(columns.size()).isEqualTo(sent.length + 2);
      int found = 0;
      for (int row = 0; row < columns.size(); row++) {
        long offset = columns.timestamp(row) - T0;
        if (offset == 500) {
          assertThat(columns.isHistogram(row)).isFalse();
          assertThat(columns.value(row)).isEqualTo(7);
        } else if (offset % 1000 == 0) {
          int i = (int) (offset / 1000);
          assertThat(columns.histogram(row)).isEqualTo(sent[i]);
          assertThat(columns.startTimestamp(row)).isEqualTo(i % 3 == 0 ? 0 : T0 - 5 - i);
          found++;
        }
      }
      assertThat(found).isEqualTo(sent.length);
      assertThat(fixture.metrics.activeNativeHistograms(TENANT, List.of(), QueryBudget.unlimited()))
          .singleElement()
          .satisfies(h -> assertThat(h.buckets()).isEqualTo(sent[39].bucketCount()));
      fixture = fixture.crash();
    }
  }

  private static NativeHistogram histogram(int i) {
    boolean integer = i % 2 == 0;
    if (i % 5 == 4) {
      return i % 10 == 9 ? NativeHistogram.stale().withResetHint(ResetHint.UNKNOWN) : custom(i);
    }
    return new NativeHistogram(
        integer,
        ResetHint.values()[i % 4],
        i % 12 - 4,
        1e-128,
        integer ? i : i + 0.25,
        integer ? 100 + i : 100.5 + i,
        i % 7 == 0 ? Double.NaN : -3.5 * i,
        new int[] {-2, 2, 3, 1},
        new double[] {integer ? 5 : 5.5, 7, i},
        new int[] {0, 1},
        new double[] {integer ? 2 : Math.PI},
        new double[0]);
  }

  private static NativeHistogram custom(int i) {
    return new NativeHistogram(
        true,
        ResetHint.UNKNOWN,
        NativeHistogram.CUSTOM_BUCKETS,
        0,
        0,
        i,
        i,
        new int[] {0, 2},
        new double[] {1, i - 1},
        new int[0],
        new double[0],
        new double[] {0.5, 1.5});
  }

  private SampleColumns only(TimeRange range) {
    var columns = new SampleColumns();
    try (SeriesCursor cursor = fixture.metrics.select(IngesterFixture.select(range))) {
      assertThat(cursor.next()).isTrue();
      cursor.samples(columns);
      assertThat(cursor.next()).isFalse();
    }
    return columns;
  }

  @Test
  void exemplarsAndMetadata_surviveACrash_andTheOldestExemplarsGoFirst() throws Exception {
    fixture.limits = new MetricsLimits(0, 0, 0, 0, 3, Duration.ZERO);
    var writer = fixture.batch().series("__name__", "e").sample(T0 + 1, 1);
    for (int i = 0; i < 5; i++) {
      writer.batch.addExemplar(new Exemplar(Labels.of("trace_id", "t" + i), i, T0 + i));
    }
    writer.batch.addMetadata(
        new MetricMetadata("e", MetricMetadata.Type.COUNTER, "Helps.", "seconds"));
    assertThat(writer.write().exemplars()).isEqualTo(5);
    // The series is known; no sample comes with it.
    var alone = fixture.batch().series("__name__", "e");
    alone.batch.addExemplar(new Exemplar(Labels.of("trace_id", "t5"), 5, T0 + 5));
    assertThat(alone.write().exemplars()).isEqualTo(1);
    var missing = fixture.batch().series("__name__", "nobody");
    missing.batch.addExemplar(new Exemplar(Labels.of("trace_id", "t5"), 5, T0 + 5));
    assertThat(missing.write().rejections().getFirst().message())
        .contains("err-mimir-exemplar-series-missing");

    var select = IngesterFixture.select(new TimeRange(T0, T0 + 10));
    assertThat(fixture.metrics.exemplars(select))
        .singleElement()
        .satisfies(e ->
            assertThat(e.exemplars())
                .extracting(x -> x.labels().get("trace_id"))
                .containsExactly("t3", "t4", "t5"));
    fixture = fixture.crash();
    assertThat(fixture.metrics.exemplars(select).getFirst().exemplars())
        .extracting(x -> x.labels().get("trace_id"))
        .contains("t3", "t4", "t5");
    assertThat(fixture.metrics.metadata(TENANT, "e"))
        .containsExactly(new MetricMetadata("e", MetricMetadata.Type.COUNTER, "Helps.", "seconds"));
    assertThat(fixture.metrics.metadata(new TenantId("other"), "")).isEmpty();
  }

  @Test
  void shardsOfASelect_areDisjointAndComplete() {
    var writer = fixture.batch();
    for (int i = 0; i < 100; i++) {
      writer.series("__name__", "m", "i", "" + i).sample(T0, i);
    }
    writer.write();
    var seen = new ArrayList<Labels>();
    for (int shard = 0; shard < 3; shard++) {
      var hints = new SelectHints("", 0, 0, List.of(), false, 0, shard, 3);
      var select =
          new MetricsSelect(TENANT, TimeRange.ALL, List.of(), hints, QueryBudget.unlimited());
      try (SeriesCursor cursor = fixture.metrics.series(select)) {
        while (cursor.next()) {
          seen.add(cursor.labels());
        }
      }
    }
    assertThat(seen).hasSize(100).doesNotHaveDuplicates();
  }

  /// An aggregation asks for no more than its groups' labels; series of several ranges come once.
  @Test
  void groupedSelect_givesTheLabelsOfTheGroups() {
    long day = 86_400_000L;
    for (long time : new long[] {T0 - day, T0 - day / 2, T0}) {
      var writer = fixture.batch();
      for (int i = 0; i < 300; i++) {
        if ((i + time) % 3 != 0) {
          writer.series("__name__", "m", "i", "" + i, "job", "j" + i % 5).sample(time, i);
        }
      }
      writer.write();
    }
    for (boolean by : new boolean[] {true, false}) {
      var hints =
          new SelectHints(
              "sum", 0, 0, List.of(by ? "job" : "i"), by, 0, 0, 0, SelectHints.Delivery.GROUPED);
      var select =
          new MetricsSelect(TENANT, TimeRange.ALL, List.of(), hints, QueryBudget.unlimited());
      var seen = new TreeMap<Labels, Integer>();
      int rows = 0;
      var samples = new SampleColumns();
      for (SeriesCursor cursor : fixture.metrics.select(select, 4)) {
        try (cursor) {
          assertThat(cursor.isAscending()).isFalse();
          while (cursor.next()) {
            seen.merge(cursor.labels(), 1, Integer::sum);
            cursor.samples(samples);
            rows += samples.size();
          }
        }
      }
      assertThat(rows).isEqualTo(3 * 200);
      assertThat(seen.keySet())
          .extracting(Labels::toString)
          .containsExactly(
              "{__name__=\"m\", job=\"j0\"}",
              "{__name__=\"m\", job=\"j1\"}",
              "{__name__=\"m\", job=\"j2\"}",
              "{__name__=\"m\", job=\"j3\"}",
              "{__name__=\"m\", job=\"j4\"}");
      assertThat(seen.values().stream().mapToInt(n -> n).sum()).isLessThanOrEqualTo(300);
      assertThat(select.budget().memoryBytes()).isZero();
    }
  }

  @Test
  void activeSeries_areThoseAppendedToLately() {
    fixture.batch().series("__name__", "old").sample(T0, 1).write();
    fixture.clock.millis += Duration.ofMinutes(21).toMillis();
    fixture.batch().series("__name__", "new").sample(T0, 1).write();
    assertThat(names(Scope.IN_MEMORY)).containsExactly("new", "old");
    assertThat(names(Scope.ACTIVE)).containsExactly("new");
    assertThat(fixture.metrics.stats(TENANT).series()).isEqualTo(2);
    assertThat(fixture.metrics.stats(TENANT).minTimeMillis()).isEqualTo(T0);
  }

  private List<String> names(Scope scope) {
    var names = new ArrayList<String>();
    try (SeriesCursor c =
        fixture.metrics.series(TENANT, List.of(), scope, QueryBudget.unlimited())) {
      while (c.next()) {
        names.add(c.labels().metricName());
      }
    }
    return names;
  }

  @Test
  void lateWrites_changeTheVersionOfTheirTimeOnly() {
    var recent = new TimeRange(T0 + 3_590_000, T0 + 3_600_000);
    var before = new TimeRange(T0 - 30_000_000, T0 - 20_000_000);
    fixture.batch().series("__name__", "m").sample(T0 + 3_599_000, 1).write();
    assertThat(fixture.metrics.version(TENANT, recent)).isZero();
    fixture.batch().series("__name__", "m").sample(T0 - 25_000_000, 1).write();
    assertThat(fixture.metrics.version(TENANT, before)).isPositive();
    assertThat(fixture.metrics.version(TENANT, recent)).isZero();
  }

  @Test
  void writesBeforeStartAndAfterStop_areUnavailable() {
    fixture.stop();
    assertThatThrownBy(() -> fixture.batch().series("__name__", "m").sample(T0, 1).write())
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
  }

  @Test
  void headOverItsMemory_refusesWritesAsUnavailable() {
    fixture.stop();
    fixture = new IngesterFixture(directory.resolve("small")).maxHeadBytes(100_000).open();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                fixture.batch().series("__name__", "m", "i", "" + i).sample(T0, 1).write();
              }
            })
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessageContaining("100000");
  }

  /// A reader that runs along must see a prefix of what a writer has acknowledged, whole and in
  /// order.
  @Test
  void readersBesideWriters_seeEverySampleAcknowledgedBefore() throws Exception {
    int writers = 3;
    int rounds = 400;
    long[] acknowledged = new long[writers];
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var done = new AtomicBoolean();
    var threads = new ArrayList<Thread>();
    for (int w = 0; w < writers; w++) {
      int id = w;
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              for (int r = 0; r < rounds; r++) {
                var writer = fixture.batch();
                for (int s = 0; s < 10; s++) {
                  writer
                      .series("__name__", "m", "w", "" + id, "s", "" + s, "r", "" + r / 100)
                      .sample(T0 + r * 1000L, r);
                }
                writer.write();
                synchronized (acknowledged) {
                  acknowledged[id] = r + 1;
                }
              }
            } catch (Throwable t) {
              failures.add(t);
            }
          }));
    }
    Thread reader =
        Thread.startVirtualThread(() -> {
          try {
            while (!done.get()) {
              long[] least;
              synchronized (acknowledged) {
                least = acknowledged.clone();
              }
              for (int w = 0; w < writers; w++) {
                long rows =
                    fixture.read(TimeRange.ALL, LabelMatcher.equal("w", "" + w)).values().stream()
                        .mapToLong(Map::size)
                        .sum();
                assertThat(rows).isGreaterThanOrEqualTo(least[w] * 10);
              }
            }
          } catch (Throwable t) {
            failures.add(t);
          }
        });
    for (Thread t : threads) {
      t.join();
    }
    done.set(true);
    reader.join();
    assertThat(failures).isEmpty();
    fixture = fixture.crash();
    long rows = fixture.read(TimeRange.ALL).values().stream().mapToLong(Map::size).sum();
    assertThat(rows).isEqualTo(writers * rounds * 10L);
  }
}
