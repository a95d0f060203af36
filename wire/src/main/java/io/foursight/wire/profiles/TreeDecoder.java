package io.foursight.wire.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the two binary formats of old Pyroscope agents. Both are nodes in pre-order,
///
/// ```
/// node   name length uvarint | name | value uvarint | children uvarint, then the children
/// ```
///
/// with the root first, which has no name. In a *tree* a name is a frame and the value that of the
/// stack itself; in a *trie* a name is a piece of text, and all pieces from the root on are a
/// folded stack (`main;work;parse`). Owned by one thread.
final class TreeDecoder {
  /// The fewest bytes of a node.
  private static final int NODE = 3;

  private static final int MAX_PATH = 1 << 20;

  private final NamedFrames frames;
  private final long factor;
  private final StackSums sums = new StackSums();
  private byte[] bytes;
  private int position;

  /// @param factor of each value, positive
  TreeDecoder(SymbolsInterner symbols, PprofLimits limits, long factor) {
    this.frames = new NamedFrames(symbols, limits);
    this.factor = factor;
  }

  /// Nodes whose children are being read, the innermost last: how many are still to come, and two
  /// numbers of the node.
  private static final class Open {
    int[] numbers = new int[3 * 64];
    int depth;

    /// @param first stack, or length of the path, of the node
    /// @param second frames of the stack
    void push(int children, int first, int second) {
      if (3 * depth == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * numbers.length);
      }
      numbers[3 * depth] = children;
      numbers[3 * depth + 1] = first;
      numbers[3 * depth++ + 2] = second;
    }

    /// Goes to the node that has the next child; false when there is none.
    boolean next() {
      while (depth > 0 && numbers[3 * depth - 3] == 0) {
        depth--;
      }
      if (depth > 0) {
        numbers[3 * depth - 3]--;
      }
      return depth > 0;
    }

    int first() {
      return numbers[3 * depth - 2];
    }

    int second() {
      return numbers[3 * depth - 1];
    }
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` with the offset, `TOO_LARGE`
  StackSums tree(byte[] body) {
    start(body);
    var open = new Open();
    open.push(1, -1, 0);
    boolean root = true;
    while (open.next()) {
      int length = length();
      String name = new String(bytes, position, length, StandardCharsets.UTF_8);
      position += length;
      int stack = open.first();
      int depth = open.second();
      if (!root) {
        stack = frames.below(stack, depth, name);
        depth++;
      }
      count(stack);
      open.push(children(), stack, depth);
      root = false;
    }
    return end();
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` with the offset, `TOO_LARGE`
  StackSums trie(byte[] body) {
    start(body);
    var open = new Open();
    open.push(1, 0, 0);
    var path = new byte[1024];
    while (open.next()) {
      int length = length();
      int at = open.first();
      if (at + length > MAX_PATH) {
        throw bad("a path of more than " + MAX_PATH + " bytes", position);
      }
      if (at + length > path.length) {
        path = Arrays.copyOf(path, Math.max(at + length, 2 * path.length));
      }
      System.arraycopy(bytes, position, path, at, length);
      position += length;
      long value = uvarint();
      if (value != 0) {
        add(stack(new String(path, 0, at + length, StandardCharsets.UTF_8)), value);
      }
      open.push(children(), at + length, 0);
    }
    return end();
  }

  private int stack(String path) {
    int stack = -1;
    int depth = 0;
    for (String frame : path.split(";", -1)) {
      stack = frames.below(stack, depth++, frame);
    }
    return stack;
  }

  private void start(byte[] body) {
    bytes = body;
    position = 0;
  }

  private StackSums end() {
    if (position != bytes.length) {
      throw bad((bytes.length - position) + " bytes behind the last node", position);
    }
    return sums;
  }

  private int length() {
    int at = position;
    long length = uvarint();
    if (length < 0 || length > bytes.length - position) {
      throw bad(
          "a name of "
              + Long.toUnsignedString(length)
              + " bytes with "
              + (bytes.length - position)
              + " left",
          at);
    }
    return (int) length;
  }

  private void count(int stack) {
    int at = position;
    long value = uvarint();
    if (value != 0 && stack < 0) {
      throw bad("the root has a value", at);
    }
    if (value != 0) {
      add(stack, value);
    }
  }

  private void add(int stack, long value) {
    if (value < 0 || value > Long.MAX_VALUE / factor) {
      throw bad("the value " + Long.toUnsignedString(value) + " is too large", position);
    }
    sums.add(stack, value * factor);
    frames.checkSamples(sums.size());
  }

  private int children() {
    int at = position;
    long count = uvarint();
    if (count < 0 || count > (bytes.length - position) / NODE) {
      throw bad(
          Long.toUnsignedString(count)
              + " children in the "
              + (bytes.length - position)
              + " bytes that are left",
          at);
    }
    return (int) count;
  }

  private long uvarint() {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == bytes.length) {
        throw bad("it ends inside a node", position);
      }
      byte b = bytes[position++];
      number |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw bad("a number of more than 64 bits", position);
  }

  private static FoursightException bad(String what, int at) {
    return PprofFile.bad("tree at byte " + at + ": " + what);
  }
}
