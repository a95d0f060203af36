package io.foursight.storage.logs.block.v1;

import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LineTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Line tests as `query-languages` would compile them.
final class Tests {
  private Tests() {}

  static LineFilter contains(String... any) {
    return new LineFilter(false, Arrays.stream(any).map(Tests::substring).toList());
  }

  static LineFilter lacks(String... all) {
    return new LineFilter(true, Arrays.stream(all).map(Tests::substring).toList());
  }

  static LineFilter matches(boolean negated, String regex, String... literals) {
    return new LineFilter(negated, List.of(regex(regex, literals)));
  }

  static LineTest substring(String text) {
    return test(
        text,
        text.getBytes(StandardCharsets.ISO_8859_1),
        Pattern.compile(text, Pattern.LITERAL),
        List.of());
  }

  static LineTest regex(String regex, String... literals) {
    var required =
        Arrays.stream(literals).map(l -> l.getBytes(StandardCharsets.ISO_8859_1)).toList();
    return test(regex, new byte[0], Pattern.compile(regex), required);
  }

  private static LineTest test(
      String text, byte[] substring, Pattern pattern, List<byte[]> required) {
    return new LineTest() {
      @Override
      public boolean matches(byte[] bytes, int offset, int length) {
        return pattern
            .matcher(new String(bytes, offset, length, StandardCharsets.ISO_8859_1))
            .find();
      }

      @Override
      public String text() {
        return text;
      }

      @Override
      public byte[] substring() {
        return substring;
      }

      @Override
      public List<byte[]> requiredLiterals() {
        return required;
      }
    };
  }
}
