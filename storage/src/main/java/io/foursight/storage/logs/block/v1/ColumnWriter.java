package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// Chooses how a column of byte strings is written. Owned by one thread.
final class ColumnWriter {
  /// Columns shorter than this are not worth a thought.
  private static final int SMALL = 16;

  void write(Strings values, GroupOutput out) {
    int n = values.count;
    int repeats = 0;
    for (int i = 1; i < n; i++) {
      repeats += values.same(i, i - 1) ? 1 : 0;
    }
    if (n > 0 && repeats == n - 1) {
      ConstColumn.write(values.value(0), out);
    } else if (n >= SMALL && repeats > n / 4) {
      writeRepeats(values, n - repeats, out);
    } else {
      writeDistinct(values, out);
    }
  }

  private void writeRepeats(Strings values, int changed, GroupOutput out) {
    int n = values.count;
    var bits = new byte[(n + 7) / 8];
    var changes = new Strings(values.bytes, changed);
    for (int i = 0; i < n; i++) {
      if (i == 0 || !values.same(i, i - 1)) {
        bits[i >>> 3] |= (byte) (1 << (i & 7));
        changes.add(values.starts[i], values.lengths[i]);
      }
    }
    out.directory.u8(ColumnSpec.REPEAT);
    out.chunk(bits, 0, bits.length, true);
    out.directory.varint(changed);
    writeDistinct(changes, out);
  }

  private void writeDistinct(Strings values, GroupOutput out) {
    if (values.count >= SMALL) {
      var dictionary = new Dictionary(values, Math.max(16, values.count / 8));
      if (dictionary.isComplete()) {
        out.directory.u8(ColumnSpec.DICT);
        out.directory.varint(dictionary.distinct().count);
        var codes = new long[values.count];
        Arrays.setAll(codes, i -> dictionary.codes()[i]);
        Longs.write(codes, values.count, out);
        RawColumn.write(dictionary.distinct(), out);
        return;
      }
    }
    RawColumn.write(values, out);
  }
}
