package io.foursight.wire.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PushDecoderTest {
  private final PushDecoder decoder = new PushDecoder();
  private final LogsBatch batch = new LogsBatch(new byte[0]);

  @Test
  void streamsEntriesAndMetadata() {
    var out = new ProtoWriter();
    int stream = out.begin(1);
    out.string(1, "{app=\"x\"}");
    entry(out, 5, 7, "hello", "trace_id", "ab");
    entry(out, 6, 0, "", "a", "1", "b", "", "a", "2");
    out.varint(3, 99);
    out.end(stream);
    stream = out.begin(1);
    entry(out, 7, 0, "labels come last");
    out.string(1, "{app=\"y\"}");
    out.end(stream);
    out.string(2, "format");
    decoder.decode(out.toByteArray(), batch);
    assertThat(Entries.of(batch))
        .containsExactly(
            "{app=\"x\"} 5000000007 hello {trace_id=ab}",
            "{app=\"x\"} 6000000000  {a=2}",
            "{app=\"y\"} 7000000000 labels come last {}");
  }

  @Test
  void aStreamWithBadLabelsDoesNotSpoilTheOthers() {
    var out = new ProtoWriter();
    for (String labels : new String[] {"{app=\"x\"}", "nonsense", "{app=\"z\"}"}) {
      int stream = out.begin(1);
      out.string(1, labels);
      entry(out, 1, 0, "line");
      out.end(stream);
    }
    decoder.decode(out.toByteArray(), batch);
    assertThat(decoder.streams())
        .extracting(StreamLabels::reason)
        .containsExactly("", "invalid_labels", "");
    assertThat(batch.entryCount()).isEqualTo(3);
  }

  @Test
  void anyCutOfAMessageIsBadDataOrShorter() {
    var out = new ProtoWriter();
    int stream = out.begin(1);
    out.string(1, "{app=\"x\"}");
    entry(out, 5, 7, "hello", "trace_id", "ab");
    out.end(stream);
    byte[] whole = out.toByteArray();
    for (int n = 1; n < whole.length; n++) {
      byte[] cut = Arrays.copyOf(whole, n);
      assertThatThrownBy(() -> decoder.decode(cut, batch))
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    }
  }

  private static void entry(ProtoWriter out, long seconds, long nanos, String line, String... sm) {
    int entry = out.begin(2);
    int time = out.begin(1);
    out.varint(1, seconds);
    out.varint(2, nanos);
    out.end(time);
    out.string(2, line);
    for (int i = 0; i < sm.length; i += 2) {
      int pair = out.begin(3);
      out.string(1, sm[i]);
      out.string(2, sm[i + 1]);
      out.end(pair);
    }
    out.end(entry);
  }
}
