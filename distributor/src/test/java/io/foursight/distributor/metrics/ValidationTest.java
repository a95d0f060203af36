package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.distributor.DistributorLimits.LongValues;
import io.foursight.distributor.DistributorLimits.NameScheme;
import io.foursight.distributor.FakeCall;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.metrics.RemoteWriteV1Decoder;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The rules for series and samples, through the remote write door.
class ValidationTest {
  private static final long T = DistributorBench.NOW;

  private final DistributorBench bench = new DistributorBench();

  private String refused(String... pairs) {
    HttpReply reply = bench.remoteWrite.push(FakeCall.snappy(Requests.v1(T, 1, pairs)));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(bench.sink.samples).isEmpty();
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  private String stored(String... pairs) {
    bench.sink.samples.clear();
    HttpReply reply = bench.remoteWrite.push(FakeCall.snappy(Requests.v1(T, 1, pairs)));
    assertThat(reply.status()).as(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo(200);
    assertThat(bench.sink.samples).hasSize(1);
    String text = bench.sink.samples.getFirst();
    return text.substring("anonymous ".length(), text.indexOf(" @"));
  }

  @Test
  void unsortedLabels_areSorted() {
    assertThat(stored("z", "1", "__name__", "up", "a", "2"))
        .isEqualTo("{__name__=\"up\", a=\"2\", z=\"1\"}");
    assertThat(stored("z", "1", "__name__", "up", "a", "2"))
        .isEqualTo("{__name__=\"up\", a=\"2\", z=\"1\"}");
  }

  @Test
  void manyUnsortedLabels_areSorted() {
    bench.limits = Limits.with("maxLabelNamesPerSeries", 0);
    var pairs = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      pairs.add("l" + (i * 37 % 200));
      pairs.add("v");
    }
    pairs.add("__name__");
    pairs.add("up");
    var array = pairs.toArray(new String[0]);
    assertThat(stored(array)).isEqualTo(Labels.of(array).toString());
  }

  @Test
  void emptyValues_areAbsentLabels() {
    assertThat(stored("__name__", "up", "a", "", "b", "1")).isEqualTo("{__name__=\"up\", b=\"1\"}");
  }

  @Test
  void duplicateNames_areRefused() {
    assertThat(refused("__name__", "up", "a", "1", "a", "2"))
        .contains("err-mimir-duplicate-label-names")
        .contains("label: 'a'");
    assertThat(refused("a", "1", "__name__", "up", "a", "1"))
        .contains("err-mimir-duplicate-label-names");
  }

  @Test
  void missingOrEmptyMetricName_isRefused() {
    assertThat(refused("a", "1")).contains("err-mimir-missing-metric-name");
    assertThat(refused("__name__", "", "a", "1")).contains("err-mimir-missing-metric-name");
    assertThat(refused()).contains("err-mimir-missing-metric-name");
  }

  @Test
  void lengthsAndCounts_areBoundedWithValueAndBoundInTheText() {
    bench.limits =
        Limits.with("maxLabelNameLength", 8, "maxLabelValueLength", 5, "maxLabelNamesPerSeries", 3);
    assertThat(refused("__name__", "up", "too_long_name", "1"))
        .contains("actual: 13, limit: 8")
        .contains("err-mimir-label-name-too-long");
    assertThat(refused("__name__", "up", "a", "123456"))
        .contains("length of 6 exceeds the limit of 5")
        .contains("err-mimir-label-value-too-long");
    assertThat(refused("__name__", "up", "a", "1", "b", "1", "c", "1"))
        .contains("actual: 4, limit: 3")
        .contains("err-mimir-max-label-names-per-series");
  }

  @Test
  void infoSeries_haveABoundOfTheirOwn() {
    bench.limits = Limits.with("maxLabelNamesPerSeries", 1, "maxLabelNamesPerInfoSeries", 2);
    stored("__name__", "x_info", "a", "1");
    bench.sink.samples.clear();
    assertThat(refused("__name__", "x_info", "a", "1", "b", "1"))
        .contains("err-mimir-max-label-names-per-info-series");
  }

  @Test
  void longValues_areTruncatedOrDroppedWhereTheTenantWants() {
    String value = "ä".repeat(100);
    bench.limits =
        Limits.with(
            "maxLabelValueLength",
            100,
            "maxLabelValueLengthOverLimitStrategy",
            LongValues.TRUNCATE);
    assertThat(stored("__name__", "up", "a", value))
        .matches("\\{__name__=\"up\", a=\"ä{14}\\(hash:[0-9a-f]{64}\\)\"}");
    bench.limits =
        Limits.with(
            "maxLabelValueLength", 100, "maxLabelValueLengthOverLimitStrategy", LongValues.DROP);
    assertThat(stored("__name__", "up", "a", value))
        .matches("\\{__name__=\"up\", a=\"\\(hash:[0-9a-f]{64}\\)\"}");
  }

  @Test
  void utf8Names_areAllowedUnlessTheTenantIsLegacy() {
    assertThat(stored("__name__", "http.requests", "label.ä", "1"))
        .isEqualTo("{__name__=\"http.requests\", label.ä=\"1\"}");
    bench.sink.samples.clear();
    bench.limits = Limits.with("nameValidationScheme", NameScheme.LEGACY);
    assertThat(refused("__name__", "http.requests")).contains("err-mimir-metric-name-invalid");
    assertThat(refused("__name__", "up", "label.x", "1")).contains("err-mimir-label-invalid");
    assertThat(refused("__name__", "1up")).contains("err-mimir-metric-name-invalid");
    stored("__name__", "a:b", "_x1", "1");
  }

  @Test
  void invalidUtf8_isRefused() {
    for (byte[] bad :
        new byte[][] {
          {(byte) 0xff},
          {(byte) 0xc0, (byte) 0x80},
          {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
          {'a', (byte) 0xe2, (byte) 0x82},
        }) {
      var out = new ProtoWriter();
      int series = out.begin(1);
      int m = out.begin(1);
      out.string(1, "__name__");
      out.string(2, "up");
      out.end(m);
      m = out.begin(1);
      out.string(1, "a");
      out.bytes(2, bad);
      out.end(m);
      out.end(out.begin(2));
      out.end(series);
      HttpReply reply = bench.remoteWrite.push(FakeCall.snappy(out.toByteArray()));
      assertThat(reply.status()).isEqualTo(400);
      assertThat(new String(reply.body(), StandardCharsets.UTF_8))
          .contains("err-mimir-label-value-invalid");
    }
  }

  @Test
  void timestampsAtBothEndsOfInt64_followTheGracePeriods() {
    assertThat(
            bench
                .remoteWrite
                .push(FakeCall.snappy(Requests.v1(Long.MAX_VALUE, 1, "__name__", "up")))
                .status())
        .isEqualTo(400);
    bench.limits =
        Limits.with("creationGracePeriod", Duration.ZERO, "pastGracePeriod", Duration.ofHours(1));
    assertThat(
            bench
                .remoteWrite
                .push(FakeCall.snappy(Requests.v1(Long.MAX_VALUE, 1, "__name__", "up")))
                .status())
        .isEqualTo(200);
    HttpReply past =
        bench.remoteWrite.push(FakeCall.snappy(Requests.v1(Long.MIN_VALUE, 1, "__name__", "up")));
    assertThat(past.status()).isEqualTo(400);
    assertThat(new String(past.body(), StandardCharsets.UTF_8))
        .contains("err-mimir-too-far-in-past");
  }

  /// A series that was valid under other limits must not stay valid by being known.
  @Test
  void changedLimits_applyToKnownSeries() {
    stored("__name__", "up", "long_name", "1");
    bench.sink.samples.clear();
    bench.limits = Limits.with("maxLabelNameLength", 8);
    assertThat(refused("__name__", "up", "long_name", "1"))
        .contains("err-mimir-label-name-too-long");
  }

  /// Nobody retries or fixes an exemplar, so it must not fail the samples' request.
  @Test
  void badExemplars_areLeftOutAndCountedWithoutFailingTheRequest() {
    var out = new ProtoWriter();
    int series = out.begin(1);
    int m = out.begin(1);
    out.string(1, "__name__");
    out.string(2, "up");
    out.end(m);
    out.end(out.begin(2));
    for (String id : new String[] {"", "good", "x".repeat(200)}) {
      int exemplar = out.begin(3);
      if (!id.isEmpty()) {
        m = out.begin(1);
        out.string(1, "trace_id");
        out.string(2, id);
        out.end(m);
      }
      out.varint(3, T);
      out.end(exemplar);
    }
    out.end(series);
    assertThat(bench.remoteWrite.push(FakeCall.snappy(out.toByteArray())).status()).isEqualTo(200);
    assertThat(bench.sink.exemplars).containsExactly("0 {trace_id=\"good\"}");
    assertThat(
            bench
                .registry
                .get("foursight_distributor_rejected_items_total")
                .tag("reason", "exemplar_labels_too_long")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void knownSeries_areNotParsedAgain() {
    for (int i = 0; i < 5; i++) {
      stored("__name__", "up", "a", "1");
    }
    assertThat(bench.registry.get("foursight_distributor_validated_series_total").counter().count())
        .isEqualTo(1);
  }

  /// Whatever order, form and repetition, what the sink gets is canonical and says the same.
  @Test
  void randomSeries_comeOutCanonicalHoweverTheyWereSent() {
    var hash = new SeriesHash(3, 4);
    var decoder = new RemoteWriteV1Decoder();
    var validator = new MetricsValidator(hash);
    var walk = new SeriesWalk(hash);
    var known = new KnownSeries(1000, () -> {});
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var out = new ProtoWriter();
      var expected = new ArrayList<Labels>();
      for (int s = 0; s < 20; s++) {
        var pairs = new ArrayList<String>();
        pairs.add("__name__");
        pairs.add("m" + random.nextInt(20));
        for (int l = random.nextInt(6); l > 0; l--) {
          pairs.add(random.nextInt(pairs.size() / 2 + 1) * 2, "l" + l);
          int at = pairs.indexOf("l" + l);
          pairs.add(at + 1, random.nextInt(4) == 0 ? "" : "v" + random.nextInt(3));
        }
        int from = out.size();
        Requests.series(out, T, s, pairs.toArray(new String[0]));
        assertThat(out.size()).isGreaterThan(from);
        expected.add(Labels.of(pairs.toArray(new String[0])));
      }
      var batch = new MetricsBatch(new byte[0]);
      byte[] body = out.toByteArray();
      walk.begin(known, bench.limits);
      decoder.decode(body, body.length, batch, walk);
      var rejections = new Rejections();
      validator.validate(batch, walk, bench.limits, known, T, rejections);
      assertThat(rejections.isEmpty()).isTrue();
      for (int i = 0; i < expected.size(); i++) {
        byte[] canonical = LabelBytes.encode(expected.get(i));
        byte[] got = new byte[batch.labelLength(i)];
        System.arraycopy(batch.labelBytes(i), batch.labelOffset(i), got, 0, got.length);
        assertThat(got).as("seed %d series %d", seed, i).isEqualTo(canonical);
        long[] high = new long[1];
        long[] low = new long[1];
        hash.hash(canonical, 0, canonical.length, high, low, 0);
        assertThat(batch.hashHigh()[i]).isEqualTo(high[0]);
        assertThat(batch.hashLow()[i]).isEqualTo(low[0]);
      }
    }
  }
}
