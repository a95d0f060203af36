package io.foursight.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final String[] WORDS = {
    "a", "b", "ab", "__name__", "z", "ü", "\uFFFD", "\uD83D\uDE00", "\uE000", "", "job"
  };

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private Map<String, String> someLabels() {
    var map = new HashMap<String, String>();
    for (int i = random.nextInt(6); i > 0; i--) {
      map.put(word(), word());
    }
    return map;
  }

  private static Map<String, String> withoutEmpty(Map<String, String> map) {
    var out = new HashMap<>(map);
    out.values().removeIf(String::isEmpty);
    return out;
  }

  @Test
  void changes_areThoseOfAMapWithoutEmptyValues() {
    for (int round = 0; round < 5000; round++) {
      Map<String, String> map = someLabels();
      Labels labels = Labels.of(map);
      assertThat(labels.toMap()).as("seed %d", seed).isEqualTo(withoutEmpty(map));

      String name = word();
      String value = word();
      var changed = new HashMap<>(map);
      changed.put(name, value);
      assertThat(labels.with(name, value).toMap())
          .as("seed %d: %s with %s=%s", seed, labels, name, value)
          .isEqualTo(withoutEmpty(changed));
      assertThat(labels.get(name)).isEqualTo(map.getOrDefault(name, ""));

      Set<String> names = new HashSet<>(someLabels().keySet());
      var kept = withoutEmpty(map);
      kept.keySet().retainAll(names);
      assertThat(labels.keep(names).toMap()).as("seed %d", seed).isEqualTo(kept);
      var dropped = withoutEmpty(map);
      dropped.keySet().removeAll(names);
      assertThat(labels.drop(names).toMap()).as("seed %d", seed).isEqualTo(dropped);
      for (int i = 1; i < labels.size(); i++) {
        assertThat(utf8(labels.name(i - 1), labels.name(i))).isNegative();
      }
    }
  }

  private static int utf8(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void order_isThatOfTheUtf8Bytes_nameByName_shorterFirst() {
    for (int round = 0; round < 5000; round++) {
      Labels a = Labels.of(someLabels());
      Labels b = Labels.of(someLabels());
      int expected = 0;
      for (int i = 0; expected == 0 && i < Math.min(a.size(), b.size()); i++) {
        expected = utf8(a.name(i), b.name(i));
        expected = expected != 0 ? expected : utf8(a.value(i), b.value(i));
      }
      expected = expected != 0 ? expected : a.size() - b.size();
      assertThat(Integer.signum(a.compareTo(b)))
          .as("seed %d: %s and %s", seed, a, b)
          .isEqualTo(Integer.signum(expected));
      assertThat(a.equals(b)).isEqualTo(expected == 0);
      if (expected == 0) {
        assertThat(a).hasSameHashCodeAs(b);
      }
    }
  }

  @Test
  void pairs_comeInAnyOrder_andTheLastOfAnameWins() {
    assertThat(Labels.of("b", "1", "a", "2", "b", "3")).isEqualTo(Labels.of("a", "2", "b", "3"));
    assertThat(Labels.of("a", "1", "a", "")).isSameAs(Labels.EMPTY);
    assertThat(new TreeMap<>(Map.of(Labels.of("a", "1"), 1))).containsKey(Labels.of("a", "1"));
    assertThat(Labels.of("a", "q\"\\\n").toString()).isEqualTo("{a=\"q\\\"\\\\\\n\"}");
  }
}
