package io.foursight.ingester.metrics;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/// What readers have worked out about a shard's series, kept for the next reader: for each label
/// that was asked for by value, the series of each value; and the label order of all series. Built
/// on demand for the series known then; series that came later are walked one by one until there
/// are enough of them to build again. Safe from any thread; writers never touch it.
final class ShardIndex {
  /// Series ids by value symbol: `ids[starts[i] .. starts[i + 1]]` have `values[i]`, ascending.
  private record Postings(int[] values, int[] starts, int[] ids, int covered) {}

  private final Map<Integer, Postings> byName = new HashMap<>();
  private int[] order = {};
  private int[] places = {};

  /// Series compared one by one since `order` was made.
  private long compared;

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
    int[] sorted = values.clone();
    Arrays.sort(sorted);
    for (int id = postings.covered; id < series.count(); id++) {
      int value = walk.find(id, name);
      if (value >= 0 && Arrays.binarySearch(sorted, value) >= 0) {
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

  /// Ascending ids of the series whose value of `name` passes a test; empty when these are so many
  /// that a walk over all series is as good.
  synchronized Optional<int[]> selectWhere(ShardSeries series, int name, IntPredicate test) {
    Postings postings = byName.get(name);
    int symbols = series.symbols().count();
    int[] passed = new int[16];
    int n = 0;
    if (postings == null || series.count() - postings.covered > 256 + postings.covered / 8) {
      postings = build(series, name);
      byName.put(name, postings);
    }
    int ids = 0;
    for (int i = 0; i < postings.values.length; i++) {
      int value = postings.values[i];
      if (value < symbols && test.test(value)) {
        if (n == passed.length) {
          passed = Arrays.copyOf(passed, 2 * n);
        }
        passed[n++] = value;
        ids += postings.starts[i + 1] - postings.starts[i];
        if (ids > series.count() / 2) {
          return Optional.empty();
        }
      }
    }
    // Values that only the series behind the index have.
    var walk = new ShardSeries.Walk(series);
    for (int id = postings.covered; id < series.count(); id++) {
      int value = walk.find(id, name);
      if (value >= 0 && Arrays.binarySearch(postings.values, value) < 0 && test.test(value)) {
        if (n == passed.length) {
          passed = Arrays.copyOf(passed, 2 * n);
        }
        passed[n++] = value;
      }
    }
    int[] values = Arrays.copyOf(passed, n);
    Arrays.sort(values);
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        values[distinct++] = values[i];
      }
    }
    return Optional.of(select(series, name, Arrays.copyOf(values, distinct)));
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

  /// The ids in the order of their labels. `ids` are ascending and distinct. Those of which the
  /// place in the order of all series is known are sorted by it, the others by comparison.
  int[] sorted(ShardSeries.Reader reader, int[] ids) {
    int n = ids.length;
    if (n < 2) {
      return ids;
    }
    int[] known = places(reader, ids);
    int ranked = Arrays.binarySearch(ids, known.length);
    ranked = ranked < 0 ? ~ranked : ranked;
    long[] keys = new long[ranked];
    for (int i = 0; i < ranked; i++) {
      keys[i] = (long) known[ids[i]] << 32 | ids[i];
    }
    Arrays.sort(keys);
    int[] out = ids.clone();
    for (int i = 0; i < ranked; i++) {
      out[i] = (int) keys[i];
    }
    if (ranked < n) {
      int[] scratch = new int[n];
      mergeSort(out, scratch, ranked, n, reader);
      merge(out, scratch, 0, ranked, n, reader);
    }
    return out;
  }

  /// The place of each series in label order, for those below the array's length. Brought up to
  /// date when as many had to be compared one by one as half of all.
  private synchronized int[] places(ShardSeries.Reader reader, int[] ids) {
    int known = order.length;
    int count = reader.series().count();
    if (known >= count) {
      return places;
    }
    int first = Arrays.binarySearch(ids, known);
    compared += ids.length - (first < 0 ? ~first : first);
    if (compared <= count / 2) {
      return places;
    }
    compared = 0;
    int[] grown = Arrays.copyOf(order, count);
    for (int id = known; id < count; id++) {
      grown[id] = id;
    }
    int[] scratch = new int[count];
    mergeSort(grown, scratch, known, count, reader);
    merge(grown, scratch, 0, known, count, reader);
    order = grown;
    int[] inverse = new int[count];
    for (int i = 0; i < count; i++) {
      inverse[grown[i]] = i;
    }
    places = inverse;
    return places;
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
    long bytes = 8L * order.length;
    for (Postings p : byName.values()) {
      bytes += 4L * (p.values.length + p.starts.length + p.ids.length);
    }
    return bytes;
  }
}
