package io.foursight.wire.profiles;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Names of Go's generic functions. Since Go 1.21 they may hold the shape of any instance of the
/// type parameters, whichever was called (golang/go#64528), so the shapes are left out: they would
/// only make many stacks of one.
final class GoNames {
  private static final byte[] SHAPE = "[go.shape.".getBytes(StandardCharsets.US_ASCII);

  private GoNames() {}

  static boolean isShaped(byte[] bytes, int offset, int length) {
    int last = offset + length - SHAPE.length;
    for (int i = offset; i <= last; i++) {
      if (bytes[i] == '[' && Arrays.equals(bytes, i, i + SHAPE.length, SHAPE, 0, SHAPE.length)) {
        return true;
      }
    }
    return false;
  }

  /// The name without the brackets of shapes and all in them.
  static String withoutShapes(String name) {
    var kept = new StringBuilder();
    int at = 0;
    for (int shape = name.indexOf("[go.shape.");
        shape >= 0;
        shape = name.indexOf("[go.shape.", at)) {
      int open = 0;
      int end = shape;
      do {
        char c = name.charAt(end++);
        open += c == '[' ? 1 : c == ']' ? -1 : 0;
      } while (open > 0 && end < name.length());
      if (open > 0) {
        break;
      }
      kept.append(name, at, shape);
      at = end;
    }
    return kept.append(name, at, name.length()).toString();
  }
}
