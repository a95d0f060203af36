package io.foursight.ingester.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SelectHints;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// The labels that a grouping keeps (and the metric's name), by symbols: series with equal ones get
/// the same object, made once. Owned by one thread.
final class GroupedLabels {
  private static final byte KEPT = 1;
  private static final byte DROPPED = 2;

  private final ShardSeries.Reader reader;
  private final ShardSeries.Walk walk;
  private final Set<String> names;
  private final boolean by;

  /// Verdict by name symbol.
  private byte[] verdicts = new byte[64];

  private int[] pairs = new int[16];
  private int[][] keys = new int[64][];
  private Labels[] labels = new Labels[64];
  private int size;

  GroupedLabels(ShardSeries.Reader reader, SelectHints hints) {
    this.reader = reader;
    this.walk = new ShardSeries.Walk(reader.series());
    this.names = new HashSet<>(hints.grouping());
    this.by = hints.by();
  }

  Labels of(int id) {
    walk.to(id);
    if (pairs.length < 2 * walk.size()) {
      pairs = new int[2 * walk.size()];
    }
    int n = 0;
    int hash = 1;
    while (walk.next()) {
      int name = walk.name();
      if (isKept(name)) {
        pairs[n++] = name;
        pairs[n++] = walk.value();
        hash = (hash * 31 + name) * 31 + walk.value();
      }
    }
    hash *= 0x9e3779b9;
    int mask = keys.length - 1;
    int at = hash >>> 7 & mask;
    while (keys[at] != null) {
      if (keys[at].length == n && Arrays.equals(keys[at], 0, n, pairs, 0, n)) {
        return labels[at];
      }
      at = at + 1 & mask;
    }
    return add(at, n);
  }

  private boolean isKept(int name) {
    if (name >= verdicts.length) {
      verdicts = Arrays.copyOf(verdicts, Math.max(2 * verdicts.length, name + 1));
    }
    byte verdict = verdicts[name];
    if (verdict == 0) {
      String text = reader.text(name);
      boolean kept = text.equals(Labels.METRIC_NAME) || names.contains(text) == by;
      verdict = kept ? KEPT : DROPPED;
      verdicts[name] = verdict;
    }
    return verdict == KEPT;
  }

  private Labels add(int at, int n) {
    String[] texts = new String[n];
    for (int i = 0; i < n; i++) {
      texts[i] = reader.text(pairs[i]);
    }
    Labels made = Labels.ofSorted(texts);
    keys[at] = Arrays.copyOf(pairs, n);
    labels[at] = made;
    if (++size * 2 > keys.length) {
      grow();
    }
    return made;
  }

  private void grow() {
    int[][] oldKeys = keys;
    Labels[] oldLabels = labels;
    keys = new int[2 * oldKeys.length][];
    labels = new Labels[2 * oldKeys.length];
    int mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != null) {
        int hash = 1;
        for (int symbol : oldKeys[i]) {
          hash = hash * 31 + symbol;
        }
        hash *= 0x9e3779b9;
        int at = hash >>> 7 & mask;
        while (keys[at] != null) {
          at = at + 1 & mask;
        }
        keys[at] = oldKeys[i];
        labels[at] = oldLabels[i];
      }
    }
  }
}
