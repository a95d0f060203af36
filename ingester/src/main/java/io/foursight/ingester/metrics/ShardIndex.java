package io.foursight.ingester.metrics;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// What readers have worked out about a shard's series, kept for the next reader: for each label
/// that was asked for by value, the series of each value; and the label order of all series. Built
/// on demand for the series known then; series that came later are walked one by one until there
/// are enough of them to build again. Safe from any thread; writers never touch it.
final class ShardIndex {
  /// Series ids by value symbol: `ids[starts[i] .. starts[i + 1]]` have `values[i]`, ascending.
  private record Postings(int[] values, int[] starts, int[] ids, int covered) {}

  private final Map<Integer, Postings> byName = new HashMap<>();
  private int[] order = {};

  /// Texts by symbol that readers have met; given up when memory is short.
  private SoftReference<String[]> texts = new SoftReference<>(new String[0]);

  /// A reader that shares the texts it meets with other readers of the shard.
  synchronized ShardSeries.Reader reader(ShardSeries series) {
    String[] known = texts.get();
    int count = series.symbols().count();
    if (known == null || known.length < count) {
      String[] grown = new String[count + count / 8];
      if (known != null) {
        System.arraycopy(known, 0, grown, 0, known.length);
      }
      known = grown;
      texts = new SoftReference<>(known);
    }
    return new ShardSeries.Reader(series, known);
  }

  /// Ascending ids of the series that have one of `values` as their `name`.
  synchronized int[] select(ShardSeries series, int name, int[] values) {
    Postings postings = byName.get(name);
    if (postings == null || series.count() - postings.covered > 256 + postings.covered / 8) {
      postings = build(series, name);
      byName.put(name, postings);
    }
    int[] out = new int[16];
    int n = 0;
    for (int value : values) {
      int at = Arrays.binarySearch(postings.values, value);
      if (at >= 0) {
        int from = postings.starts[at];
        int length = postings.starts[at + 1] - from;
        if (out.length < n + length) {
          out = Arrays.copyOf(out, Math.max(n + length, out.length * 2));
        }
        System.arraycopy(postings.ids, from, out, n, length);
        n += length;
      }
    }
    if (values.length > 1) {
      Arrays.sort(out, 0, n);
    }
    var walk = new ShardSeries.Walk(series);
    for (int id = postings.covered; id < series.count(); id++) {
      int value = walk.find(id, name);
      if (value >= 0 && contains(values, value)) {
        if (n == out.length) {
          out = Arrays.copyOf(out, n * 2);
        }
        out[n++] = id;
      }
    }
    // Another reader may have built it for more series than this one knows.
    while (n > 0 && out[n - 1] >= series.count()) {
      n--;
    }
    return Arrays.copyOf(out, n);
  }

  private static boolean contains(int[] values, int value) {
    for (int v : values) {
      if (v == value) {
        return true;
      }
    }
    return false;
  }

  private static Postings build(ShardSeries series, int name) {
    long[] pairs = new long[series.count()];
    int n = 0;
    var walk = new ShardSeries.Walk(series);
    for (int id = 0; id < series.count(); id++) {
      int value = walk.find(id, name);
      if (value >= 0) {
        pairs[n++] = (long) value << 32 | id;
      }
    }
    Arrays.sort(pairs, 0, n);
    int[] values = new int[n];
    int[] starts = new int[n + 1];
    int[] ids = new int[n];
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      int value = (int) (pairs[i] >>> 32);
      if (distinct == 0 || values[distinct - 1] != value) {
        starts[distinct] = i;
        values[distinct++] = value;
      }
      ids[i] = (int) pairs[i];
    }
    starts[distinct] = n;
    return new Postings(
        Arrays.copyOf(values, distinct), Arrays.copyOf(starts, distinct + 1), ids, series.count());
  }

  /// The ids in the order of their labels. `ids` are ascending and distinct.
  int[] sorted(ShardSeries.Reader reader, int[] ids) {
    int count = reader.series().count();
    if (ids.length < 2) {
      return ids;
    }
    if (ids.length < count / 4) {
      int[] copy = ids.clone();
      mergeSort(copy, new int[copy.length], 0, copy.length, reader);
      return copy;
    }
    int[] all = order(reader);
    boolean[] wanted = new boolean[Math.max(count, all.length)];
    for (int id : ids) {
      wanted[id] = true;
    }
    int[] out = new int[ids.length];
    int n = 0;
    for (int id : all) {
      if (wanted[id]) {
        out[n++] = id;
      }
    }
    return out;
  }

  private synchronized int[] order(ShardSeries.Reader reader) {
    int known = order.length;
    int count = reader.series().count();
    if (known < count) {
      int[] grown = Arrays.copyOf(order, count);
      for (int id = known; id < count; id++) {
        grown[id] = id;
      }
      int[] scratch = new int[count];
      mergeSort(grown, scratch, known, count, reader);
      merge(grown, scratch, 0, known, count, reader);
      order = grown;
    }
    return order;
  }

  private static void mergeSort(int[] a, int[] scratch, int from, int to, ShardSeries.Reader r) {
    if (to - from < 8) {
      for (int i = from + 1; i < to; i++) {
        int x = a[i];
        int j = i;
        for (; j > from && r.compare(a[j - 1], x) > 0; j--) {
          a[j] = a[j - 1];
        }
        a[j] = x;
      }
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(a, scratch, from, middle, r);
    mergeSort(a, scratch, middle, to, r);
    merge(a, scratch, from, middle, to, r);
  }

  private static void merge(
      int[] a, int[] scratch, int from, int middle, int to, ShardSeries.Reader r) {
    if (from == middle || middle == to || r.compare(a[middle - 1], a[middle]) <= 0) {
      return;
    }
    System.arraycopy(a, from, scratch, from, middle - from);
    int i = from;
    int j = middle;
    int k = from;
    while (i < middle && j < to) {
      a[k++] = r.compare(scratch[i], a[j]) <= 0 ? scratch[i++] : a[j++];
    }
    while (i < middle) {
      a[k++] = scratch[i++];
    }
  }

  synchronized long bytes() {
    long bytes = 4L * order.length;
    for (Postings p : byName.values()) {
      bytes += 4L * (p.values.length + p.starts.length + p.ids.length);
    }
    return bytes;
  }
}
