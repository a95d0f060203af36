package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// A template while rows are sorted by template.
final class TemplateDraft {
  final long hash;
  final byte[][] literals;
  final int[] layouts;

  /// Key of each variable, empty = none.
  final byte[][] keys;

  int rows;

  TemplateDraft(long hash, byte[] bytes, int from, int to, Tokenizer tokens) {
    this.hash = hash;
    int n = tokens.count;
    literals = new byte[n + 1][];
    layouts = Arrays.copyOf(tokens.layouts, n);
    keys = new byte[n][];
    int at = from;
    for (int i = 0; i < n; i++) {
      literals[i] = Arrays.copyOfRange(bytes, at, tokens.starts[i]);
      int key = tokens.keyStarts[i];
      keys[i] = Arrays.copyOfRange(bytes, key, key + tokens.keyLengths[i]);
      at = tokens.ends[i];
    }
    literals[n] = Arrays.copyOfRange(bytes, at, to);
  }

  static long hash(byte[] bytes, int from, int to, Tokenizer tokens) {
    long h = 17;
    int at = from;
    for (int i = 0; i < tokens.count; i++) {
      h = Bytes.hash(bytes, at, tokens.starts[i], h + tokens.layouts[i]);
      at = tokens.ends[i];
    }
    return Bytes.hash(bytes, at, to, h);
  }

  /// Whether a line with these tokens is of this template.
  boolean fits(byte[] bytes, int from, int to, Tokenizer tokens) {
    int n = tokens.count;
    if (n != layouts.length) {
      return false;
    }
    int at = from;
    for (int i = 0; i <= n; i++) {
      int end = i < n ? tokens.starts[i] : to;
      byte[] literal = literals[i];
      if (end - at != literal.length || !Bytes.equal(bytes, at, literal, 0, literal.length)) {
        return false;
      }
      if (i < n) {
        if (layouts[i] != tokens.layouts[i] || keys[i].length != tokens.keyLengths[i]) {
          return false;
        }
        at = tokens.ends[i];
      }
    }
    return true;
  }
}
