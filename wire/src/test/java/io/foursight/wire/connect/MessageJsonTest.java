package io.foursight.wire.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageJsonTest {
  private static final MessageSchema INNER =
      new MessageSchema().text(1, "name").many().int64(2, "values");
  private static final MessageSchema OUTER =
      new MessageSchema()
          .text(1, "some_text")
          .bytes(2, "raw")
          .number(3, "small")
          .int64(4, "profile_typeID")
          .uint64(5, "big")
          .float64(6, "step")
          .bool(7, "yes")
          .choice(8, "format", List.of("NONE", "TREE", "DOT"))
          .many()
          .message(9, "inner_ones", INNER)
          .many()
          .text(10, "texts")
          .many()
          .float64(11, "y_min");

  private static String there(String json) {
    byte[] message = MessageReader.read(json.getBytes(StandardCharsets.UTF_8), OUTER);
    return new String(MessageJson.write(message, OUTER), StandardCharsets.UTF_8);
  }

  @Test
  void everyKindOfField_isReadAndWritten() {
    String json =
        "{\"someText\":\"a\\\"b\",\"raw\":\"AQI=\",\"small\":-7,\"profileTypeID\":\"-9\","
            + "\"big\":\"18446744073709551615\",\"step\":0.5,\"yes\":true,\"format\":\"DOT\","
            + "\"innerOnes\":[{\"name\":\"x\",\"values\":[\"1\",\"2\"]},{}],\"texts\":[\"\",\"t\"],"
            + "\"yMin\":[1,2.5]}";
    assertThat(there(json)).isEqualTo(json);
  }

  /// Profiles Drilldown mixes both spellings in one request.
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{\"some_text\":\"x\"}#{\"someText\":\"x\"}",
        "{\"profile_typeID\":5}#{\"profileTypeID\":\"5\"}",
        "{\"profileTypeID\":\"5\"}#{\"profileTypeID\":\"5\"}",
        "{\"profileTypeID\":5e3}#{\"profileTypeID\":\"5000\"}",
        "{\"step\":\"15\"}#{\"step\":15}",
        "{\"step\":\"NaN\"}#{\"step\":\"NaN\"}",
        "{\"format\":2}#{\"format\":\"DOT\"}",
        "{\"format\":\"SANDWICH\",\"yes\":false}#{\"yes\":false}",
        "{\"unknown\":{\"a\":[1,{}]},\"someText\":\"x\"}#{\"someText\":\"x\"}",
        "{\"someText\":null,\"texts\":null}#{}",
        "{\"raw\":\"_-8=\"}#{\"raw\":\"/+8=\"}",
      })
  void freedomsOfJson_areTaken(String json, String expected) {
    assertThat(there(json)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "``#expected an object",
        "[]#line 1, column 1: expected an object",
        "{\"someText\":1}#line 1, column 13: expected a string for \"someText\"",
        "{\"yes\":1}#expected true or false for \"yes\"",
        "{\"profileTypeID\":1.5}#invalid integer 1.5",
        "{\"profileTypeID\":\"99999999999999999999\"}#invalid integer 99999999999999999999",
        "{\"profileTypeID\":1e999999999}#invalid integer 1e999999999",
        "{\"texts\":\"x\"}#expected an array for \"texts\"",
        "{\"innerOnes\":[1]}#expected an object for \"innerOnes\"",
        "{\"raw\":\"*\"}#invalid base64",
        "{\"someText\":\"x\"#malformed JSON",
        "{} {}#unexpected content",
      })
  void malformedJson_isRefusedWithItsPlace(String json, String message) {
    assertThatThrownBy(() -> there(json))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA))
        .hasMessageContaining(message);
  }

  @Test
  void repeatedNumbers_mayBePackedOrNot() {
    var out = new ProtoWriter();
    int inner = out.begin(9);
    int packed = out.begin(2);
    out.rawVarint(1);
    out.rawVarint(2);
    out.end(packed);
    out.rawVarint(2 << 3);
    out.rawVarint(3);
    out.end(inner);
    assertThat(new String(MessageJson.write(out.toByteArray(), OUTER), StandardCharsets.UTF_8))
        .isEqualTo("{\"innerOnes\":[{\"values\":[\"1\",\"2\",\"3\"]}]}");
  }

  @Test
  void unknownFields_areLeftOut() {
    var out = new ProtoWriter();
    out.string(99, "x");
    out.string(1, "y");
    assertThat(new String(MessageJson.write(out.toByteArray(), OUTER), StandardCharsets.UTF_8))
        .isEqualTo("{\"someText\":\"y\"}");
  }

  /// Requests come from anywhere.
  @Test
  void randomBytes_areAMessageOrBadData() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      try {
        MessageJson.write(bytes, OUTER);
        MessageFields.of(bytes).texts(1);
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.BAD_DATA);
      }
    }
  }
}
