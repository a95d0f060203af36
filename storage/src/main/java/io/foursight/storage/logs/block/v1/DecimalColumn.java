package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// Decimal numbers as text: `| scale u8 | ending u8 | numbers times 10^scale: Longs |`. Ending 0
/// prints all digits of the fraction; 1 leaves zeros at the end out, but not the first digit behind
/// the point; 2 leaves out that and the point too.
final class DecimalColumn extends Column {
  private static final int MAX_SCALE = 15;
  private static final int MAX_DIGITS = 18;
  private static final int ALL = 0;
  private static final int ONE = 1;
  private static final int SHORT = 2;

  record Spec(int count, int scale, int ending, Longs numbers) implements ColumnSpec {
    static Spec read(int count, Chunk.Places places) {
      ByteReader in = places.in();
      int scale = in.u8();
      int ending = in.u8();
      if (scale < 1 || scale > MAX_SCALE || ending > SHORT) {
        throw in.corrupt("decimals of scale " + scale + ", ending " + ending);
      }
      return new Spec(count, scale, ending, Longs.read(count, places));
    }

    @Override
    public Column open(GroupChunks source) {
      return new DecimalColumn(this, source);
    }
  }

  private final Spec spec;
  private final GroupChunks source;
  private final byte[] digits = new byte[40];
  private long[] numbers;

  private DecimalColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
  }

  @Override
  void append(int row, ByteWriter out) {
    print(numbers()[row], out);
  }

  private long[] numbers() {
    if (numbers == null) {
      numbers = spec.numbers.load(source);
    }
    return numbers;
  }

  private void print(long number, ByteWriter out) {
    int end = digits.length;
    int at = end;
    long left = number;
    for (int i = 0; i < spec.scale; i++) {
      digits[--at] = (byte) ('0' + Math.abs(left % 10));
      left /= 10;
    }
    digits[--at] = '.';
    int point = at;
    do {
      digits[--at] = (byte) ('0' + Math.abs(left % 10));
      left /= 10;
    } while (left != 0);
    if (number < 0) {
      digits[--at] = '-';
    }
    if (spec.ending != ALL) {
      while (digits[end - 1] == '0' && end - 1 > point + 1) {
        end--;
      }
      if (spec.ending == SHORT && end == point + 2 && digits[end - 1] == '0') {
        end = point;
      }
    }
    out.bytes(digits, at, end - at);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    int points = 0;
    for (int i = 0; i < part.length; i++) {
      byte b = part[i];
      if (!Tokenizer.isDigit(b) && b != '.' && !(b == '-' && i == 0)) {
        return false;
      }
      points += b == '.' ? 1 : 0;
    }
    return points <= 1 && part.length > 0 && part.length <= 22;
  }

  @Override
  BitSet match(Op op, byte[] part) {
    if (!possible(op, part)) {
      return new BitSet();
    }
    return DigitSearch.isFit(part) ? matchNumbers(op, part, numbers()) : matchEach(op, part);
  }

  /// Digits of the fraction; 0 without a point, -1 when this is no decimal that we print alike.
  private static int fraction(byte[] b, int start, int length) {
    int at = start;
    int end = start + length;
    boolean negative = length > 0 && b[at] == '-';
    if (negative) {
      at++;
    }
    int first = at;
    boolean zero = true;
    while (at < end && Tokenizer.isDigit(b[at])) {
      zero &= b[at++] == '0';
    }
    int whole = at - first;
    if (whole == 0 || whole > 1 && b[first] == '0' || length > MAX_DIGITS) {
      return -1;
    }
    if (at == end) {
      return negative && zero ? -1 : 0;
    }
    if (b[at] != '.') {
      return -1;
    }
    int point = at++;
    while (at < end && Tokenizer.isDigit(b[at])) {
      zero &= b[at++] == '0';
    }
    return at < end || at == point + 1 || negative && zero ? -1 : at - point - 1;
  }

  /// Writes the column if all values are decimals that print alike.
  static boolean write(Strings values, GroupOutput out) {
    int scale = 0;
    boolean fixed = true;
    boolean one = true;
    boolean shortest = true;
    int wholeDigits = 0;
    for (int i = 0; i < values.count; i++) {
      int length = values.lengths[i];
      int digits = fraction(values.bytes, values.starts[i], length);
      if (digits < 0 || digits > MAX_SCALE) {
        return false;
      }
      boolean zeroEnd = digits > 0 && values.bytes[values.starts[i] + length - 1] == '0';
      fixed &= i == 0 || digits == scale;
      one &= digits == 1 || digits > 1 && !zeroEnd;
      shortest &= digits == 0 || !zeroEnd;
      scale = Math.max(scale, digits);
      wholeDigits = Math.max(wholeDigits, length - digits);
      if (!fixed && !one && !shortest) {
        return false;
      }
    }
    if (scale == 0 || scale + wholeDigits > MAX_DIGITS) {
      return false;
    }
    var numbers = new long[values.count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = parse(values.bytes, values.starts[i], values.lengths[i], scale);
    }
    out.directory.u8(ColumnSpec.DECIMAL);
    out.directory.u8(scale);
    out.directory.u8(fixed ? ALL : one ? ONE : SHORT);
    Longs.write(numbers, numbers.length, out);
    return true;
  }

  private static long parse(byte[] b, int start, int length, int scale) {
    long value = 0;
    int left = scale;
    boolean behind = false;
    for (int i = start; i < start + length; i++) {
      if (b[i] == '.') {
        behind = true;
      } else if (b[i] != '-') {
        value = value * 10 + b[i] - '0';
        left -= behind ? 1 : 0;
      }
    }
    for (; left > 0; left--) {
      value *= 10;
    }
    return b[start] == '-' ? -value : value;
  }
}
