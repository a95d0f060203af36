package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SelectHints;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// The labels that a grouping keeps (and the metric's name), by ranks: series with equal ones get
/// the same object, made once. Owned by one thread.
final class RankGroups {
  private final BlockIndex index;
  private final SeriesWalk walk;
  private final Set<String> names;
  private final boolean by;
  private int[][] keptPositions = new int[16][];
  private int[] key = new int[8];
  private int[][] keys = new int[64][];
  private Labels[] labels = new Labels[64];
  private int size;

  RankGroups(BlockIndex index, SeriesWalk walk, SelectHints hints) {
    this.index = index;
    this.walk = walk;
    this.names = new HashSet<>(hints.grouping());
    this.by = hints.by();
  }

  Labels of(int series) {
    int schema = walk.schema(series);
    int[] kept = kept(schema);
    int[] ranks = walk.ranks(series);
    int n = kept.length + 1;
    if (key.length < n) {
      key = new int[2 * n];
    }
    key[0] = schema;
    for (int i = 0; i < kept.length; i++) {
      key[i + 1] = ranks[kept[i]];
    }
    int mask = keys.length - 1;
    int at = hash(key, n) & mask;
    while (keys[at] != null) {
      if (keys[at].length == n && Arrays.equals(keys[at], 0, n, key, 0, n)) {
        return labels[at];
      }
      at = at + 1 & mask;
    }
    keys[at] = Arrays.copyOf(key, n);
    Labels made = walk.labels(series, kept);
    labels[at] = made;
    if (++size * 2 > keys.length) {
      grow();
    }
    return made;
  }

  private static int hash(int[] key, int n) {
    int h = 1;
    for (int i = 0; i < n; i++) {
      h = 31 * h + key[i];
    }
    return h * 0x9e3779b9 >>> 8;
  }

  private int[] kept(int schema) {
    if (schema >= keptPositions.length) {
      keptPositions = Arrays.copyOf(keptPositions, Math.max(schema + 1, 2 * keptPositions.length));
    }
    int[] kept = keptPositions[schema];
    if (kept == null) {
      int[] all = index.schema(schema);
      kept = new int[all.length];
      int n = 0;
      for (int i = 0; i < all.length; i++) {
        String name = index.name(all[i]);
        if (name.equals(Labels.METRIC_NAME) || names.contains(name) == by) {
          kept[n++] = i;
        }
      }
      kept = Arrays.copyOf(kept, n);
      keptPositions[schema] = kept;
    }
    return kept;
  }

  private void grow() {
    int[][] oldKeys = keys;
    Labels[] oldLabels = labels;
    keys = new int[2 * oldKeys.length][];
    labels = new Labels[keys.length];
    int mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != null) {
        int at = hash(oldKeys[i], oldKeys[i].length) & mask;
        while (keys[at] != null) {
          at = at + 1 & mask;
        }
        keys[at] = oldKeys[i];
        labels[at] = oldLabels[i];
      }
    }
  }
}
