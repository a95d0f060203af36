package io.foursight.distributor.metrics;

import io.foursight.wire.metrics.LabelBuffer;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The labels of one series taken apart: ranges of names and values in the series' own bytes.
/// Parses any protobuf form of a `Label` message, tells whether the bytes were canonical
/// ([io.foursight.model.metrics.LabelBytes]), sorts and writes them anew. Reused; owned by one
/// thread.
final class ParsedLabels {
  private final ProtoReader in = new ProtoReader();
  private byte[] bytes = {};
  private int count;
  private boolean canonical;

  // Five ints a label: name offset, name length, value offset, value length, index in `values` of a
  // replaced value or -1.
  private int[] ranges = new int[5 * 32];
  private byte[][] replaced = new byte[4][];
  private int replacedCount;

  /// @throws io.foursight.model.FoursightException `BAD_DATA` for malformed bytes
  void parse(byte[] source, int offset, int length) {
    bytes = source;
    count = 0;
    replacedCount = 0;
    canonical = true;
    in.reset(source, offset, length);
    while (!in.atEnd()) {
      int at = in.position();
      int tag = in.tag();
      if (tag != 0x0a) {
        throw in.error("label field expected, found tag " + tag, at);
      }
      int outer = in.enter();
      label(at);
      in.leave(outer);
    }
  }

  private void label(int fieldStart) {
    int nameOffset = in.position();
    int nameLength = 0;
    int valueOffset = in.position();
    int valueLength = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x0a -> {
          nameLength = in.length();
          nameOffset = in.position();
          in.position(nameOffset + nameLength);
        }
        case 0x12 -> {
          valueLength = in.length();
          valueOffset = in.position();
          in.position(valueOffset + valueLength);
        }
        default -> in.skip(tag);
      }
    }
    if (5 * count == ranges.length) {
      ranges = Arrays.copyOf(ranges, ranges.length * 2);
    }
    int r = 5 * count++;
    ranges[r] = nameOffset;
    ranges[r + 1] = nameLength;
    ranges[r + 2] = valueOffset;
    ranges[r + 3] = valueLength;
    ranges[r + 4] = -1;
    canonical &=
        valueLength > 0
            && isMinimal(fieldStart, nameOffset, nameLength, valueOffset, valueLength)
            && (count == 1 || compareNames(count - 2, count - 1) < 0);
  }

  /// Whether the label has the one form that its lengths allow: tags in order, minimal varints,
  /// nothing else.
  private boolean isMinimal(
      int fieldStart, int nameOffset, int nameLength, int valueOffset, int valueLength) {
    int nameVarint = ProtoWriter.uvarintSize(nameLength);
    int valueVarint = ProtoWriter.uvarintSize(valueLength);
    int inner = 2 + nameVarint + nameLength + valueVarint + valueLength;
    int innerStart = nameOffset - nameVarint - 1;
    return innerStart == fieldStart + 1 + ProtoWriter.uvarintSize(inner)
        && bytes[innerStart] == 0x0a
        && valueOffset == nameOffset + nameLength + 1 + valueVarint
        && bytes[nameOffset + nameLength] == 0x12
        && in.position() == valueOffset + valueLength;
  }

  int count() {
    return count;
  }

  boolean isCanonical() {
    return canonical;
  }

  byte[] bytes() {
    return bytes;
  }

  int nameOffset(int label) {
    return ranges[5 * label];
  }

  int nameLength(int label) {
    return ranges[5 * label + 1];
  }

  int valueOffset(int label) {
    return ranges[5 * label + 2];
  }

  int valueLength(int label) {
    return ranges[5 * label + 3];
  }

  String name(int label) {
    return new String(bytes, nameOffset(label), nameLength(label), StandardCharsets.UTF_8);
  }

  String value(int label) {
    return new String(bytes, valueOffset(label), valueLength(label), StandardCharsets.UTF_8);
  }

  boolean nameIs(int label, byte[] name) {
    int from = nameOffset(label);
    return nameLength(label) == name.length
        && Arrays.equals(bytes, from, from + name.length, name, 0, name.length);
  }

  int compareNames(int a, int b) {
    int x = nameOffset(a);
    int y = nameOffset(b);
    return Arrays.compareUnsigned(bytes, x, x + nameLength(a), bytes, y, y + nameLength(b));
  }

  /// Puts another value in the place of a label's value.
  void replaceValue(int label, byte[] value) {
    if (replacedCount == replaced.length) {
      replaced = Arrays.copyOf(replaced, replacedCount * 2);
    }
    replaced[replacedCount] = value;
    ranges[5 * label + 4] = replacedCount++;
    ranges[5 * label + 3] = value.length;
    canonical = false;
  }

  /// Takes out labels without a value (the same as an absent label) and sorts by name.
  void normalize() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (valueLength(i) > 0) {
        if (kept != i) {
          System.arraycopy(ranges, 5 * i, ranges, 5 * kept, 5);
        }
        kept++;
      }
    }
    count = kept;
    if (count > 64) {
      sortMany();
      return;
    }
    // Insertion sort: labels are few and nearly always sorted.
    int[] moving = new int[5];
    for (int i = 1; i < count; i++) {
      for (int j = i; j > 0 && compareNames(j - 1, j) > 0; j--) {
        System.arraycopy(ranges, 5 * j, moving, 0, 5);
        System.arraycopy(ranges, 5 * (j - 1), ranges, 5 * j, 5);
        System.arraycopy(moving, 0, ranges, 5 * (j - 1), 5);
      }
    }
  }

  private void sortMany() {
    var order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, this::compareNames);
    int[] sorted = new int[5 * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(ranges, 5 * order[i], sorted, 5 * i, 5);
    }
    ranges = sorted;
  }

  /// The index of the first name that repeats its neighbour's, after [#normalize()]; or -1.
  int duplicate() {
    for (int i = 1; i < count; i++) {
      if (compareNames(i - 1, i) == 0) {
        return i;
      }
    }
    return -1;
  }

  void encode(LabelBuffer into) {
    for (int i = 0; i < count; i++) {
      int own = ranges[5 * i + 4];
      byte[] values = own < 0 ? bytes : replaced[own];
      into.label(
          bytes,
          nameOffset(i),
          nameLength(i),
          values,
          own < 0 ? valueOffset(i) : 0,
          valueLength(i));
    }
  }

  /// `name{a="b", c="d"}`, cut to 200 characters, for messages.
  String describe() {
    String metric = "";
    var text = new StringBuilder("{");
    for (int i = 0; i < count && text.length() < 400; i++) {
      if (nameIs(i, SeriesRules.METRIC_NAME)) {
        metric = value(i);
        continue;
      }
      text.append(text.length() > 1 ? ", " : "").append(name(i)).append("=\"");
      int own = ranges[5 * i + 4];
      text.append(own < 0 ? value(i) : new String(replaced[own], StandardCharsets.UTF_8));
      text.append('"');
    }
    String whole = metric + (text.length() > 1 ? text.append('}').toString() : "");
    return whole.substring(0, Math.min(200, whole.length()));
  }
}
