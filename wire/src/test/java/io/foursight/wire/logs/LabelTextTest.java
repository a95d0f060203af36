package io.foursight.wire.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import org.junit.jupiter.api.Test;

class LabelTextTest {
  @Test
  void labelsMayHaveSpacesATrailingCommaAndAllKindsOfQuotes() {
    var parsed = LabelText.parse(" { b = 'x' , a=\"q\\\"\\n\\u00e9\\x41\\101\", c=`raw\\n`, } ");
    assertThat(parsed.labels()).isEqualTo(Labels.of("a", "q\"\néAA", "b", "x", "c", "raw\\n"));
    assertThat(parsed.isRefused()).isFalse();
  }

  @Test
  void emptyValuesAreLeftOutAndNoneLeftIsMissing() {
    assertThat(LabelText.parse("{a=\"\",b=\"1\"}").labels()).isEqualTo(Labels.of("b", "1"));
    assertThat(LabelText.parse("{a=\"\"}").reason()).isEqualTo("missing_labels");
    assertThat(LabelText.parse("{}").reason()).isEqualTo("missing_labels");
  }

  @Test
  void aNameTwiceIsItsOwnReason() {
    assertThat(LabelText.parse("{a=\"1\",a=\"2\"}").reason()).isEqualTo("duplicate_label_names");
  }

  @Test
  void whatIsNoLabelsNamesThePlace() {
    for (String text :
        new String[] {
          "",
          "{",
          "{a}",
          "{a=}",
          "{a=b}",
          "{a=\"b\"",
          "{a=\"b\" c=\"d\"}",
          "{1a=\"b\"}",
          "{a=\"b\"}x",
          "{a=\"\\q\"}",
          "{a=\"\\ud800\"}",
          "{,}",
          "{a!=\"b\"}",
          "{a=\"b\n\"}"
        }) {
      var parsed = LabelText.parse(text);
      assertThat(parsed.reason()).as(text).isEqualTo("invalid_labels");
      assertThat(parsed.message()).contains("parse error");
    }
  }

  @Test
  void bytesThatAreNoUtf8AreNoLabels() {
    byte[] bytes = {'{', 'a', '=', '"', (byte) 0xff, '"', '}'};
    assertThat(LabelText.parse(bytes, 0, bytes.length).reason()).isEqualTo("invalid_labels");
  }
}
