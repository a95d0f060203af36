package io.foursight.querylanguages.logql.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the keys of lines (fields of logfmt, nested fields of JSON) are called as labels. A key is
/// numbered by its raw bytes and the number of the key around it; each number knows its label name:
/// letters, digits and underscores, everything else an underscore, nested names joined by one. Open
/// addressing, without garbage for keys seen before. Owned by one thread.
final class Keys {
  static final int ROOT = 0;
  static final int NO_LABEL = -1;

  private final Names names;
  private int[] table = new int[256];
  private byte[][] raw = new byte[64][];
  private int[] parents = new int[64];
  private int[] hashes = new int[64];
  private String[] texts = new String[64];
  private int[] labels = new int[64];
  private int[] successors = new int[64];
  private int last = ROOT;
  private int count = 1;

  Keys(Names names) {
    this.names = names;
    texts[ROOT] = "";
    labels[ROOT] = NO_LABEL;
  }

  int size() {
    return count;
  }

  /// Forgets everything.
  void clear() {
    Arrays.fill(table, 0);
    Arrays.fill(raw, null);
    Arrays.fill(successors, 0);
    last = ROOT;
    count = 1;
  }

  /// The name that values of this key get, or [#NO_LABEL] for a blank key.
  int label(int key) {
    return labels[key];
  }

  /// The number of a key inside another. Lines of a stream mostly have the same keys in the same
  /// order, so the key that came after the last one before is tried first.
  int key(int parent, byte[] bytes, int offset, int length) {
    int guess = successors[last];
    if (guess != 0 && parents[guess] == parent && isKey(guess, bytes, offset, length)) {
      last = guess;
      return guess;
    }
    int key = lookUp(parent, bytes, offset, length);
    successors[last] = key;
    last = key;
    return key;
  }

  private boolean isKey(int key, byte[] bytes, int offset, int length) {
    byte[] known = raw[key];
    if (known.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known[i] != bytes[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private int lookUp(int parent, byte[] bytes, int offset, int length) {
    int h = (int) ByteHash.of(parent, bytes, offset, length);
    int slot = h & (table.length - 1);
    while (table[slot] != 0) {
      int key = table[slot];
      if (hashes[key] == h && parents[key] == parent && isKey(key, bytes, offset, length)) {
        return key;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return add(h, parent, Arrays.copyOfRange(bytes, offset, offset + length), slot);
  }

  private int add(int hash, int parent, byte[] bytes, int slot) {
    int key = count++;
    if (key == raw.length) {
      int capacity = key * 2;
      raw = Arrays.copyOf(raw, capacity);
      parents = Arrays.copyOf(parents, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
      texts = Arrays.copyOf(texts, capacity);
      labels = Arrays.copyOf(labels, capacity);
      successors = Arrays.copyOf(successors, capacity);
    }
    raw[key] = bytes;
    parents[key] = parent;
    hashes[key] = hash;
    texts[key] = join(texts[parent], new String(bytes, StandardCharsets.UTF_8).strip());
    labels[key] = texts[key].isEmpty() && parent == ROOT ? NO_LABEL : names.id(texts[key]);
    table[slot] = key;
    if (count * 2 > table.length) {
      grow();
    }
    return key;
  }

  private void grow() {
    table = new int[table.length * 2];
    for (int key = 1; key < count; key++) {
      int slot = hashes[key] & (table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = key;
    }
  }

  private static String join(String outer, String part) {
    if (part.isEmpty()) {
      return outer;
    }
    var out = new StringBuilder(outer);
    if (!outer.isEmpty()) {
      out.append('_');
    } else if (isDigit(part.charAt(0))) {
      out.append('_');
    }
    part.codePoints().forEach(c -> out.append(isNamePart(c) ? (char) c : '_'));
    return out.toString();
  }

  private static boolean isNamePart(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || isDigit(c);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
