package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfilesStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Answers of several Sources as one.
final class ProfilesUnions {
  private ProfilesUnions() {}

  /// The sum of sums. What is held in the end stays charged.
  static MergedStacks stacks(List<MergedStacks> parts, QueryBudget budget) {
    MergedStacks sum = parts.getFirst();
    for (MergedStacks part : parts.subList(1, parts.size())) {
      // The larger one is not copied.
      if (part.memoryBytes() > sum.memoryBytes()) {
        part.add(sum);
        sum = part;
      } else {
        sum.add(part);
      }
      budget.check();
    }
    return sum;
  }

  static List<Labels> series(List<List<Labels>> parts) {
    var all = new TreeSet<Labels>();
    parts.forEach(all::addAll);
    return List.copyOf(all);
  }

  static List<String> texts(List<List<String>> parts) {
    var all = new TreeSet<>(Labels::compareText);
    parts.forEach(all::addAll);
    return List.copyOf(all);
  }

  static ProfilesStats stats(List<ProfilesStats> parts) {
    return parts.stream().reduce(ProfilesStats.NONE, ProfilesStats::plus);
  }

  /// Rows of Sources that are asked one after the other: all but those of the last are kept until
  /// their series is complete.
  static final class Rows {
    private final QueryBudget budget;
    private final Map<Labels, ProfileRows> kept = new HashMap<>();
    private long charged;

    Rows(QueryBudget budget) {
      this.budget = budget;
    }

    void keep(ProfileRows rows) {
      if (rows.rows() == 0) {
        return;
      }
      ProfileRows before = kept.get(rows.labels());
      ProfileRows own = before == null ? copy(rows) : join(before, rows);
      long bytes = memoryBytes(own) - (before == null ? 0 : memoryBytes(before));
      budget.charge(bytes);
      charged += bytes;
      kept.put(rows.labels(), own);
    }

    /// Takes rows of the last Source: they go on with what was kept of their series.
    void last(ProfileRows rows, Consumer<ProfileRows> each) {
      ProfileRows before = kept.remove(rows.labels());
      each.accept(before == null ? rows : join(before, rows));
    }

    /// Hands on what the last Source had nothing of, and lets go of everything.
    void end(Consumer<ProfileRows> each) {
      kept.values().forEach(each);
      discard();
    }

    void discard() {
      kept.clear();
      budget.release(charged);
      charged = 0;
    }

    private static long memoryBytes(ProfileRows rows) {
      return 200 + (rows.spanIds().length == 0 ? 32L : 56L) * rows.timesNanos().length;
    }
  }

  static ProfileRows copy(ProfileRows r) {
    int n = r.rows();
    return new ProfileRows(
        r.labels(),
        n,
        Arrays.copyOf(r.timesNanos(), n),
        Arrays.copyOf(r.values(), n),
        Arrays.copyOf(r.idHighs(), n),
        Arrays.copyOf(r.idLows(), n),
        copyOf(r.spanIds(), n),
        copyOf(r.traceHighs(), n),
        copyOf(r.traceLows(), n));
  }

  private static long[] copyOf(long[] values, int n) {
    return values.length == 0 ? values : Arrays.copyOf(values, n);
  }

  /// Both in order of time.
  static ProfileRows join(ProfileRows a, ProfileRows b) {
    if (a.rows() == 0) {
      return b;
    }
    if (b.rows() == 0) {
      return a;
    }
    var from = new ArrayList<long[][]>();
    from.add(columns(a));
    from.add(columns(b));
    int n = a.rows() + b.rows();
    var out = new long[from.getFirst().length][];
    for (int c = 0; c < out.length; c++) {
      boolean there = from.get(0)[c].length > 0 || from.get(1)[c].length > 0;
      out[c] = there ? new long[n] : new long[0];
    }
    int i = 0;
    int j = 0;
    for (int row = 0; row < n; row++) {
      boolean first = j == b.rows() || (i < a.rows() && a.timesNanos()[i] <= b.timesNanos()[j]);
      long[][] source = from.get(first ? 0 : 1);
      int at = first ? i++ : j++;
      for (int c = 0; c < out.length; c++) {
        if (source[c].length > 0) {
          out[c][row] = source[c][at];
        }
      }
    }
    return new ProfileRows(a.labels(), n, out[0], out[1], out[2], out[3], out[4], out[5], out[6]);
  }

  private static long[][] columns(ProfileRows r) {
    return new long[][] {
      r.timesNanos(),
      r.values(),
      r.idHighs(),
      r.idLows(),
      r.spanIds(),
      r.traceHighs(),
      r.traceLows()
    };
  }
}
