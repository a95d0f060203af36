package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// A column of byte strings of one row group, opened; unpacks what it is asked for. Rows here are
/// the column's own, `0..count-1`. Owned by one thread.
abstract class Column {
  /// How a value is compared with a byte string.
  enum Op {
    CONTAINS,
    STARTS_WITH,
    ENDS_WITH,
    EQUALS
  }

  final int count;

  Column(int count) {
    this.count = count;
  }

  /// Appends the value of a row.
  abstract void append(int row, ByteWriter out);

  /// Whether some value may satisfy the comparison, as far as is known without unpacking.
  boolean possible(Op op, byte[] part) {
    return true;
  }

  /// Sets the rows whose value satisfies the comparison; `part` is not empty, but for `EQUALS`.
  abstract BitSet match(Op op, byte[] part);

  /// How many codes there are; rows with the same code have the same value.
  int codeCount() {
    return count;
  }

  int code(int row) {
    return row;
  }

  /// Appends the value of a code.
  void appendCode(int code, ByteWriter out) {
    append(code, out);
  }

  /// Unpacks everything, and so verifies it.
  final void verify() {
    var value = new ByteWriter(64);
    for (int i = 0; i < count; i++) {
      value.clear();
      append(i, value);
    }
  }

  /// Whether the rows have these values; unpacks everything.
  boolean holds(Strings values) {
    if (values.count != count) {
      return false;
    }
    var value = new ByteWriter(64);
    for (int i = 0; i < count; i++) {
      value.clear();
      append(i, value);
      int length = values.lengths[i];
      if (value.size() != length
          || !Needle.same(value.array(), 0, values.bytes, values.starts[i], length)) {
        return false;
      }
    }
    return true;
  }

  /// By looking at every value.
  final BitSet matchEach(Op op, byte[] part) {
    var rows = new BitSet(count);
    var value = new ByteWriter(64);
    for (int i = 0; i < count; i++) {
      value.clear();
      append(i, value);
      if (Needle.test(op, value.array(), 0, value.size(), part)) {
        rows.set(i);
      }
    }
    return rows;
  }

  /// By looking at the values of those numbers that may have the digits of the part.
  final BitSet matchNumbers(Op op, byte[] part, long[] numbers) {
    DigitSearch search = DigitSearch.of(part);
    var rows = new BitSet(count);
    var value = new ByteWriter(64);
    for (int i = 0; i < count; i++) {
      if (search.mayBeIn(numbers[i])) {
        value.clear();
        append(i, value);
        if (Needle.test(op, value.array(), 0, value.size(), part)) {
          rows.set(i);
        }
      }
    }
    return rows;
  }

  static BitSet all(int count) {
    var rows = new BitSet(count);
    rows.set(0, count);
    return rows;
  }
}
