package io.foursight.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.StaleMarker;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemoteWriteV1DecoderTest {
  private final RemoteWriteV1Decoder decoder = new RemoteWriteV1Decoder();
  private final MetricsBatch batch = new MetricsBatch(new byte[0]);

  /// Written by hand from the specification's message definitions.
  @Test
  void goldenRequest_decodesFieldByField() {
    byte[] body =
        HexFormat.of()
            .parseHex(
                ("0a 26" // timeseries, 38 bytes
                        + "0a 0e 0a 08 5f5f6e616d655f5f 12 02 7570" // __name__="up"
                        + "0a 06 0a 01 61 12 01 62" // a="b"
                        + "12 0c 09 000000000000f03f 10 d804") // 1.0 at 600
                    .replace(" ", ""));
    decoder.decode(body, batch);
    assertThat(WriteRequests.read(batch))
        .containsExactly(
            new WriteRequests.Series(
                Labels.of("__name__", "up", "a", "b"),
                List.of(new WriteRequests.Sample(600, 0, 1.0)),
                List.of(),
                List.of()));
  }

  @Test
  void staleMarkersAndOtherNans_keepTheirBits() {
    var out = new ProtoWriter();
    int series = out.begin(1);
    label(out, "__name__", "up");
    sample(out, 1, StaleMarker.VALUE);
    sample(out, 2, Double.longBitsToDouble(0x7ff8000000000123L));
    sample(out, 3, -0.0);
    out.end(series);
    decoder.decode(out.toByteArray(), batch);
    assertThat(Double.doubleToRawLongBits(batch.values()[0])).isEqualTo(StaleMarker.BITS);
    assertThat(Double.doubleToRawLongBits(batch.values()[1])).isEqualTo(0x7ff8000000000123L);
    assertThat(Double.doubleToRawLongBits(batch.values()[2])).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void randomRequests_roundTrip() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new RandomSeries(seed);
      var series = random.list(20, false, false);
      var metadata = random.metadata(3);
      decoder.decode(WriteRequests.v1(series, metadata), batch);
      assertThat(WriteRequests.read(batch)).as("seed %d", seed).isEqualTo(series);
      assertThat(batch.metadata()).as("seed %d", seed).isEqualTo(metadata);
    }
  }

  @Test
  void labelRange_isTheCanonicalLabelEncodingOfTheBody() {
    var series = new RandomSeries(7).list(5, false, false);
    decoder.decode(WriteRequests.v1(series, List.of()), batch);
    for (int i = 0; i < 5; i++) {
      byte[] range = new byte[batch.labelLength(i)];
      System.arraycopy(batch.labelBytes(i), batch.labelOffset(i), range, 0, range.length);
      assertThat(range).isEqualTo(LabelBytes.encode(series.get(i).labels()));
    }
  }

  /// Protobuf allows any field order, so a sender may put labels behind samples.
  @Test
  void labelsBehindAndBetweenSamples_becomeOneRange() {
    var out = new ProtoWriter();
    int series = out.begin(1);
    sample(out, 1, 10);
    label(out, "__name__", "up");
    sample(out, 2, 20);
    label(out, "a", "x".repeat(200));
    sample(out, 3, 30);
    label(out, "b", "y");
    out.end(series);
    decoder.decode(out.toByteArray(), batch);
    assertThat(labels(0)).isEqualTo(Labels.of("__name__", "up", "a", "x".repeat(200), "b", "y"));
    assertThat(batch.timestamps()).startsWith(1, 2, 3);
    assertThat(batch.values()).startsWith(10, 20, 30);
  }

  @Test
  void unknownFields_areSkippedAtEveryLevel() {
    var out = new ProtoWriter();
    out.varint(200, 5);
    int series = out.begin(1);
    label(out, "__name__", "up");
    out.string(77, "unknown");
    int m = out.begin(2);
    out.varint(9, 1);
    out.varint(2, 10);
    out.rawVarint(15 << 3 | 5);
    out.rawByte(1);
    out.rawByte(2);
    out.rawByte(3);
    out.rawByte(4);
    out.float64(1, 4);
    out.end(m);
    out.end(series);
    out.float64(99, 1);
    decoder.decode(out.toByteArray(), batch);
    assertThat(labels(0)).isEqualTo(Labels.of("__name__", "up"));
    assertThat(batch.timestamps()[0]).isEqualTo(10);
    assertThat(batch.values()[0]).isEqualTo(4);
  }

  @Test
  void omittedZeroFields_areZero() {
    var out = new ProtoWriter();
    int series = out.begin(1);
    label(out, "__name__", "up");
    out.end(out.begin(2));
    out.end(series);
    decoder.decode(out.toByteArray(), batch);
    assertThat(batch.sampleCount()).isEqualTo(1);
    assertThat(batch.timestamps()[0]).isZero();
    assertThat(batch.values()[0]).isZero();
  }

  @Test
  void metadataOfAnUnknownType_isKeptAsUnknown() {
    var out = new ProtoWriter();
    int m = out.begin(3);
    out.varint(1, 99);
    out.string(2, "family");
    out.end(m);
    decoder.decode(out.toByteArray(), batch);
    assertThat(batch.metadata())
        .containsExactly(new MetricMetadata("family", MetricMetadata.Type.UNKNOWN, "", ""));
  }

  @Test
  void emptyBody_isAnEmptyBatch() {
    decoder.decode(new byte[0], batch);
    assertThat(batch.seriesCount()).isZero();
  }

  @Test
  void truncatedBody_isBadDataAndNamesTheByte() {
    byte[] body = WriteRequests.v1(new RandomSeries(3).list(1, false, false), List.of());
    byte[] cut = java.util.Arrays.copyOf(body, body.length - 1);
    assertThatThrownBy(() -> decoder.decode(cut, batch))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("malformed protobuf at byte 1")
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.BAD_DATA);
  }

  @Test
  void everyDamagedBody_isBadDataOrDecodes_neverAnotherError() {
    for (long seed = 0; seed < 3000; seed++) {
      var random = new Random(seed);
      byte[] body = WriteRequests.v1(new RandomSeries(seed % 40).list(4, false, false), List.of());
      damage(body, random);
      try {
        decoder.decode(body, batch);
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.BAD_DATA);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void randomBytes_areBadDataOrDecode_neverAnotherError() {
    for (long seed = 0; seed < 5000; seed++) {
      byte[] body = new byte[new Random(seed).nextInt(1, 200)];
      new Random(seed).nextBytes(body);
      body[0] = 0x0a;
      try {
        decoder.decode(body, batch);
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.BAD_DATA);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void tooManyEmptySeries_areRefusedBeforeTheyFillTheHeap() {
    byte[] body = new byte[2 * (RemoteWriteV1Decoder.MAX_SERIES + 1)];
    for (int i = 0; i < body.length; i += 2) {
      body[i] = 0x0a;
    }
    assertThatThrownBy(() -> decoder.decode(body, batch))
        .hasMessageContaining("more than 4194304 series")
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.TOO_LARGE);
  }

  static void damage(byte[] body, Random random) {
    for (int k = random.nextInt(1, 6); k > 0; k--) {
      int at = random.nextInt(body.length);
      body[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (body[at] ^ 1 << random.nextInt(8));
    }
  }

  private Labels labels(int i) {
    return LabelBytes.decode(batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i));
  }

  private static void label(ProtoWriter out, String name, String value) {
    int m = out.begin(1);
    out.string(1, name);
    out.string(2, value);
    out.end(m);
  }

  private static void sample(ProtoWriter out, long timestamp, double value) {
    int m = out.begin(2);
    out.float64(1, value);
    out.varint(2, timestamp);
    out.end(m);
  }
}
