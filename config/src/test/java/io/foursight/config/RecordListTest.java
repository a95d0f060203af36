package io.foursight.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Lists whose items are records, such as relabel rules.
class RecordListTest {
  enum Action {
    KEEP,
    LABEL_DROP
  }

  record Rule(
      @Setting("Labels.") List<String> sourceLabels,
      @Setting("Expression.") String regex,
      @Setting("What.") Action action) {
    static Rule defaults() {
      return new Rule(List.of(), "(.*)", Action.KEEP);
    }
  }

  record Holder(List<Rule> rules) {}

  private final ValueType type = ValueType.of(type());

  private static Type type() {
    return Holder.class.getRecordComponents()[0].getGenericType();
  }

  private static RawValue text(String text) {
    return new RawValue.Text(text, "line 1");
  }

  private Object read(Map<String, RawValue> entries) {
    return type.read(
        new RawValue.Items(List.of(new RawValue.Entries(entries, "line 1")), "line 1"));
  }

  @Test
  void items_haveTheKeysOfTheRecord_andItsDefaults() {
    assertThat(
            read(
                Map.of(
                    "source_labels",
                    new RawValue.Items(List.of(text("a"), text("b")), "line 2"),
                    "action",
                    text("label_drop"))))
        .isEqualTo(List.of(new Rule(List.of("a", "b"), "(.*)", Action.LABEL_DROP)));
    assertThat(read(Map.of())).isEqualTo(List.of(Rule.defaults()));
  }

  @Test
  void items_areWrittenWithoutTheirDefaults() {
    assertThat(
            type.write(List.of(new Rule(List.of("a"), "x{2}", Action.LABEL_DROP), Rule.defaults())))
        .isEqualTo("[{source_labels: [a], regex: \"x{2}\", action: label-drop}, {}]");
  }

  @Test
  void wrongKeysAndValues_areNamed() {
    assertThatThrownBy(() -> read(Map.of("regexp", text("a"))))
        .hasMessageContaining("line 1: unknown key \"regexp\"; did you mean regex?");
    assertThatThrownBy(() -> read(Map.of("action", text("kill")))).hasMessageContaining("kill");
    assertThatThrownBy(() -> type.read(new RawValue.Items(List.of(text("a")), "line 1")))
        .hasMessageContaining("expected a {source_labels, regex, action}");
  }
}
