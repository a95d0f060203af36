package io.foursight.wire.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.logs.LogsBatch;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PushJsonTest {
  private final PushJson decoder = new PushJson();
  private final LogsBatch batch = new LogsBatch(new byte[0]);

  private void decode(String json) {
    decoder.decode(json.getBytes(StandardCharsets.UTF_8), batch);
  }

  @Test
  void streamsEntriesAndMetadata() {
    decode(
        """
        {"other":[1,{"x":"]"}],"streams":[
          {"values":[["5","hello",{"trace_id":"ab","a":"1","a":"2"}], [ "-6" , "" ]],"stream":{"app":"x"}},
          {"stream":{"app":"y","z":""},"values":[]},
          {"stream":{"app":"y"},"values":[["7","tab\\tquote\\"\\u00e9\\ud83d\\ude00\\/"]]}]}
        """);
    assertThat(Entries.of(batch))
        .containsExactly(
            "{app=\"x\"} 5 hello {a=2, trace_id=ab}",
            "{app=\"x\"} -6  {}",
            "{app=\"y\"} 7 tab\tquote\"é😀/ {}");
  }

  @Test
  void theOlderForm() {
    decode(
        """
        {"streams":[{"labels":"{app=\\"x\\"}","entries":[{"ts":"2026-01-01T00:00:00.000000001Z","line":"old"}]}]}
        """);
    assertThat(Entries.of(batch)).containsExactly("{app=\"x\"} 1767225600000000001 old {}");
  }

  @Test
  void shapesAreStrict() {
    for (String entry :
        new String[] {
          "[5,\"line\"]",
          "[\"5\",6]",
          "[\"x\",\"line\"]",
          "[\"5\"]",
          "[\"5\",\"line\",{\"a\":1}]",
          "[\"5\",\"line\",\"a\"]",
          "[\"5\",\"line\",{},1]",
          "{}",
          "[\"99999999999999999999\",\"l\"]",
          "[\"5\",\"line\\q\"]",
          "[\"5\",\"line",
          "[\"5\",\"line\"],"
        }) {
      assertThatThrownBy(
              () -> decode("{\"streams\":[{\"stream\":{\"a\":\"b\"},\"values\":[" + entry + "]}]}"))
          .as(entry)
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    }
    for (String json :
        new String[] {"", "[]", "{", "{\"streams\":{}}", "{} x", "{\"streams\":[1]}"}) {
      assertThatThrownBy(() -> decode(json)).as(json).isInstanceOf(FoursightException.class);
    }
  }

  @Test
  void labelNamesThatAreNoneAreRefusedByStream() {
    decode(
        "{\"streams\":[{\"stream\":{\"a.b\":\"c\"},\"values\":[[\"1\",\"x\"]]},{\"stream\":{},\"values\":[]}]}");
    assertThat(decoder.streams())
        .extracting(StreamLabels::reason)
        .containsExactly("invalid_labels", "missing_labels");
  }

  /// Random text through another JSON writer comes out as it was.
  @Test
  void everyStringRoundTrips() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      var expected = new ArrayList<String>();
      var json = new StringWriter();
      try (var out = new JsonFactory().createGenerator(json)) {
        out.writeStartObject();
        out.writeArrayFieldStart("streams");
        out.writeStartObject();
        out.writeObjectFieldStart("stream");
        out.writeStringField("app", "a\"b");
        out.writeEndObject();
        out.writeArrayFieldStart("values");
        for (int i = random.nextInt(20); i > 0; i--) {
          String line = text(random);
          String value = "v" + text(random);
          out.writeStartArray();
          out.writeString(Long.toString(i));
          out.writeString(line);
          out.writeStartObject();
          out.writeStringField("k", value);
          out.writeEndObject();
          out.writeEndArray();
          expected.add("{app=\"a\\\"b\"} " + i + " " + line + " {k=" + value + "}");
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
      }
      decode(json.toString());
      assertThat(Entries.of(batch)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static String text(Random random) {
    var out = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0 -> out.append("\"\\\n\t\r\b\f/".charAt(random.nextInt(8)));
        case 1 -> out.appendCodePoint(random.nextInt(0x20, 0xd7ff));
        case 2 -> out.appendCodePoint(random.nextInt(0x10000, 0x10ffff));
        case 3 -> out.append((char) random.nextInt(0x20));
        default -> out.append((char) ('a' + random.nextInt(26)));
      }
    }
    return out.toString();
  }
}
