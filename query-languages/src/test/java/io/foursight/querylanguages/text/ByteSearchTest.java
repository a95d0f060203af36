package io.foursight.querylanguages.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntPredicate;
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

  /// Each of the others against a plain loop.
  @Test
  void everyScan_agreesWithALoop() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      var hay = new byte[random.nextInt(40)];
      for (int k = 0; k < hay.length; k++) {
        hay[k] = (byte) "ab= \"\\!\u00e9\u0080\u0000\u0021\u001f".charAt(random.nextInt(12));
      }
      int from = random.nextInt(hay.length + 1);
      int to = from + random.nextInt(hay.length - from + 1);
      String as = "seed " + seed + " round " + i;
      assertThat(ByteSearch.indexOf(hay, from, to, (byte) '='))
          .as(as)
          .isEqualTo(first(hay, from, to, c -> c == '='));
      assertThat(ByteSearch.indexOfEither(hay, from, to, (byte) '"', (byte) '\\'))
          .as(as)
          .isEqualTo(first(hay, from, to, c -> c == '"' || c == '\\'));
      assertThat(ByteSearch.indexOfOrHigh(hay, from, to, (byte) '!'))
          .as(as)
          .isEqualTo(first(hay, from, to, c -> c == '!' || c >= 0x80));
      assertThat(ByteSearch.indexOfAny(hay, from, to, new byte[] {'a', (byte) 0xe9, 0}))
          .as(as)
          .isEqualTo(first(hay, from, to, c -> c == 'a' || c == 0xe9 || c == 0));
      int end = first(hay, from, to, c -> c <= ' ' || c == '=' || c == '"');
      assertThat(ByteSearch.endOfWord(hay, from, to, (byte) '=', (byte) '"'))
          .as(as)
          .isEqualTo(end < 0 ? to : end);
    }
  }

  private static int first(byte[] hay, int from, int to, IntPredicate sought) {
    for (int i = from; i < to; i++) {
      if (sought.test(hay[i] & 0xff)) {
        return i;
      }
    }
    return -1;
  }

  private static String letters(Random random, int length) {
    var out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append("ab\u0080\u00ff".charAt(random.nextInt(4)));
    }
    return out.toString();
  }
}
