package io.foursight.storage.traces.block.v1;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Finds the attribute column of a key by its bytes.
final class AttributeSlots {
  private final byte[][] keys;
  private final int[] types;
  private final int[] table;

  AttributeSlots(List<AttributeColumn> columns) {
    keys = new byte[columns.size()][];
    types = new int[columns.size()];
    table = new int[Integer.highestOneBit(8 * columns.size() + 8)];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = columns.get(i).key().getBytes(StandardCharsets.UTF_8);
      types[i] = columns.get(i).type();
      int slot = slot(Tokens.hash(keys[i], 0, keys[i].length));
      while (table[slot] != 0) {
        slot = slot + 1 & table.length - 1;
      }
      table[slot] = i + 1;
    }
  }

  private int slot(long hash) {
    return (int) (hash ^ hash >>> 20) & table.length - 1;
  }

  /// @param hash of the key
  /// @return the column of the key, or -1
  int of(Attribute attribute, long hash) {
    for (int slot = slot(hash); table[slot] != 0; slot = slot + 1 & table.length - 1) {
      int column = table[slot] - 1;
      if (attribute.keyIs(keys[column])) {
        return column;
      }
    }
    return -1;
  }

  /// Whether the column takes values of a type.
  boolean takes(int column, int type) {
    return types[column] == type;
  }
}
