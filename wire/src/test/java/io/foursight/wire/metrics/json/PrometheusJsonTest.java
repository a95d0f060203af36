package io.foursight.wire.metrics.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Text;
import io.foursight.model.metrics.MetricsQueryResult.Value;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.wire.json.JsonBuffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrometheusJsonTest {
  private static final int[] NONE = {};
  private static final double[] NO_COUNTS = {};

  private static String data(Value value) {
    var out = new JsonBuffer();
    PrometheusJson.queryData(out, value, Optional.empty());
    return out.toString();
  }

  private static SampleColumns floats(double... timesAndValues) {
    var samples = new SampleColumns();
    for (int i = 0; i < timesAndValues.length; i += 2) {
      samples.add((long) timesAndValues[i], timesAndValues[i + 1]);
    }
    return samples;
  }

  private static SampleColumns histogram(long time, NativeHistogram histogram) {
    var samples = new SampleColumns();
    samples.add(time, 0, histogram);
    return samples;
  }

  @Test
  void scalarAndString() {
    assertThat(data(new Scalar(4000, 2)))
        .isEqualTo("{\"resultType\":\"scalar\",\"result\":[4,\"2\"]}");
    assertThat(data(new Text(4100, "a\"b")))
        .isEqualTo("{\"resultType\":\"string\",\"result\":[4.100,\"a\\\"b\"]}");
  }

  @Test
  void vectorOfFloats_andTheEmptyOneIsAnEmptyList() {
    assertThat(data(new Vector(List.of()))).isEqualTo("{\"resultType\":\"vector\",\"result\":[]}");
    var one = new InstantSample(Labels.of("__name__", "up", "job", "a"), floats(1500, 1));
    var two = new InstantSample(Labels.EMPTY, floats(1500, Double.POSITIVE_INFINITY));
    assertThat(data(new Vector(List.of(one, two))))
        .isEqualTo(
            "{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"__name__\":\"up\",\"job\":\"a\"},\"value\":[1.500,\"1\"]},"
                + "{\"metric\":{},\"value\":[1.500,\"+Inf\"]}]}");
  }

  @Test
  void matrixKeepsFloatsAndHistogramsApart() {
    var samples = floats(0, 1, 1000, 2);
    samples.add(
        2000,
        0,
        new NativeHistogram(
            true,
            ResetHint.UNKNOWN,
            0,
            0,
            0,
            1,
            1.5,
            new int[] {1, 1},
            new double[] {1},
            NONE,
            NO_COUNTS,
            NO_COUNTS));
    assertThat(data(new Matrix(List.of(new RangeSeries(Labels.of("a", "b"), samples)))))
        .isEqualTo(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},"
                + "\"values\":[[0,\"1\"],[1,\"2\"]],"
                + "\"histograms\":[[2,{\"count\":\"1\",\"sum\":\"1.5\","
                + "\"buckets\":[[0,\"1\",\"2\",\"1\"]]}]]}]}");
  }

  /// Negative buckets first and mirrored, the zero bucket closed on both sides, empty ones left
  /// out.
  @Test
  void histogramBucketsRunFromNegativeToPositive() {
    var h =
        new NativeHistogram(
            true,
            ResetHint.UNKNOWN,
            0,
            0.001,
            2,
            12,
            18.4,
            new int[] {0, 2, 1, 2},
            new double[] {1, 2, 0, 1},
            new int[] {0, 1, 1, 1},
            new double[] {3, 4},
            NO_COUNTS);
    assertThat(data(new Vector(List.of(new InstantSample(Labels.EMPTY, histogram(1000, h))))))
        .contains(
            "\"histogram\":[1,{\"count\":\"12\",\"sum\":\"18.4\",\"buckets\":["
                + "[1,\"-4\",\"-2\",\"4\"],[1,\"-1\",\"-0.5\",\"3\"],"
                + "[3,\"-0.001\",\"0.001\",\"2\"],"
                + "[0,\"0.5\",\"1\",\"1\"],[0,\"1\",\"2\",\"2\"],[0,\"8\",\"16\",\"1\"]]}]");
  }

  @Test
  void customBuckets_haveTheSendersBounds_andAnInfiniteLast() {
    var h =
        new NativeHistogram(
            true,
            ResetHint.UNKNOWN,
            NativeHistogram.CUSTOM_BUCKETS,
            0,
            0,
            6,
            3,
            new int[] {0, 3},
            new double[] {1, 2, 3},
            NONE,
            NO_COUNTS,
            new double[] {0.1, 1});
    assertThat(data(new Vector(List.of(new InstantSample(Labels.EMPTY, histogram(0, h))))))
        .contains(
            "\"buckets\":[[3,\"-Inf\",\"0.1\",\"1\"],[0,\"0.1\",\"1\",\"2\"],[0,\"1\",\"+Inf\",\"3\"]]");
  }

  @Test
  void emptyHistogram_hasNoBuckets() {
    var h =
        new NativeHistogram(
            true, ResetHint.UNKNOWN, 3, 0, 0, 0, 0, NONE, NO_COUNTS, NONE, NO_COUNTS, NO_COUNTS);
    assertThat(data(new Vector(List.of(new InstantSample(Labels.EMPTY, histogram(0, h))))))
        .contains("\"histogram\":[0,{\"count\":\"0\",\"sum\":\"0\"}]");
  }

  @Test
  void envelopeShowsTenNotesAndCountsTheRest() {
    List<String> warnings = IntStream.range(0, 13).mapToObj(i -> "w" + i).toList();
    var out = new JsonBuffer();
    PrometheusJson.success(
        out, o -> PrometheusJson.texts(o, List.of("x")), new Annotations(warnings, List.of("i")));
    assertThat(out.toString())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":[\"x\"],\"warnings\":[\"w0\",\"w1\",\"w2\",\"w3\",\"w4\",\"w5\",\"w6\",\"w7\",\"w8\",\"w9\",\"3"
                + " more warning annotations omitted\"],\"infos\":[\"i\"]}");
    assertThat(new String(PrometheusJson.error("bad_data", "1:2: no"), StandardCharsets.UTF_8))
        .isEqualTo("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:2: no\"}");
  }

  @Test
  void metadataAndExemplars() {
    var out = new JsonBuffer();
    PrometheusJson.metadata(
        out,
        Map.of(
            "up", List.of(new MetricMetadata("up", MetricMetadata.Type.GAUGEHISTOGRAM, "h", ""))));
    assertThat(out.toString())
        .isEqualTo("{\"up\":[{\"type\":\"gaugehistogram\",\"help\":\"h\",\"unit\":\"\"}]}");
    out = new JsonBuffer();
    PrometheusJson.exemplars(
        out,
        List.of(
            new ExemplarSeries(
                Labels.of("__name__", "m"),
                List.of(new Exemplar(Labels.of("trace_id", "t"), 6, 1600096945479L)))));
    assertThat(out.toString())
        .isEqualTo(
            "[{\"seriesLabels\":{\"__name__\":\"m\"},\"exemplars\":[{\"labels\":"
                + "{\"trace_id\":\"t\"},\"value\":\"6\",\"timestamp\":1600096945.479}]}]");
  }

  /// Whatever a label holds, a JSON parser reads it back; a lone surrogate becomes U+FFFD.
  @Test
  void anyTextReadsBack_wholeOrStreamed() throws Exception {
    long seed = 77;
    var random = new Random(seed);
    var mapper = new ObjectMapper();
    for (int i = 0; i < 2000; i++) {
      var text = new StringBuilder();
      int n = random.nextInt(i % 100 == 0 ? 40_000 : 20);
      for (int j = 0; j < n; j++) {
        text.append(
            (char) (random.nextInt(3) == 0 ? random.nextInt(0x10000) : random.nextInt(128)));
      }
      String expected =
          new String(
              text.toString().getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
      var stream = new ByteArrayOutputStream();
      var streamed = new JsonBuffer(stream);
      PrometheusJson.texts(streamed, List.of(text.toString(), "tail"));
      streamed.flush();
      var whole = new JsonBuffer();
      PrometheusJson.texts(whole, List.of(text.toString(), "tail"));
      assertThat(stream.toByteArray()).as("seed %s", seed).isEqualTo(whole.toByteArray());
      assertThat(mapper.readTree(whole.toByteArray()).get(0).asText())
          .as("seed %s", seed)
          .isEqualTo(expected);
    }
  }
}
