package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.pipeline.EntryLabels;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds the series that an entry belongs to: the one with the entry's labels, or with those that a
/// grouping keeps. Labels are compared by 128 bits of hash, seeded for the process, so that no
/// label object is made for an entry of a series that is known. Owned by one thread.
final class SeriesTable {
  /// A series and what is collected of it.
  static final class Entry {
    final long hashHigh;
    final long hashLow;
    final Labels labels;
    final Accumulator accumulator;

    private Entry(long hashHigh, long hashLow, Labels labels, Accumulator accumulator) {
      this.hashHigh = hashHigh;
      this.hashLow = hashLow;
      this.labels = labels;
      this.accumulator = accumulator;
    }
  }

  private static final long SEED_HIGH = new SecureRandom().nextLong();
  private static final long SEED_LOW = new SecureRandom().nextLong();
  private static final long PRIME_1 = 0x9e37_79b1_85eb_ca87L;
  private static final long PRIME_2 = 0xc2b2_ae3d_27d4_eb4fL;
  private static final long PRIME_3 = 0x1656_67b1_9e37_79f9L;

  private final Optional<Grouping> grouping;
  private final Supplier<Accumulator> accumulators;
  private final List<Entry> entries = new ArrayList<>();
  private Entry[] table = new Entry[64];

  /// By name number of the pipeline's run: whether the grouping counts it; 0 not yet known.
  private byte[] counted = new byte[64];

  private int epoch;

  SeriesTable(Optional<Grouping> grouping, Supplier<Accumulator> accumulators) {
    this.grouping = grouping;
    this.accumulators = accumulators;
  }

  /// The series of the entry that a pipeline's run holds.
  Entry of(PipelineRun run) {
    if (epoch != run.epoch()) {
      epoch = run.epoch();
      Arrays.fill(counted, (byte) 0);
    }
    EntryLabels labels = run.labels();
    long high = SEED_HIGH;
    long low = SEED_LOW;
    for (int i = 0; i < labels.size(); i++) {
      if (counts(labels, i)) {
        // A sum, because labels come in any order.
        long name = textHash(labels.name(i));
        byte[] bytes = labels.valueBytes(i);
        int offset = labels.valueOffset(i);
        int length = labels.valueLength(i);
        high += mix(name ^ bytesHash(bytes, offset, length, SEED_HIGH));
        low += mix(name * PRIME_3 ^ bytesHash(bytes, offset, length, SEED_LOW));
      }
    }
    if (!labels.error().isEmpty()) {
      high += mix(textHash(labels.error()));
    }
    Entry found = find(high, low);
    return found == null ? add(high, low, kept(labels.all())) : found;
  }

  private Labels kept(Labels labels) {
    return grouping.isEmpty() ? labels : VectorAggregations.groupLabels(labels, grouping);
  }

  private boolean counts(EntryLabels labels, int index) {
    if (grouping.isEmpty()) {
      return true;
    }
    int id = labels.nameId(index);
    if (id >= counted.length) {
      counted = Arrays.copyOf(counted, Math.max(id + 1, 2 * counted.length));
    }
    if (counted[id] == 0) {
      boolean named = grouping.get().labels().contains(labels.name(index));
      counted[id] = (byte) (named != grouping.get().without() ? 1 : 2);
    }
    return counted[id] == 1;
  }

  private Entry find(long high, long low) {
    int mask = table.length - 1;
    for (int at = (int) low & mask; table[at] != null; at = at + 1 & mask) {
      if (table[at].hashHigh == high && table[at].hashLow == low) {
        return table[at];
      }
    }
    return null;
  }

  private Entry add(long high, long low, Labels labels) {
    var entry = new Entry(high, low, labels, accumulators.get());
    entries.add(entry);
    if (2 * entries.size() > table.length) {
      table = new Entry[2 * table.length];
      entries.forEach(this::place);
    } else {
      place(entry);
    }
    return entry;
  }

  private void place(Entry entry) {
    int mask = table.length - 1;
    int at = (int) entry.hashLow & mask;
    while (table[at] != null) {
      at = at + 1 & mask;
    }
    table[at] = entry;
  }

  /// Takes over what another table of the same plan and grouping has collected.
  void merge(SeriesTable other) {
    for (Entry theirs : other.entries) {
      Entry ours = find(theirs.hashHigh, theirs.hashLow);
      if (ours == null) {
        ours = add(theirs.hashHigh, theirs.hashLow, theirs.labels);
      }
      ours.accumulator.merge(theirs.accumulator);
    }
  }

  List<Entry> entries() {
    return entries;
  }

  private static long textHash(String text) {
    long hash = SEED_LOW;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * PRIME_1;
      hash ^= hash >>> 31;
    }
    return hash;
  }

  private static long bytesHash(byte[] bytes, int offset, int length, long seed) {
    long hash = seed ^ length * PRIME_3;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ bytes[i] & 0xff) * PRIME_2;
      hash ^= hash >>> 29;
    }
    return hash;
  }

  private static long mix(long value) {
    long x = value * PRIME_2;
    x ^= x >>> 32;
    x *= PRIME_1;
    return x ^ x >>> 29;
  }
}
