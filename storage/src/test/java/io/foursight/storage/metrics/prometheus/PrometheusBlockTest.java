package io.foursight.storage.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.model.metrics.StaleMarker;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrometheusBlockTest {
  private static final String ULID = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
  private static final long START = 1_700_006_400_000L;

  @TempDir Path directory;

  @Test
  void everySample_comesBack_exceptForHintsThatFollowFromTheChunk() {
    long seed = new Random().nextLong();
    var series = series(seed, 700);
    Path block = write(series);
    try (var reader = PrometheusBlockReader.open(block);
        SeriesCursor cursor = reader.series(TimeRange.ALL)) {
      assertThat(reader.meta().series()).isEqualTo(series.size());
      var samples = new SampleColumns();
      for (var e : series.entrySet()) {
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.labels()).isEqualTo(e.getKey());
        cursor.samples(samples);
        assertSame(samples, e.getValue(), "seed " + seed + " " + e.getKey());
      }
      assertThat(cursor.next()).isFalse();
    }
  }

  @Test
  void timeRange_cutsSamples() {
    var series = series(1, 300);
    Path block = write(series);
    var range = new TimeRange(START + 100 * 15_000, START + 200 * 15_000);
    try (var reader = PrometheusBlockReader.open(block);
        SeriesCursor cursor = reader.scan(range)) {
      var samples = new SampleColumns();
      while (cursor.next()) {
        cursor.samples(samples);
        assertThat(samples.size()).isEqualTo(101);
        assertThat(samples.timestamp(0)).isEqualTo(range.startMillis());
      }
    }
  }

  @Test
  void tombstones_hideDeletedRanges() throws IOException {
    var series = series(1, 300);
    Path block = write(series);
    // Stones carry series references, which are offsets in the index over 16.
    long reference = firstSeriesReference(block);
    var stones = new BigEndianFile.Section();
    stones.uvarint(reference);
    stones.varint(START);
    stones.varint(START + 99 * 15_000);
    try (var file = new BigEndianFile(block.resolve("tombstones"))) {
      file.u32(0x0130BA30);
      file.u8(1);
      file.checked(stones);
    }
    try (var reader = PrometheusBlockReader.open(block);
        SeriesCursor cursor = reader.series(TimeRange.ALL)) {
      var samples = new SampleColumns();
      cursor.next();
      cursor.samples(samples);
      assertThat(samples.size()).isEqualTo(200);
      assertThat(samples.timestamp(0)).isEqualTo(START + 100 * 15_000);
      cursor.next();
      cursor.samples(samples);
      assertThat(samples.size()).isEqualTo(300);
    }
  }

  private static long firstSeriesReference(Path block) throws IOException {
    byte[] index = Files.readAllBytes(block.resolve("index"));
    var toc = java.nio.ByteBuffer.wrap(index, index.length - 52, 52);
    toc.getLong();
    return toc.getLong() / 16;
  }

  @Test
  void damage_isCorrupt_andNamesTheFile() throws IOException {
    Path block = write(series(1, 200));
    for (String name : List.of("index", "chunks/000001")) {
      Path file = block.resolve(name);
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[good.length / 2] ^= 1;
      Files.write(file, bad);
      assertThatThrownBy(() -> readAll(block))
          .as(name)
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
          .hasMessageContaining(name);
      Files.write(file, good);
    }
    readAll(block);
  }

  private static void readAll(Path block) {
    try (var reader = PrometheusBlockReader.open(block);
        SeriesCursor cursor = reader.series(TimeRange.ALL)) {
      while (cursor.next()) {
        cursor.samples(new SampleColumns());
      }
    }
  }

  @Test
  void anImport_splitsIntoAlignedBlocks_andLosesNothing() {
    long seed = new Random().nextLong();
    var series = series(seed, 1200);
    Path block = write(series);
    var number = new AtomicInteger();
    var told = new AtomicInteger();
    var imported =
        PrometheusImport.run(
            block,
            directory.resolve("work"),
            Duration.ofHours(2),
            () -> ULID.substring(0, 20) + "%06d".formatted(number.incrementAndGet()),
            1,
            (seriesRead, samplesRead, total) -> told.incrementAndGet());
    assertThat(told.get()).isPositive();
    assertThat(imported).hasSizeGreaterThan(1);
    var merged = new TreeMap<Labels, SampleColumns>();
    for (var part : imported) {
      long window = Duration.ofHours(2).toMillis();
      assertThat(part.meta().minTimeMillis() / window)
          .isEqualTo(part.meta().maxTimeMillis() / window);
      try (var reader = MetricsBlockReader.open(part.meta(), name -> file(part.directory(), name));
          SeriesCursor cursor =
              reader.select(
                  new MetricsSelect(
                      TenantId.ANONYMOUS, TimeRange.ALL, List.of(), QueryBudget.unlimited()))) {
        var samples = new SampleColumns();
        while (cursor.next()) {
          cursor.samples(samples);
          var all = merged.computeIfAbsent(cursor.labels(), l -> new SampleColumns());
          for (int i = 0; i < samples.size(); i++) {
            all.addFrom(samples, i);
          }
        }
      }
    }
    assertThat(merged.keySet()).isEqualTo(series.keySet());
    merged.forEach((labels, samples) -> assertSame(samples, series.get(labels), "seed " + seed));
  }

  private static RangedReader file(Path directory, String name) {
    try {
      byte[] bytes = Files.readAllBytes(directory.resolve(name));
      return new RangedReader() {
        @Override
        public long size() {
          return bytes.length;
        }

        @Override
        public byte[] read(long offset, int length) {
          return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Prometheus's own tool reads what we write (tried with 2.42, which knows no custom buckets).
  @Test
  void promtool_analyzesAndListsOurBlock() throws Exception {
    String tool =
        Arrays.stream(System.getenv("PATH").split(":"))
            .map(p -> Path.of(p, "promtool"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    assumeThat(tool).as("promtool on the PATH").isNotEmpty();
    var series = series(1, 700);
    series.keySet().removeIf(l -> l.metricName().equals("native_2"));
    write(series);
    String listed = run(tool, "tsdb", "list", directory.toString());
    assertThat(listed).contains(ULID);
    String analyzed = run(tool, "tsdb", "analyze", "--extended", directory.toString(), ULID);
    assertThat(analyzed).contains("Series: " + series.size());
    // A database, which dump wants, has a log.
    Files.createDirectories(directory.resolve("wal"));
    String dumped =
        run(tool, "tsdb", "dump", "--match={__name__=\"metric_1\"}", directory.toString());
    SampleColumns expected = series.get(Labels.of("__name__", "metric_1", "job", "a"));
    assertThat(dumped.lines().count()).isEqualTo(expected.size());
    int row = 0;
    for (String line : dumped.lines().toList()) {
      String[] words = line.split(" ");
      assertThat(Long.parseLong(words[words.length - 1])).isEqualTo(expected.timestamp(row));
      assertThat(Double.parseDouble(words[words.length - 2])).isEqualTo(expected.value(row++));
    }
  }

  private static String run(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private Path write(Map<Labels, SampleColumns> series) {
    try (var writer = new PrometheusBlockWriter(directory, ULID)) {
      series.forEach(writer::add);
      return writer.finish();
    }
  }

  private static TreeMap<Labels, SampleColumns> series(long seed, int rows) {
    var random = new SplittableRandom(seed);
    var series = new TreeMap<Labels, SampleColumns>();
    for (int k = 0; k < 6; k++) {
      var s = new SampleColumns();
      double value = random.nextInt(100);
      for (int i = 0; i < rows; i++) {
        value =
            switch (k) {
              case 0 -> value;
              case 1 -> value + random.nextInt(10);
              case 2 -> random.nextDouble();
              case 3 -> Double.longBitsToDouble(random.nextLong());
              case 4 -> i % 50 == 49 ? StaleMarker.VALUE : i;
              default -> -value;
            };
        s.add(START + 15_000L * i, value);
      }
      series.put(Labels.of("__name__", "metric_" + k, "job", "a"), s);
    }
    for (int kind = 0; kind < 4; kind++) {
      series.put(
          Labels.of("__name__", "native_" + kind, "job", "a"), histograms(random, kind, rows));
    }
    return series;
  }

  private static SampleColumns histograms(SplittableRandom random, int kind, int rows) {
    var s = new SampleColumns();
    double[] buckets = new double[4];
    for (int i = 0; i < rows; i++) {
      long t = START + 15_000L * i;
      if (i % 90 == 89) {
        s.add(t, 0, NativeHistogram.stale());
        buckets = new double[1 + random.nextInt(8)];
        continue;
      }
      if (random.nextInt(30) == 0) {
        buckets = new double[4];
      }
      double count = 0;
      for (int b = 0; b < buckets.length; b++) {
        buckets[b] += kind == 1 ? random.nextDouble() : random.nextInt(5);
        count += buckets[b];
      }
      boolean custom = kind == 2;
      double[] bounds = new double[custom ? buckets.length : 0];
      for (int b = 0; b < bounds.length; b++) {
        bounds[b] = b == 1 ? Math.PI : b * 0.25;
      }
      s.add(
          t,
          0,
          new NativeHistogram(
              kind != 1,
              kind == 3 ? ResetHint.GAUGE : ResetHint.UNKNOWN,
              custom ? NativeHistogram.CUSTOM_BUCKETS : 2,
              custom ? 0 : kind == 3 ? 0.001 : 0x1p-128,
              0,
              count,
              count * 0.7,
              new int[] {0, 1, 2, buckets.length - 1},
              buckets.clone(),
              new int[0],
              new double[0],
              bounds));
    }
    return s;
  }

  private static void assertSame(SampleColumns actual, SampleColumns expected, String as) {
    assertThat(actual.size()).as(as).isEqualTo(expected.size());
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.timestamp(i)).as(as).isEqualTo(expected.timestamp(i));
      if (expected.isHistogram(i)) {
        NativeHistogram h = expected.histogram(i);
        assertThat(actual.isHistogram(i)).as(as).isTrue();
        NativeHistogram found = actual.histogram(i);
        if (h.resetHint() == ResetHint.UNKNOWN) {
          assertThat(found.resetHint()).as(as).isIn(ResetHint.UNKNOWN, ResetHint.NOT_RESET);
          found = found.withResetHint(ResetHint.UNKNOWN);
        }
        assertThat(found).as(as + " row " + i).isEqualTo(h);
      } else {
        assertThat(Double.doubleToRawLongBits(actual.value(i)))
            .as(as)
            .isEqualTo(Double.doubleToRawLongBits(expected.value(i)));
      }
    }
  }
}
