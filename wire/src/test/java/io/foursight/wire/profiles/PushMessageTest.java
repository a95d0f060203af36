package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushMessageTest {
  private static final byte[] FILE = {1, 2, (byte) 0xfb, (byte) 0xff, 5};

  private static byte[] message() {
    var out = new ProtoWriter();
    int series = out.begin(1);
    int label = out.begin(1);
    out.string(1, "service_name");
    out.string(2, "shop");
    out.end(label);
    int sample = out.begin(2);
    out.bytes(1, FILE);
    out.string(2, "an-id");
    out.end(sample);
    out.varint(9, 5);
    out.end(series);
    return out.toByteArray();
  }

  private static void check(PushMessage message) {
    assertThat(message.series()).hasSize(1);
    PushMessage.Series series = message.series().getFirst();
    assertThat(series.labels()).isEqualTo(List.of(new PushMessage.Label("service_name", "shop")));
    assertThat(series.samples().getFirst().profile()).isEqualTo(FILE);
    assertThat(series.samples().getFirst().id()).isEqualTo("an-id");
  }

  @Test
  void protobuf_isRead_unknownFieldsArePassedOver() {
    check(PushMessage.decode(message()));
    assertThat(PushMessage.decode(new byte[0]).series()).isEmpty();
  }

  @Test
  void json_isReadInBothCases_withEitherAlphabet() {
    String usual = Base64.getEncoder().encodeToString(FILE);
    for (String raw :
        List.of(
            usual,
            usual.replace("=", ""),
            Base64.getUrlEncoder().encodeToString(FILE),
            Base64.getUrlEncoder().withoutPadding().encodeToString(FILE))) {
      for (String field : List.of("rawProfile", "raw_profile")) {
        String json =
            "{\"series\":[{\"annotations\":[{\"key\":\"a\"}],\"labels\":[{\"name\":\"service_name\",\"value\":\"shop\"}],"
                + "\"samples\":[{\""
                + field
                + "\":\""
                + raw
                + "\",\"ID\":\"an-id\",\"x\":null}]}]}";
        check(PushMessage.decodeJson(json.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  @Test
  void whatIsCut_isRefused() {
    byte[] message = message();
    for (int cut = 1; cut < message.length; cut++) {
      byte[] part = Arrays.copyOf(message, cut);
      assertThatThrownBy(() -> PushMessage.decode(part))
          .as("cut at " + cut)
          .isInstanceOf(FoursightException.class);
    }
    byte[] json =
        "{\"series\":[{\"labels\":[{\"name\":\"a\",\"value\":\"b\"}],\"samples\":[{\"rawProfile\":\"AQID\"}]}]}"
            .getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut < json.length; cut++) {
      byte[] part = Arrays.copyOf(json, cut);
      assertThatThrownBy(() -> PushMessage.decodeJson(part))
          .as("cut at " + cut)
          .isInstanceOf(FoursightException.class);
    }
    assertThatThrownBy(() ->
            PushMessage.decodeJson(
                "{\"series\":[{\"samples\":[{\"rawProfile\":\"!\"}]}]}"
                    .getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("not base64");
  }
}
