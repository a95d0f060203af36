package io.foursight.wire.metrics.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.ErrorKind;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.Loopback;
import io.foursight.wire.rpc.RpcService;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes in on one side comes out on the other, bit by bit.
@Timeout(60)
class MetricsRpcTest {
  private static final TenantId TENANT = new TenantId("t1");
  private static final SeriesHash HASH = new SeriesHash(1, 2);

  private static TextMatcher literal(String text) {
    return text::equals;
  }

  private static NativeHistogram histogram(Random random) {
    double[] buckets = new double[1 + random.nextInt(4)];
    boolean whole = random.nextBoolean();
    Arrays.setAll(
        buckets, i -> whole ? random.nextInt(1000) : Double.longBitsToDouble(random.nextLong()));
    return new NativeHistogram(
        random.nextBoolean(),
        ResetHint.values()[random.nextInt(4)],
        random.nextInt(9) - 4,
        random.nextDouble(),
        random.nextInt(10),
        random.nextInt(100),
        random.nextInt(5) == 0 ? -0.0 : random.nextGaussian(),
        new int[] {random.nextInt(20) - 10, buckets.length},
        buckets,
        random.nextBoolean() ? new int[] {1, 1} : new int[0],
        random.nextBoolean() ? new double[] {-0.0} : new double[0],
        random.nextBoolean() ? new double[] {0.5, 1.5} : new double[0]);
  }

  private static SampleColumns samples(Random random, long[] shared) {
    var samples = new SampleColumns();
    int n = random.nextInt(30);
    if (random.nextInt(3) == 0) {
      samples.shareTimestamps(shared, shared.length);
      for (int i = 0; i < shared.length; i++) {
        samples.values()[i] = random.nextDouble();
      }
      return samples;
    }
    boolean starts = random.nextInt(4) == 0;
    boolean histograms = random.nextInt(4) == 0;
    long t = random.nextLong() >> 20;
    for (int i = 0; i < n; i++) {
      t += 1 + random.nextInt(60_000);
      long start = starts && random.nextBoolean() ? t - random.nextInt(1000) : 0;
      if (histograms && random.nextBoolean()) {
        samples.add(t, start, histogram(random));
      } else {
        samples.add(t, start, Double.longBitsToDouble(random.nextLong()));
      }
    }
    return samples;
  }

  private static String text(SampleColumns samples) {
    var out = new StringBuilder();
    for (int i = 0; i < samples.size(); i++) {
      out.append(samples.timestamp(i)).append('/').append(samples.startTimestamp(i)).append('/');
      out.append(
          samples.isHistogram(i)
              ? new String(
                  bytes(samples.histogram(i)), java.nio.charset.StandardCharsets.ISO_8859_1)
              : Long.toHexString(Double.doubleToRawLongBits(samples.value(i))));
      out.append(' ');
    }
    return out.toString();
  }

  private static byte[] bytes(NativeHistogram histogram) {
    var out = new ProtoWriter();
    HistogramCodec.write(out, histogram);
    return out.toByteArray();
  }

  @RepeatedTest(50)
  void seriesFrames_comeBackBitByBit_alsoWhereSamplesAreSkipped(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition() * 7919L;
    var random = new Random(seed);
    long[] shared = {1000, 2000, 3500, 3501};
    var frames = new ArrayList<byte[]>();
    var writer = new SeriesFrameWriter(frames::add);
    var expected = new ArrayList<String>();
    int n = random.nextInt(3000);
    for (int i = 0; i < n; i++) {
      Labels labels = Labels.of("__name__", "m" + i % 7, "i", "é" + i);
      SampleColumns samples = samples(random, shared);
      writer.add(labels, samples);
      expected.add(labels + text(samples));
    }
    writer.finish();
    var iterator = frames.iterator();
    var reader =
        new SeriesFrameReader(
            () -> iterator.hasNext() ? Optional.of(iterator.next()) : Optional.empty());
    var into = new SampleColumns();
    for (String one : expected) {
      assertThat(reader.next()).as("seed %d", seed).isTrue();
      if (random.nextInt(3) > 0) {
        reader.samples(into);
        assertThat(reader.labels() + text(into)).as("seed %d", seed).isEqualTo(one);
      } else {
        assertThat(one).startsWith(reader.labels().toString());
      }
    }
    assertThat(reader.next()).isFalse();
  }

  @Test
  void aSymbolTableThatGrewLarge_beginsAnew() {
    var frames = new ArrayList<byte[]>();
    var writer = new SeriesFrameWriter(frames::add);
    for (int i = 0; i < 200_000; i++) {
      writer.add(Labels.of("n", "value-" + i));
    }
    writer.finish();
    var iterator = frames.iterator();
    var reader =
        new SeriesFrameReader(
            () -> iterator.hasNext() ? Optional.of(iterator.next()) : Optional.empty());
    for (int i = 0; i < 200_000; i++) {
      assertThat(reader.next()).isTrue();
      assertThat(reader.labels().get("n")).isEqualTo("value-" + i);
    }
  }

  private static MetricsBatch batch(Random random) {
    var body = new ByteArrayOutputStream();
    record Place(int offset, int length) {}
    var places = new ArrayList<Place>();
    int n = 1 + random.nextInt(20);
    for (int i = 0; i < n; i++) {
      byte[] labels = LabelBytes.encode(Labels.of("__name__", "m", "i", "v" + i));
      places.add(new Place(body.size(), labels.length));
      body.writeBytes(labels);
    }
    var batch = new MetricsBatch(body.toByteArray());
    for (Place place : places) {
      batch.beginSeries(place.offset, place.length);
      for (int i = random.nextInt(5); i > 0; i--) {
        long t = random.nextLong() >> 18;
        batch.addSample(t, random.nextInt(3) == 0 ? t - 5 : 0, random.nextGaussian());
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        batch.addHistogram(random.nextInt(10_000), random.nextInt(2), histogram(random));
      }
      if (random.nextInt(3) == 0) {
        batch.addExemplar(new Exemplar(Labels.of("trace_id", "x" + random.nextInt()), 1.5, 12));
      }
    }
    batch.addMetadata(new MetricMetadata("m", MetricMetadata.Type.COUNTER, "help é", "s"));
    batch.hashSeries(HASH);
    return batch;
  }

  private static List<String> texts(MetricsBatch batch) {
    var all = new ArrayList<String>();
    for (int s = 0; s < batch.seriesCount(); s++) {
      int series = s;
      var out = new StringBuilder();
      out.append(
          LabelBytes.decode(batch.labelBytes(s), batch.labelOffset(s), batch.labelLength(s)));
      out.append(batch.hashHigh()[s]).append(batch.hashLow()[s]);
      for (int i = batch.sampleStart(s); i < batch.sampleEnd(s); i++) {
        out.append(" f").append(batch.timestamps()[i]).append('/').append(batch.startTimestamp(i));
        out.append('/').append(Double.doubleToRawLongBits(batch.values()[i]));
      }
      for (int i = batch.histogramStart(s); i < batch.histogramEnd(s); i++) {
        out.append(" h").append(batch.histogramTimestamp(i)).append('/');
        out.append(batch.histogramStartTimestamp(i))
            .append(Arrays.toString(bytes(batch.histogram(i))));
      }
      batch.exemplars().stream()
          .filter(e -> e.series() == series)
          .forEach(e -> out.append(e.exemplar()));
      all.add(out.toString());
    }
    return all;
  }

  @RepeatedTest(50)
  void aBatch_arrivesWhole_andInParts(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    MetricsBatch batch = batch(random);
    MetricsBatch whole = BatchCodec.decode(BatchCodec.encode(TENANT, batch)).batch();
    whole.hashSeries(HASH);
    assertThat(texts(whole)).as("seed %d", seed).isEqualTo(texts(batch));
    assertThat(whole.metadata()).isEqualTo(batch.metadata());
    int[] chosen = new int[batch.seriesCount()];
    int count = 0;
    var expected = new ArrayList<String>();
    for (int i = 0; i < batch.seriesCount(); i++) {
      if (random.nextBoolean()) {
        chosen[count++] = i;
        expected.add(texts(batch).get(i));
      }
    }
    MetricsBatch part =
        BatchCodec.decode(BatchCodec.encode(TENANT, batch, chosen, count, List.of())).batch();
    part.hashSeries(HASH);
    assertThat(texts(part)).as("seed %d", seed).isEqualTo(expected);
    assertThat(part.metadata()).isEmpty();
  }

  /// A newer release may add fields everywhere.
  @Test
  void unknownFields_areSkipped() {
    MetricsBatch batch = batch(new Random(3));
    byte[] bytes = BatchCodec.encode(TENANT, batch);
    var longer = new ProtoWriter();
    longer.varint(100, 5);
    longer.string(101, "new");
    longer.raw(bytes, 0, bytes.length);
    longer.float64(102, 1.5);
    MetricsBatch decoded = BatchCodec.decode(longer.toByteArray()).batch();
    decoded.hashSeries(HASH);
    assertThat(texts(decoded)).isEqualTo(texts(batch));
  }

  @Test
  void aRemoteSink_answersAsTheLocalOne() {
    var result =
        new MetricsWriteResult(
            3, 2, 1, List.of(new Rejection("too_old", ErrorKind.BAD_DATA, "ts=1, bound=2 é", 4)));
    var seen = new ArrayList<List<String>>();
    MetricsSink local =
        (tenant, batch) -> {
          assertThat(tenant).isEqualTo(TENANT);
          seen.add(texts(batch));
          return result;
        };
    var service = new RpcService(MetricsSourceMethods.INGESTER.service());
    MetricsSinkService.register(service, local, HASH);
    try (var loopback = new Loopback(service)) {
      var remote = MetricsSinkService.remote(loopback.caller(), Duration.ofSeconds(10));
      MetricsBatch batch = batch(new Random(5));
      assertThat(remote.write(BatchCodec.encode(TENANT, batch))).isEqualTo(result);
      assertThat(seen).containsExactly(texts(batch));
    }
  }

  @Test
  void aRemoteSource_answersAsTheLocalOne() {
    var local = new RecordingSource(10_000);
    var service = new RpcService(MetricsSourceMethods.INGESTER.service());
    MetricsSourceService.register(
        service,
        MetricsSourceMethods.INGESTER,
        (tenants, blocks) -> {
          assertThat(tenants).containsExactly(TENANT);
          assertThat(blocks).containsExactly("b1", "b2");
          return local;
        },
        MetricsRpcTest::literal);
    try (var loopback = new Loopback(service)) {
      var remote =
          new RemoteMetricsSource(
              loopback.caller(), MetricsSourceMethods.INGESTER, List.of(), List.of("b1", "b2"));
      var select =
          new MetricsSelect(
              TENANT,
              new TimeRange(-5, 50_000),
              List.of(
                  LabelMatcher.equal("a", "b"),
                  LabelMatcher.notEqual("c", ""),
                  LabelMatcher.regex("d", "x|y", false, MetricsRpcTest.literal("x|y")),
                  LabelMatcher.regex("e", "z.*", true, MetricsRpcTest.literal("z.*"))),
              new SelectHints("rate", 15_000, 60_000, List.of("job", ""), true, 9, 2, 4),
              QueryBudget.unlimited());
      assertThat(RecordingSource.read(remote.select(select), true))
          .isEqualTo(RecordingSource.read(local.select(select), true));
      assertThat(local.last().matchers()).isEqualTo(select.matchers());
      assertThat(local.last().range()).isEqualTo(select.range());
      assertThat(local.last().hints()).isEqualTo(select.hints());
      assertThat(RecordingSource.read(remote.series(select), false))
          .isEqualTo(RecordingSource.read(local.series(select), false));
      assertThat(remote.labelNames(select)).isEqualTo(local.labelNames(select));
      assertThat(remote.labelValues("i", select)).isEqualTo(local.labelValues("i", select));
      assertThat(remote.exemplars(select)).isEqualTo(local.exemplars(select));
      assertThat(remote.metadata(TENANT, "m")).isEqualTo(local.metadata(TENANT, "m"));
      assertThat(select.budget().memoryBytes()).isZero();
    }
  }

  private static MetricsQueryRunner.Request request(QueryBudget budget) {
    return new MetricsQueryRunner.Request(
        List.of(TENANT, new TenantId("t2")),
        "sum(x)",
        1,
        100,
        5,
        Duration.ofMinutes(5),
        MetricsQueryRunner.Options.ALL,
        budget);
  }

  @Test
  void aRemoteRunner_bringsResultAnnotationsAndCounts() {
    var samples = new SampleColumns();
    samples.add(1, 1.5);
    samples.add(6, 0, histogram(new Random(1)));
    MetricsQueryRunner local =
        request -> {
          assertThat(request.query()).isEqualTo("sum(x)");
          assertThat(request.tenants()).hasSize(2);
          assertThat(request.options()).isEqualTo(MetricsQueryRunner.Options.ALL);
          assertThat(request.budget().maxSamples()).isEqualTo(77);
          request.budget().countSamples(5);
          return new MetricsQueryResult(
              new Matrix(
                  List.of(
                      new RangeSeries(Labels.of("z", "1"), samples),
                      new RangeSeries(Labels.of("a", "1"), samples))),
              new Annotations(List.of("w"), List.of("i")));
        };
    var service = new RpcService(MetricsSourceMethods.QUERIER.service());
    MetricsRunnerService.register(service, local);
    try (var loopback = new Loopback(service)) {
      var budget = new QueryBudget(1 << 20, 77, QueryBudget.unlimited().deadline());
      MetricsQueryResult result =
          new RemoteMetricsQueryRunner(loopback.caller()).run(request(budget));
      assertThat(result.annotations()).isEqualTo(new Annotations(List.of("w"), List.of("i")));
      List<RangeSeries> series = ((Matrix) result.value()).series();
      assertThat(series)
          .extracting(s -> s.labels().toString())
          .containsExactly("{z=\"1\"}", "{a=\"1\"}");
      assertThat(text(series.getLast().samples())).isEqualTo(text(samples));
      assertThat(budget.totalSamples()).isEqualTo(5);
      assertThat(budget.memoryBytes()).isZero();
    }
  }
}
