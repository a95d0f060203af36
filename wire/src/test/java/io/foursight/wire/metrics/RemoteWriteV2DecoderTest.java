package io.foursight.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricMetadata.Type;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemoteWriteV2DecoderTest {
  private final RemoteWriteV2Decoder decoder = new RemoteWriteV2Decoder();
  private final MetricsBatch batch = new MetricsBatch(new byte[0]);

  /// Written by hand from the specification's message definitions.
  @Test
  void goldenRequest_decodesFieldByField() {
    decoder.decode(
        HexFormat.of()
            .parseHex(
                ("22 00 22 08 5f5f6e616d655f5f 22 02 7570" // "", "__name__", "up"
                        + "2a 14 0a 02 01 02" // timeseries: refs 1, 2
                        + "12 0e 09 000000000000f03f 10 d804 18 64") // 1.0 at 600, started 100
                    .replace(" ", "")),
        batch);
    assertThat(WriteRequests.read(batch))
        .containsExactly(
            new WriteRequests.Series(
                Labels.of("__name__", "up"),
                List.of(new WriteRequests.Sample(600, 100, 1.0)),
                List.of(),
                List.of()));
    assertThat(decoder.rejections()).isEmpty();
  }

  @Test
  void randomRequests_roundTripWithStartTimestamps() {
    for (long seed = 0; seed < 300; seed++) {
      var series = new RandomSeries(seed).list(20, true, true);
      decoder.decode(WriteRequests.v2(series), batch);
      assertThat(WriteRequests.read(batch)).as("seed %d", seed).isEqualTo(series);
    }
  }

  @Test
  void labelBytes_areCanonicalWhenTheSenderSorts() {
    var series = new RandomSeries(11).list(10, true, false);
    decoder.decode(WriteRequests.v2(series), batch);
    for (int i = 0; i < series.size(); i++) {
      byte[] range = new byte[batch.labelLength(i)];
      System.arraycopy(batch.labelBytes(i), batch.labelOffset(i), range, 0, range.length);
      assertThat(range).isEqualTo(LabelBytes.encode(series.get(i).labels()));
    }
  }

  @Test
  void symbolsBehindTheSeries_areFound() {
    var out = new ProtoWriter();
    series(out, 1, 2);
    symbols(out, "", "__name__", "up");
    decoder.decode(out.toByteArray(), batch);
    assertThat(WriteRequests.read(batch).getFirst().labels())
        .isEqualTo(Labels.of("__name__", "up"));
  }

  @Test
  void firstSymbolThatIsNotEmpty_isBadData() {
    var out = new ProtoWriter();
    symbols(out, "__name__", "up");
    series(out, 0, 1);
    assertThatThrownBy(() -> decoder.decode(out.toByteArray(), batch))
        .hasMessageContaining("symbols must start with an empty string")
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.BAD_DATA);
  }

  /// One bad series must not cost the others.
  @Test
  void seriesWithBrokenReferences_isLeftOutAndReported() {
    var out = new ProtoWriter();
    symbols(out, "", "__name__", "up", "down");
    series(out, 1, 99);
    series(out, 1, 2);
    series(out, 1);
    series(out, 1, 3);
    decoder.decode(out.toByteArray(), batch);
    assertThat(WriteRequests.read(batch))
        .extracting(s -> s.labels().metricName())
        .containsExactly("up", "down");
    assertThat(decoder.rejections()).hasSize(1);
    assertThat(decoder.rejections().getFirst().count()).isEqualTo(2);
    assertThat(decoder.rejections().getFirst().message())
        .contains("labelRefs[1] = 99 is outside of the symbols table of 4");
  }

  @Test
  void seriesWithoutSamplesOrWithBothKinds_isReported() {
    var out = new ProtoWriter();
    symbols(out, "", "__name__", "up");
    int m = out.begin(5);
    refs(out, 1, 2);
    out.end(m);
    m = out.begin(5);
    refs(out, 1, 2);
    out.end(out.begin(2));
    out.end(out.begin(3));
    out.end(m);
    decoder.decode(out.toByteArray(), batch);
    assertThat(batch.seriesCount()).isZero();
    assertThat(batch.sampleCount()).isZero();
    assertThat(decoder.rejections())
        .extracting(r -> r.reason() + "=" + r.count())
        .containsExactly("no_samples=1", "mixed_samples=2");
  }

  @Test
  void metadataOfTheSeriesOfAFamily_isAddedOnce() {
    var out = new ProtoWriter();
    symbols(out, "", "__name__", "d_bucket", "d_count", "help", "seconds", "le", "1");
    withMetadata(out, 3, 4, 5, 1, 2, 6, 7);
    withMetadata(out, 3, 4, 5, 1, 2, 6, 7);
    withMetadata(out, 3, 4, 5, 1, 3);
    decoder.decode(out.toByteArray(), batch);
    assertThat(batch.metadata())
        .containsExactly(new MetricMetadata("d", Type.HISTOGRAM, "help", "seconds"));
  }

  @Test
  void largeSymbolNamedManyTimes_isRefusedBeforeItFillsTheHeap() {
    var out = new ProtoWriter();
    symbols(out, "", "a", "x".repeat(1 << 20));
    int m = out.begin(5);
    int refs = out.begin(1);
    for (int i = 0; i < 1000; i++) {
      out.rawVarint(1);
      out.rawVarint(2);
    }
    out.end(refs);
    out.end(out.begin(2));
    out.end(m);
    assertThatThrownBy(() -> decoder.decode(out.toByteArray(), batch))
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.TOO_LARGE);
  }

  @Test
  void everyDamagedBody_isBadDataOrDecodes_neverAnotherError() {
    for (long seed = 0; seed < 3000; seed++) {
      byte[] body = WriteRequests.v2(new RandomSeries(seed % 40).list(4, true, true));
      RemoteWriteV1DecoderTest.damage(body, new Random(seed));
      try {
        decoder.decode(body, batch);
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.BAD_DATA);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void symbols(ProtoWriter out, String... symbols) {
    for (String symbol : symbols) {
      out.bytes(4, symbol.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void series(ProtoWriter out, int... refs) {
    int m = out.begin(5);
    refs(out, refs);
    out.end(out.begin(2));
    out.end(m);
  }

  private static void withMetadata(ProtoWriter out, int type, int help, int unit, int... refs) {
    int m = out.begin(5);
    refs(out, refs);
    out.end(out.begin(2));
    int metadata = out.begin(5);
    out.varint(1, type);
    out.varint(3, help);
    out.varint(4, unit);
    out.end(metadata);
    out.end(m);
  }

  private static void refs(ProtoWriter out, int... refs) {
    int m = out.begin(1);
    for (int ref : refs) {
      out.rawVarint(ref);
    }
    out.end(m);
  }
}
