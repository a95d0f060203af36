package io.foursight.storage.metrics.block.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsBlockTest {
  private static final TenantId TENANT = TenantId.ANONYMOUS;

  @TempDir Path directory;

  @Test
  void everySeries_comesBackBitByBit_inLabelOrder() throws IOException {
    for (int rows : new int[] {1, 7, 480, 1024, 2500}) {
      long seed = new Random().nextLong();
      var series = RandomSeries.make(seed, 4, rows);
      var block = BlockFixture.write(directory.resolve("b" + rows), series, Map.of(), List.of());
      try (var reader = block.open()) {
        reader.verify();
        assertSelect(reader, series, TimeRange.ALL, List.of(), "seed " + seed + " rows " + rows);
        assertThat(reader.seriesCount()).isEqualTo(series.size());
      }
    }
  }

  @Test
  void matchersAndTimeRanges_answerAsBruteForce() throws IOException {
    long seed = new Random().nextLong();
    var random = new SplittableRandom(seed);
    var series = RandomSeries.make(seed, 4, 1100);
    var block = BlockFixture.write(directory, series, Map.of(), List.of());
    try (var reader = block.open()) {
      for (int round = 0; round < 80; round++) {
        var matchers = new ArrayList<LabelMatcher>();
        for (int i = random.nextInt(4); i > 0; i--) {
          matchers.add(matcher(random));
        }
        long start = 1_700_000_000_000L + random.nextLong(-100_000, 1100L * 15_000);
        var range =
            random.nextInt(3) == 0
                ? TimeRange.ALL
                : new TimeRange(start, start + random.nextLong(1100L * 15_000));
        assertSelect(reader, series, range, matchers, "seed " + seed + " " + matchers + range);
      }
    }
  }

  @Test
  void labelNamesAndValues_answerAsBruteForce() throws IOException {
    long seed = new Random().nextLong();
    var random = new SplittableRandom(seed);
    var series = RandomSeries.make(seed, 30, 20);
    var block = BlockFixture.write(directory, series, Map.of(), List.of());
    try (var reader = block.open()) {
      for (int round = 0; round < 200; round++) {
        var matchers = new ArrayList<LabelMatcher>();
        for (int i = random.nextInt(3); i > 0; i--) {
          matchers.add(matcher(random));
        }
        var select = select(TimeRange.ALL, matchers, SelectHints.NONE);
        var names = new TreeSet<String>(Labels::compareText);
        var values = new TreeSet<String>(Labels::compareText);
        String label = List.of("instance", "job", "le", "nope", "path").get(random.nextInt(5));
        for (Labels labels : series.keySet()) {
          if (matchers.stream().allMatch(m -> m.matches(labels.get(m.name())))) {
            names.addAll(labels.names());
            values.add(labels.get(label));
          }
        }
        values.remove("");
        String as = "seed " + seed + " " + matchers;
        assertThat(reader.labelNames(select)).as(as).containsExactlyElementsOf(names);
        assertThat(reader.labelValues(label, select)).as(as).containsExactlyElementsOf(values);
      }
    }
  }

  @Test
  void shards_partTheSeries() throws IOException {
    var series = RandomSeries.make(3, 5, 10);
    var block = BlockFixture.write(directory, series, Map.of(), List.of());
    int total = 0;
    try (var reader = block.open()) {
      for (int shard = 0; shard < 4; shard++) {
        var hints = new SelectHints("", 0, 0, List.of(), false, 0, shard, 4);
        try (SeriesCursor cursor = reader.series(select(TimeRange.ALL, List.of(), hints))) {
          while (cursor.next()) {
            total++;
            assertThat(SeriesHash.shard(cursor.labels(), 4)).isEqualTo(shard);
          }
        }
      }
    }
    assertThat(total).isEqualTo(series.size());
  }

  /// Operators compute window borders once for series that share an array.
  @Test
  void seriesOfOneTarget_shareTheTimestampArray() throws IOException {
    var series = new HashMap<Labels, SampleColumns>();
    for (int s = 0; s < 3; s++) {
      var samples = new SampleColumns();
      for (int i = 0; i < 100; i++) {
        samples.add(1000L * i, s * i);
      }
      series.put(Labels.of("__name__", "m", "s", "" + s), samples);
    }
    var block = BlockFixture.write(directory, series, Map.of(), List.of());
    assertThat(block.meta.stats()).containsEntry("timestamp_columns", 1L);
    var select = select(new TimeRange(10_500, 50_000), List.of(), SelectHints.NONE);
    try (var reader = block.open();
        SeriesCursor cursor = reader.select(select)) {
      var samples = new SampleColumns();
      long[] shared = null;
      while (cursor.next()) {
        cursor.samples(samples);
        assertThat(samples.size()).isEqualTo(40);
        assertThat(samples.timestamp(0)).isEqualTo(11_000);
        shared = shared == null ? samples.timestamps() : shared;
        assertThat(samples.timestamps()).isSameAs(shared);
      }
    }
  }

  @Test
  void scan_goesInSeriesOrder_withExemplars() throws IOException {
    long seed = new Random().nextLong();
    var series = RandomSeries.make(seed, 3, 50);
    var exemplars = new HashMap<Labels, List<Exemplar>>();
    for (Labels labels : series.keySet()) {
      if (labels.metricName().equals("latency_bucket")) {
        exemplars.put(
            labels,
            List.of(
                new Exemplar(Labels.of("trace_id", "abc" + labels.get("le")), 0.3, 100),
                new Exemplar(Labels.EMPTY, Double.NaN, 200)));
      }
    }
    Labels alone = Labels.of("__name__", "latency_alone");
    exemplars.put(alone, List.of(new Exemplar(Labels.of("a", "b"), 1, 150)));
    var block = BlockFixture.write(directory, series, exemplars, List.of());
    try (var reader = block.open();
        BlockScan scan = reader.scan(TimeRange.ALL)) {
      var expected = new TreeMap<Labels, SampleColumns>(MetricsBlockFormat.SERIES_ORDER);
      expected.putAll(series);
      expected.put(alone, new SampleColumns());
      var samples = new SampleColumns();
      for (var e : expected.entrySet()) {
        assertThat(scan.next()).isTrue();
        assertThat(scan.labels()).isEqualTo(e.getKey());
        scan.samples(samples);
        assertSame(samples, e.getValue(), "seed " + seed + " " + e.getKey());
        assertThat(scan.exemplars()).isEqualTo(exemplars.getOrDefault(e.getKey(), List.of()));
      }
      assertThat(scan.next()).isFalse();
      var select =
          select(
              new TimeRange(120, 160),
              List.of(LabelMatcher.equal("__name__", "latency_alone")),
              SelectHints.NONE);
      assertThat(reader.exemplars(select))
          .containsExactly(new ExemplarSeries(alone, exemplars.get(alone)));
      assertThat(reader.exemplars(select(new TimeRange(120, 160), List.of(), SelectHints.NONE)))
          .hasSize(1);
    }
  }

  @Test
  void metadata_isKeptOnce_andFoundByFamily() throws IOException {
    var up = new MetricMetadata("up", MetricMetadata.Type.GAUGE, "Whether \"up\"", "");
    var http = new MetricMetadata("http", MetricMetadata.Type.COUNTER, "h", "seconds");
    var block =
        BlockFixture.write(directory, RandomSeries.make(1, 1, 3), Map.of(), List.of(up, http, up));
    try (var reader = block.open()) {
      assertThat(reader.metadata("")).containsExactly(http, up);
      assertThat(reader.metadata("up")).containsExactly(up);
      assertThat(reader.metadata("nope")).isEmpty();
    }
  }

  @Test
  void seriesOutOfOrder_areRefused() {
    try (var writer = new MetricsBlockWriter(directory, BlockFixture.ID)) {
      var samples = new SampleColumns();
      samples.add(1, 1);
      writer.add(Labels.of("__name__", "b"), samples);
      assertThatThrownBy(() -> writer.add(Labels.of("__name__", "a"), samples))
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("out of order");
      assertThatThrownBy(() -> writer.add(Labels.of("__name__", "b"), samples))
          .isInstanceOf(FoursightException.class);
    }
    assertThat(BlockFixture.filesOf(directory)).isEmpty();
  }

  /// The budget is what keeps a query inside its memory: nothing may stay charged.
  @Test
  void closedCursor_leavesNothingCharged() throws IOException {
    var block = BlockFixture.write(directory, RandomSeries.make(5, 4, 300), Map.of(), List.of());
    var budget = new QueryBudget(0, 0, io.foursight.model.Deadline.NONE);
    try (var reader = block.open();
        SeriesCursor cursor =
            reader.select(new MetricsSelect(TENANT, TimeRange.ALL, List.of(), budget))) {
      var samples = new SampleColumns();
      for (int i = 0; i < 20; i++) {
        assertThat(cursor.next()).isTrue();
        cursor.samples(samples);
      }
      assertThat(budget.memoryBytes()).isPositive();
    }
    assertThat(budget.memoryBytes()).isZero();
  }

  private static MetricsSelect select(
      TimeRange range, List<LabelMatcher> matchers, SelectHints hints) {
    return new MetricsSelect(TENANT, range, matchers, hints, QueryBudget.unlimited());
  }

  private static void assertSelect(
      MetricsBlockReader reader,
      Map<Labels, SampleColumns> series,
      TimeRange range,
      List<LabelMatcher> matchers,
      String as) {
    var expected = new TreeMap<Labels, SampleColumns>();
    series.forEach((labels, all) -> {
      var cut = new SampleColumns();
      for (int i = 0; i < all.size(); i++) {
        if (range.contains(all.timestamp(i))) {
          cut.addFrom(all, i);
        }
      }
      if (!cut.isEmpty() && matchers.stream().allMatch(m -> m.matches(labels.get(m.name())))) {
        expected.put(labels, cut);
      }
    });
    var found = new ArrayList<Labels>();
    try (SeriesCursor cursor = reader.select(select(range, matchers, SelectHints.NONE))) {
      var samples = new SampleColumns();
      while (cursor.next()) {
        cursor.samples(samples);
        if (samples.isEmpty()) {
          continue;
        }
        found.add(cursor.labels());
        assertThat(expected).as(as).containsKey(cursor.labels());
        assertSame(samples, expected.get(cursor.labels()), as + " " + cursor.labels());
      }
    }
    assertThat(found).as(as).containsExactlyElementsOf(expected.keySet());
    assertSelectInSeriesOrder(reader, expected, select(range, matchers, SelectHints.NONE), as);
  }

  /// The same series in the order of the file, each in one of the stretches.
  private static void assertSelectInSeriesOrder(
      MetricsBlockReader reader,
      Map<Labels, SampleColumns> expected,
      MetricsSelect select,
      String as) {
    var grouping = List.of("job", "le", "path");
    for (boolean by : new boolean[] {true, false}) {
      var hints = new SelectHints("", 0, 0, grouping, by, 0, 0, 0, SelectHints.Delivery.GROUPED);
      MetricsSelect grouped =
          new MetricsSelect(
              select.tenant(), select.range(), select.matchers(), hints, select.budget());
      var found = new ArrayList<Labels>();
      for (SeriesOrderCursor cursor : reader.selectInSeriesOrder(grouped, 3)) {
        try (cursor) {
          var samples = new SampleColumns();
          while (cursor.next()) {
            Labels labels = cursor.allLabels();
            // Not every series is decoded: lower buckets must be found without their neighbours.
            if ((labels.hashCode() & 3) != 0) {
              cursor.samples(samples);
              if (!samples.isEmpty()) {
                assertThat(expected).as(as).containsKey(labels);
                assertSame(samples, expected.get(labels), as + " " + labels);
              }
            }
            assertThat(cursor.labels()).as(as).isEqualTo(reduced(labels, grouping, by));
            found.add(labels);
            cursor
                .end()
                .ifPresent(end ->
                    assertThat(MetricsBlockFormat.SERIES_ORDER.compare(labels, end)).isNegative());
          }
        }
      }
      assertThat(found).as(as).isSortedAccordingTo(MetricsBlockFormat.SERIES_ORDER);
      assertThat(found).as(as).containsAll(expected.keySet()).doesNotHaveDuplicates();
    }
  }

  private static Labels reduced(Labels labels, List<String> grouping, boolean by) {
    var kept = new ArrayList<String>(grouping);
    kept.add(Labels.METRIC_NAME);
    return by ? labels.keep(kept) : labels.drop(grouping);
  }

  static void assertSame(SampleColumns actual, SampleColumns expected, String as) {
    assertThat(actual.size()).as(as).isEqualTo(expected.size());
    for (int i = 0; i < actual.size(); i++) {
      if (actual.timestamp(i) != expected.timestamp(i)
          || actual.startTimestamp(i) != expected.startTimestamp(i)
          || actual.isHistogram(i) != expected.isHistogram(i)
          || (actual.isHistogram(i)
              ? !actual.histogram(i).equals(expected.histogram(i))
              : Double.doubleToRawLongBits(actual.value(i))
                  != Double.doubleToRawLongBits(expected.value(i)))) {
        throw new AssertionError(as + ": row " + i + " differs");
      }
    }
  }

  private static LabelMatcher matcher(SplittableRandom random) {
    String name =
        List.of("__name__", "job", "instance", "le", "path", "mode", "nope", "Upper", "only")
            .get(random.nextInt(9));
    String value =
        List.of("", "metric_1", "job1", "0.25", "/a", "m1", "10.0.0.2:9100", "x", "latency_bucket")
            .get(random.nextInt(9));
    String regex =
        List.of(
                "",
                ".*",
                ".+",
                "metric_.*",
                "job[12]|",
                "metric_1|metric_3|zz",
                "10.*",
                "nope",
                "m.*")
            .get(random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> LabelMatcher.equal(name, value);
      case 1 -> LabelMatcher.notEqual(name, value);
      case 2 -> LabelMatcher.regex(name, regex, false, compiled(regex));
      default -> LabelMatcher.regex(name, regex, true, compiled(regex));
    };
  }

  private static TextMatcher compiled(String regex) {
    Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
    boolean plain =
        regex.chars().allMatch(c -> c == '|' || c == '_' || Character.isLetterOrDigit(c));
    return new TextMatcher() {
      @Override
      public boolean matches(String text) {
        return pattern.matcher(text).matches();
      }

      @Override
      public java.util.Optional<Set<String>> literals() {
        return plain
            ? java.util.Optional.of(
                java.util.Arrays.stream(regex.split("\\|", -1)).collect(Collectors.toSet()))
            : java.util.Optional.empty();
      }

      @Override
      public String prefix() {
        return regex.endsWith(".*") && !regex.contains("|")
            ? regex.substring(0, regex.length() - 2)
            : "";
      }
    };
  }
}
