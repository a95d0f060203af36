package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// Whole numbers as text: `| width u8 | numbers: Longs |`. With width 0 as they are commonly
/// written (no zero in front, no minus zero); else with zeros in front up to that many digits, and
/// never negative.
final class IntegerColumn extends Column {
  /// Digits of numbers that always fit.
  private static final int MAX_DIGITS = 18;

  record Spec(int count, int width, Longs numbers) implements ColumnSpec {
    static Spec read(int count, Chunk.Places places) {
      ByteReader in = places.in();
      int width = in.u8();
      if (width > MAX_DIGITS) {
        throw in.corrupt("numbers of " + width + " digits");
      }
      return new Spec(count, width, Longs.read(count, places));
    }

    @Override
    public Column open(GroupChunks source) {
      return new IntegerColumn(this, source);
    }
  }

  private final Spec spec;
  private final GroupChunks source;
  private final byte[] digits = new byte[24];
  private long[] numbers;

  private IntegerColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
  }

  private long[] numbers() {
    if (numbers == null) {
      numbers = spec.numbers.load(source);
    }
    return numbers;
  }

  @Override
  void append(int row, ByteWriter out) {
    print(numbers()[row], spec.width, digits, out);
  }

  static void print(long number, int width, byte[] digits, ByteWriter out) {
    int at = digits.length;
    if (number >= 0 && number <= Integer.MAX_VALUE) {
      int left = (int) number;
      do {
        digits[--at] = (byte) ('0' + left % 10);
        left /= 10;
      } while (left != 0);
    } else {
      long left = number;
      do {
        digits[--at] = (byte) ('0' + Math.abs(left % 10));
        left /= 10;
      } while (left != 0);
    }
    while (digits.length - at < width) {
      digits[--at] = '0';
    }
    if (number < 0) {
      digits[--at] = '-';
    }
    out.bytes(digits, at, digits.length - at);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    if (part.length > 20) {
      return false;
    }
    for (int i = 0; i < part.length; i++) {
      if (!Tokenizer.isDigit(part[i]) && !(part[i] == '-' && i == 0 && spec.width == 0)) {
        return false;
      }
    }
    return part.length > 0;
  }

  @Override
  BitSet match(Op op, byte[] part) {
    if (!possible(op, part)) {
      return new BitSet();
    }
    if (op != Op.EQUALS) {
      return DigitSearch.isFit(part) ? matchNumbers(op, part, numbers()) : matchEach(op, part);
    }
    var rows = new BitSet(count);
    boolean fits = spec.width == 0 ? isPlain(part, 0, part.length) : part.length >= spec.width;
    if (!fits || part.length > 19) {
      return part.length > MAX_DIGITS ? matchEach(op, part) : rows;
    }
    if (spec.width > 0 && part.length > spec.width && part[0] == '0') {
      return rows;
    }
    long wanted = parse(part, 0, part.length);
    long[] all = numbers();
    for (int i = 0; i < all.length; i++) {
      if (all[i] == wanted) {
        rows.set(i);
      }
    }
    return rows;
  }

  /// Whether the bytes are a number as it is commonly written, of at most [#MAX_DIGITS] digits.
  static boolean isPlain(byte[] b, int start, int length) {
    int at = start;
    int end = start + length;
    if (length > 1 && b[at] == '-') {
      at++;
      if (b[at] == '0') {
        return false;
      }
    }
    if (at == end || end - at > MAX_DIGITS || b[at] == '0' && end - at > 1) {
      return false;
    }
    return areDigits(b, at, end);
  }

  private static boolean areDigits(byte[] b, int at, int end) {
    for (int i = at; i < end; i++) {
      if (!Tokenizer.isDigit(b[i])) {
        return false;
      }
    }
    return true;
  }

  static long parse(byte[] b, int start, int length) {
    boolean negative = b[start] == '-';
    long value = 0;
    for (int i = start + (negative ? 1 : 0); i < start + length; i++) {
      value = value * 10 + b[i] - '0';
    }
    return negative ? -value : value;
  }

  /// Writes the column if all values are such numbers.
  static boolean write(Strings values, GroupOutput out) {
    if (values.lengths[0] == 0
        || !endsInDigit(values, 0)
        || !endsInDigit(values, values.count / 2)) {
      return false;
    }
    int width = 0;
    var numbers = new long[values.count];
    for (int i = 0; i < numbers.length; i++) {
      if (!isPlain(values.bytes, values.starts[i], values.lengths[i])) {
        width = values.lengths[0];
        break;
      }
      numbers[i] = parse(values.bytes, values.starts[i], values.lengths[i]);
    }
    if (width > 0) {
      if (!isPadded(values, width)) {
        return false;
      }
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = parse(values.bytes, values.starts[i], width);
      }
    }
    out.directory.u8(ColumnSpec.INTEGER);
    out.directory.u8(width);
    Longs.write(numbers, numbers.length, out);
    return true;
  }

  private static boolean endsInDigit(Strings values, int i) {
    int length = values.lengths[i];
    return length > 0 && Tokenizer.isDigit(values.bytes[values.starts[i] + length - 1]);
  }

  private static boolean isPadded(Strings values, int width) {
    if (width > MAX_DIGITS) {
      return false;
    }
    for (int i = 0; i < values.count; i++) {
      int start = values.starts[i];
      if (values.lengths[i] != width || !areDigits(values.bytes, start, start + width)) {
        return false;
      }
    }
    return true;
  }
}
