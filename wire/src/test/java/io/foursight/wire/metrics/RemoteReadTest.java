package io.foursight.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.metrics.RemoteReadRequest.ResponseType;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RemoteReadTest {
  private static byte[] request(long... responseTypes) {
    var out = new ProtoWriter();
    int query = out.begin(1);
    out.varint(1, -5);
    out.varint(2, 1_790_000_000_000L);
    for (int type = 0; type < 4; type++) {
      int m = out.begin(3);
      out.varint(1, type);
      out.string(2, "n" + type);
      out.string(3, type == 1 ? "" : "v.*");
      out.end(m);
    }
    int hints = out.begin(4);
    out.varint(1, 15_000);
    out.string(2, "rate");
    out.varint(3, 1);
    out.varint(4, 2);
    out.string(5, "job");
    out.varint(6, 1);
    out.varint(7, 300_000);
    out.end(hints);
    out.end(query);
    for (long type : responseTypes) {
      out.rawVarint(2 << 3);
      out.rawVarint(type);
    }
    return out.toByteArray();
  }

  @Test
  void request_decodesEveryField() {
    var decoded = RemoteReadRequest.decode(request(1, 0));
    assertThat(decoded.responseType()).isEqualTo(ResponseType.STREAMED_XOR_CHUNKS);
    var query = decoded.queries().getFirst();
    assertThat(query.range()).isEqualTo(new TimeRange(-5, 1_790_000_000_000L));
    assertThat(query.matchers())
        .containsExactly(
            new RemoteReadRequest.Matcher(LabelMatcher.Type.EQUAL, "n0", "v.*"),
            new RemoteReadRequest.Matcher(LabelMatcher.Type.NOT_EQUAL, "n1", ""),
            new RemoteReadRequest.Matcher(LabelMatcher.Type.REGEX, "n2", "v.*"),
            new RemoteReadRequest.Matcher(LabelMatcher.Type.NOT_REGEX, "n3", "v.*"));
    assertThat(query.hints())
        .isEqualTo(
            new RemoteReadRequest.Hints(15_000, "rate", 1, 2, List.of("job"), true, 300_000));
  }

  @Test
  void responseType_isTheFirstThatWeKnow() {
    assertThat(RemoteReadRequest.decode(request()).responseType()).isEqualTo(ResponseType.SAMPLES);
    assertThat(RemoteReadRequest.decode(request(7, 0, 1)).responseType())
        .isEqualTo(ResponseType.SAMPLES);
    assertThatThrownBy(() -> RemoteReadRequest.decode(request(7)))
        .hasMessageContaining("does not support any of the requested response types");
  }

  @Test
  void damagedRequests_areBadDataOrDecode() {
    for (long seed = 0; seed < 2000; seed++) {
      byte[] body = request(1);
      RemoteWriteV1DecoderTest.damage(body, new Random(seed));
      try {
        RemoteReadRequest.decode(body);
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.BAD_DATA);
      }
    }
  }

  /// A `QueryResult`'s time series are those of a write request, so its decoder reads them back.
  @Test
  void sampledResponse_holdsEverySeriesOfEveryQuery() {
    var series = distinct(new RandomSeries(5).list(30, false, false));
    var writer = new RemoteReadSamplesWriter(QueryBudget.unlimited());
    writer.query(cursor(series));
    writer.query(SeriesCursor.empty());
    var in = new ProtoReader(writer.toByteArray());
    assertThat(in.tag()).isEqualTo(0x0a);
    byte[] first = in.bytes();
    assertThat(in.tag()).isEqualTo(0x0a);
    assertThat(in.bytes()).isEmpty();
    assertThat(in.tag()).isZero();
    var batch = new MetricsBatch(new byte[0]);
    new RemoteWriteV1Decoder().decode(first, batch);
    assertThat(WriteRequests.read(batch)).isEqualTo(series);
  }

  @Test
  void chunkStream_isFramedCheckedAndComplete() throws IOException {
    var series = distinct(new RandomSeries(6).list(40, false, false));
    for (int maxFrame : new int[] {100, 1 << 20}) {
      var out = new ByteArrayOutputStream();
      var writer = new RemoteReadChunksWriter(out, QueryBudget.unlimited(), maxFrame);
      writer.query(0, cursor(series));
      writer.query(3, cursor(series.subList(0, 1)));
      var read = new ArrayList<String>();
      var expected = new ArrayList<String>();
      series.forEach(s -> expected.add("0 " + text(s)));
      expected.add("3 " + text(series.getFirst()));
      frames(out.toByteArray(), read);
      assertThat(read).isEqualTo(expected);
    }
  }

  /// One sample of `up` at 0 with value 0, frame by hand; the checksum by the JDK's CRC-32C.
  @Test
  void goldenFrame() throws IOException {
    var out = new ByteArrayOutputStream();
    var one =
        new WriteRequests.Series(
            Labels.of("__name__", "up"),
            List.of(new WriteRequests.Sample(0, 0, 0)),
            List.of(),
            List.of());
    new RemoteReadChunksWriter(out, QueryBudget.unlimited()).query(0, cursor(List.of(one)));
    String message =
        "0a21"
            + "0a0e0a085f5f6e616d655f5f12027570"
            + "120f"
            + "1801"
            + "220b"
            + "000100"
            + "0000000000000000";
    byte[] bytes = HexFormat.of().parseHex(message);
    var crc = new CRC32C();
    crc.update(bytes);
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(String.format("%02x%08x", bytes.length, crc.getValue()) + message);
  }

  private static List<WriteRequests.Series> distinct(List<WriteRequests.Series> series) {
    var all = new ArrayList<WriteRequests.Series>();
    for (var s : series) {
      // Rows of a cursor ascend by time, and floats and histograms never share one.
      var samples = new ArrayList<WriteRequests.Sample>();
      var histograms = new ArrayList<WriteRequests.Histogram>();
      long t = 1000;
      for (var sample : s.samples()) {
        samples.add(new WriteRequests.Sample(t += 1000, 0, sample.value()));
      }
      for (var h : s.histograms()) {
        histograms.add(new WriteRequests.Histogram(t += 1000, 0, h.histogram()));
      }
      all.add(new WriteRequests.Series(s.labels(), samples, histograms, List.of()));
    }
    return all;
  }

  private static SeriesCursor cursor(List<WriteRequests.Series> series) {
    return new SeriesCursor() {
      private int at = -1;

      @Override
      public boolean next() {
        return ++at < series.size();
      }

      @Override
      public Labels labels() {
        return series.get(at).labels();
      }

      @Override
      public void samples(SampleColumns into) {
        into.clear();
        series.get(at).samples().forEach(s -> into.add(s.timestamp(), s.value()));
        series.get(at).histograms().forEach(h -> into.add(h.timestamp(), 0, h.histogram()));
      }

      @Override
      public void close() {}
    };
  }

  private static String text(WriteRequests.Series s) {
    var text = new StringBuilder(s.labels().toString());
    s.samples().forEach(x -> text.append(" ").append(x.timestamp()).append('=').append(x.value()));
    s.histograms()
        .forEach(
            h -> text.append(" ").append(h.timestamp()).append("=h").append(h.histogram().count()));
    return text.toString();
  }

  private static void frames(byte[] stream, List<String> into) {
    var in = new ProtoReader(stream);
    String lastKey = "";
    while (!in.atEnd()) {
      int n = (int) in.varint();
      int crc = Integer.reverseBytes(in.fixed32());
      var sum = new CRC32C();
      sum.update(stream, in.position(), n);
      assertThat((int) sum.getValue()).isEqualTo(crc);
      var message = new ProtoReader();
      message.reset(stream, in.position(), n);
      in.position(in.position() + n);
      var labels = new ArrayList<String>();
      var samples = new SampleColumns();
      long query = 0;
      for (int tag = message.tag(); tag != 0; tag = message.tag()) {
        if (tag == 0x10) {
          query = message.varint();
          continue;
        }
        assertThat(tag).isEqualTo(0x0a);
        int outer = message.enter();
        for (int field = message.tag(); field != 0; field = message.tag()) {
          int inner = message.enter();
          if (field == 0x0a) {
            message.tag();
            labels.add(message.string());
            message.tag();
            labels.add(message.string());
          } else {
            chunk(message, samples);
          }
          message.leave(inner);
        }
        message.leave(outer);
      }
      String key = query + " " + Labels.of(labels.toArray(new String[0]));
      var text = new StringBuilder();
      for (int i = 0; i < samples.size(); i++) {
        text.append(" ").append(samples.timestamp(i)).append('=');
        text.append(
            samples.isHistogram(i) ? "h" + samples.histogram(i).count() : "" + samples.value(i));
      }
      if (key.equals(lastKey) && !into.isEmpty()) {
        into.set(into.size() - 1, into.getLast() + text);
      } else {
        into.add(key + text);
      }
      lastKey = key;
    }
  }

  private static void chunk(ProtoReader in, SampleColumns samples) {
    int type = 0;
    byte[] data = {};
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x18 -> type = in.varint32();
        case 0x22 -> data = in.bytes();
        default -> in.skip(tag);
      }
    }
    ChunkDecoder.decode(type, data, samples);
  }
}
