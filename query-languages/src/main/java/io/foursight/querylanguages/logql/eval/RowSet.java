package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Remembers which entries were seen, for Sources that may give one more than once: 64 bits of hash
/// of stream, time, line and structured metadata each, in an open table. The seed makes collisions
/// that somebody could prepare impossible to prepare; an accidental one costs one entry in about
/// 2^64 / n. Owned by one thread; charges the budget.
final class RowSet implements AutoCloseable {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME_1 = 0x9e37_79b1_85eb_ca87L;
  private static final long PRIME_2 = 0xc2b2_ae3d_27d4_eb4fL;

  private final long seed;
  private final QueryBudget budget;
  private long[] table = new long[1024];
  private int size;
  private Labels lastLabels = Labels.EMPTY;
  private long lastLabelsHash;
  private String lastName = "";
  private long lastNameHash;

  RowSet(long seed, QueryBudget budget) {
    this.seed = seed;
    this.budget = budget;
    budget.charge(8L * table.length);
    lastLabelsHash = seed;
    lastNameHash = textHash(lastName);
  }

  /// Whether the row was not there before; it is then.
  boolean add(LogsPage page, int row) {
    return add(hash(page, row));
  }

  private long hash(LogsPage page, int row) {
    long hash = mix(seed ^ page.timestamps()[row]);
    hash = mix(hash ^ labelsHash(page.labels(row)));
    hash = mix(hash ^ bytesHash(page.lines(), page.lineStarts()[row], page.lineLengths()[row]));
    for (MetadataColumn column : page.metadata()) {
      if (column.has(row)) {
        // Columns of two pages may be in different order: the sum does not depend on it.
        hash +=
            mix(
                nameHash(column.name()) * PRIME_2
                    ^ bytesHash(column.bytes(), column.start(row), column.length(row)));
      }
    }
    return mix(hash);
  }

  /// Rows of a stream mostly follow each other.
  private long labelsHash(Labels labels) {
    if (labels != lastLabels) {
      long hash = seed;
      for (int i = 0; i < labels.size(); i++) {
        hash = mix(hash ^ textHash(labels.name(i)) * PRIME_1 ^ textHash(labels.value(i)));
      }
      lastLabels = labels;
      lastLabelsHash = hash;
    }
    return lastLabelsHash;
  }

  private long nameHash(String name) {
    if (!name.equals(lastName)) {
      lastName = name;
      lastNameHash = textHash(name);
    }
    return lastNameHash;
  }

  private long textHash(String text) {
    long hash = seed;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * PRIME_1;
    }
    return mix(hash);
  }

  private long bytesHash(byte[] bytes, int offset, int length) {
    long hash = seed + length;
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      hash = (hash ^ (long) LONGS.get(bytes, i)) * PRIME_2;
      hash ^= hash >>> 29;
    }
    for (; i < end; i++) {
      hash = (hash ^ bytes[i] & 0xff) * PRIME_2;
      hash ^= hash >>> 29;
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long x = value * PRIME_2;
    x ^= x >>> 32;
    x *= PRIME_1;
    return x ^ x >>> 29;
  }

  private boolean add(long hash) {
    long key = hash == 0 ? 1 : hash;
    if (2 * (size + 1) > table.length) {
      grow();
    }
    int mask = table.length - 1;
    for (int at = (int) key & mask; ; at = at + 1 & mask) {
      if (table[at] == key) {
        return false;
      }
      if (table[at] == 0) {
        table[at] = key;
        size++;
        return true;
      }
    }
  }

  private void grow() {
    long[] old = table;
    budget.charge(8L * old.length);
    table = new long[old.length * 2];
    size = 0;
    Arrays.stream(old).filter(key -> key != 0).forEach(this::add);
  }

  @Override
  public void close() {
    budget.release(8L * table.length);
    table = new long[0];
  }
}
