package io.foursight.storage.logs.block.v1;

import java.util.Optional;

/// Chooses how a column of byte strings is written. Owned by one thread.
final class ColumnWriter {
  /// No templates from this depth on.
  static final int MAX_DEPTH = 2;

  /// Columns shorter than this are not worth a thought.
  private static final int SMALL = 16;

  /// Lines: templates when they are of use, else raw.
  ///
  /// @return who has found templates and can tell whether they come back
  Optional<TemplateWriter> writeLines(Strings lines, long[] times, GroupOutput out) {
    if (lines.count >= SMALL) {
      var templates = new TemplateWriter(lines, times);
      if (templates.find()) {
        templates.write(this, 0, out);
        return Optional.of(templates);
      }
    }
    write(lines, MAX_DEPTH, out);
    return Optional.empty();
  }

  /// @param depth of template columns around this one
  void write(Strings values, int depth, GroupOutput out) {
    int n = values.count;
    int repeats = 0;
    for (int i = 1; i < n; i++) {
      repeats += values.same(i, i - 1) ? 1 : 0;
    }
    if (n > 0 && repeats == n - 1) {
      ConstColumn.write(values.value(0), out);
    } else if (n >= SMALL && repeats > n / 4) {
      writeRepeats(values, n - repeats, depth, out);
    } else {
      writeMixed(values, depth, out);
    }
  }

  private void writeRepeats(Strings values, int changed, int depth, GroupOutput out) {
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
    writeMixed(changes, depth, out);
  }

  private void writeMixed(Strings values, int depth, GroupOutput out) {
    if (values.count < SMALL) {
      RawColumn.write(values, out);
      return;
    }
    if (IntegerColumn.write(values, out)
        || DecimalColumn.write(values, out)
        || HexColumn.write(values, out)
        || writeDictionary(values, Math.max(SMALL, values.count / 8), depth, out)
        || writeTemplates(values, depth, out)
        || writeDictionary(values, values.count / 2, depth, out)) {
      return;
    }
    RawColumn.write(values, out);
  }

  private boolean writeTemplates(Strings values, int depth, GroupOutput out) {
    if (depth >= MAX_DEPTH) {
      return false;
    }
    var templates = new TemplateWriter(values, new long[0]);
    if (!templates.find()) {
      return false;
    }
    templates.write(this, depth, out);
    return true;
  }

  private boolean writeDictionary(Strings values, int most, int depth, GroupOutput out) {
    var dictionary = new Dictionary(values, most);
    if (!dictionary.isComplete()) {
      return false;
    }
    Strings distinct = dictionary.distinct();
    out.directory.u8(ColumnSpec.DICT);
    out.directory.varint(distinct.count);
    var codes = new long[values.count];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = dictionary.codes()[i];
    }
    Longs.write(codes, codes.length, out);
    if (distinct.count < 64 || !writeTemplates(distinct, depth, out)) {
      RawColumn.write(distinct, out);
    }
    return true;
  }
}
