package io.foursight.querylanguages.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteSearchTest {
  /// Few letters, so that near misses abound.
  @Test
  void everySearch_agreesWithString() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      String hay = letters(random, random.nextInt(60));
      String needle = letters(random, random.nextInt(6));
      int from = random.nextInt(hay.length() + 1);
      int to = from + random.nextInt(hay.length() - from + 1);
      int expected = hay.substring(from, to).indexOf(needle);
      byte[] bytes = hay.getBytes(StandardCharsets.ISO_8859_1);
      int found = ByteSearch.indexOf(bytes, from, to, needle.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(found)
          .as("seed %d: `%s` in `%s` [%d,%d)", seed, needle, hay, from, to)
          .isEqualTo(expected < 0 ? -1 : from + expected);
    }
  }

  private static String letters(Random random, int length) {
    var out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append("ab\u0080\u00ff".charAt(random.nextInt(4)));
    }
    return out.toString();
  }
}
