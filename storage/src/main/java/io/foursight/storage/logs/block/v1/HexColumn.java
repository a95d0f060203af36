package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;
import java.util.BitSet;

/// Hexadecimal numbers of one length, and UUIDs, as bytes: `| digits u8 | style u8 | filter | chunk
/// |`. Style 0: lower case, 1: upper case, 2: UUID in lower case (32 digits, printed with four
/// dashes). The filter holds the whole values, as bytes.
final class HexColumn extends Column {
  private static final int LOWER = 0;
  private static final int UPPER = 1;
  private static final int UUID = 2;
  private static final int MAX_DIGITS = 128;

  record Spec(int count, int digits, int style, TokenFilter filter, Chunk bytes)
      implements ColumnSpec {
    static Spec read(int count, Chunk.Places places) {
      ByteReader in = places.in();
      int digits = in.u8();
      int style = in.u8();
      var filter = TokenFilter.read(in);
      Chunk bytes = places.read();
      if (digits == 0
          || digits > MAX_DIGITS
          || digits % 2 != 0
          || style > UUID
          || style == UUID && digits != 32
          || bytes.rawLength() != (long) count * digits / 2) {
        throw in.corrupt(digits + " hex digits of style " + style + " in " + bytes);
      }
      return new Spec(count, digits, style, filter, bytes);
    }

    @Override
    public Column open(GroupChunks source) {
      return new HexColumn(this, source);
    }

    int textLength() {
      return style == UUID ? 36 : digits;
    }
  }

  private final Spec spec;
  private final GroupChunks source;
  private final byte[] text;
  private byte[] bytes;

  private HexColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
    text = new byte[spec.textLength()];
  }

  private void load() {
    if (bytes == null) {
      bytes = source.bytes(spec.bytes);
    }
  }

  @Override
  void append(int row, ByteWriter out) {
    load();
    int width = spec.digits / 2;
    int from = row * width;
    int at = 0;
    char ten = spec.style == UPPER ? 'A' : 'a';
    for (int i = 0; i < width; i++) {
      if (spec.style == UUID && (i == 4 || i == 6 || i == 8 || i == 10)) {
        text[at++] = '-';
      }
      int value = bytes[from + i] & 0xff;
      text[at++] = digit(value >>> 4, ten);
      text[at++] = digit(value & 15, ten);
    }
    out.bytes(text, 0, at);
  }

  private static byte digit(int value, char ten) {
    return (byte) (value < 10 ? '0' + value : ten + value - 10);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    if (part.length > spec.textLength() || part.length == 0) {
      return false;
    }
    for (byte b : part) {
      if (value(b, spec.style == UPPER) < 0 && !(b == '-' && spec.style == UUID)) {
        return false;
      }
    }
    if (part.length < spec.textLength()) {
      return op != Op.EQUALS;
    }
    byte[] wanted = new byte[spec.digits / 2];
    return parse(part, 0, spec.style, wanted, 0)
        && spec.filter.mayHave(TokenFilter.hash(wanted, 0, wanted.length));
  }

  @Override
  BitSet match(Op op, byte[] part) {
    if (!possible(op, part)) {
      return new BitSet();
    }
    if (part.length < spec.textLength()) {
      return part.length < 3 || contains(part, (byte) '-')
          ? matchEach(op, part)
          : matchPart(op, part);
    }
    load();
    int width = spec.digits / 2;
    var wanted = new byte[width];
    parse(part, 0, spec.style, wanted, 0);
    var rows = new BitSet(count);
    for (int i = 0; i < count; i++) {
      if (bytes[i * width] == wanted[0]
          && Arrays.equals(bytes, i * width, (i + 1) * width, wanted, 0, width)) {
        rows.set(i);
      }
    }
    return rows;
  }

  private static boolean contains(byte[] part, byte wanted) {
    for (byte b : part) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }

  /// Looks for three digits or more in the bytes as they are: beginning with a byte, and with the
  /// second digit of one. What is found is looked at as text, so that it is all one value, and
  /// where it should be.
  private BitSet matchPart(Op op, byte[] part) {
    load();
    var rows = new BitSet(count);
    int width = spec.digits / 2;
    var value = new ByteWriter(64);
    for (int skip = 0; skip < 2; skip++) {
      var wanted = new byte[(part.length - skip) / 2];
      for (int i = 0; i < wanted.length; i++) {
        int high = value(part[skip + 2 * i], spec.style == UPPER);
        wanted[i] = (byte) (high << 4 | value(part[skip + 2 * i + 1], spec.style == UPPER));
      }
      int end = count * width;
      int at = 0;
      while ((at = Needle.indexOf(bytes, at, end, wanted)) >= 0) {
        int row = at / width;
        value.clear();
        append(row, value);
        if (Needle.test(op, value.array(), 0, value.size(), part)) {
          rows.set(row);
          at = (row + 1) * width;
        } else {
          at++;
        }
      }
    }
    return rows;
  }

  /// -1 when it is no digit of that case.
  private static int value(byte b, boolean upper) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int ten = upper ? 'A' : 'a';
    return b >= ten && b < ten + 6 ? b - ten + 10 : -1;
  }

  /// Whether a whole value of the style stands there; then its bytes are put into `into`.
  private static boolean parse(byte[] b, int start, int style, byte[] into, int at) {
    int p = start;
    int width = style == UUID ? 16 : into.length;
    return parse(b, p, style, into, at, width);
  }

  private static boolean parse(byte[] b, int start, int style, byte[] into, int at, int width) {
    int p = start;
    for (int i = 0; i < width; i++) {
      if (style == UUID && (i == 4 || i == 6 || i == 8 || i == 10) && b[p++] != '-') {
        return false;
      }
      int high = value(b[p++], style == UPPER);
      int low = value(b[p++], style == UPPER);
      if (high < 0 || low < 0) {
        return false;
      }
      into[at + i] = (byte) (high << 4 | low);
    }
    return true;
  }

  /// Writes the column if all values are hexadecimal numbers of one length and case, of 8 digits at
  /// least, or UUIDs.
  static boolean write(Strings values, GroupOutput out) {
    int length = values.lengths[0];
    if (length < 8 || length > MAX_DIGITS || length % 2 != 0) {
      return false;
    }
    for (int i = 1; i < values.count; i++) {
      if (values.lengths[i] != length) {
        return false;
      }
    }
    int[] styles = length == 36 ? new int[] {UUID} : new int[] {LOWER, UPPER};
    int digits = length == 36 ? 32 : length;
    if ((long) values.count * digits / 2 > Integer.MAX_VALUE - 16) {
      throw FoursightException.badData(values.count + " values of " + digits + " digits");
    }
    for (int style : styles) {
      var bytes = new byte[values.count * digits / 2];
      int done = 0;
      while (done < values.count
          && parse(
              values.bytes, values.starts[done], style, bytes, done * digits / 2, digits / 2)) {
        done++;
      }
      if (done == values.count) {
        write(values.count, digits, style, bytes, out);
        return true;
      }
    }
    return false;
  }

  private static void write(int count, int digits, int style, byte[] bytes, GroupOutput out) {
    out.directory.u8(ColumnSpec.HEX);
    out.directory.u8(digits);
    out.directory.u8(style);
    int width = digits / 2;
    var keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = TokenFilter.hash(bytes, i * width, width);
    }
    TokenFilter.write(keys, count, out.directory);
    out.chunk(bytes, 0, bytes.length, true);
  }
}
