package io.foursight.ingester.metrics;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the series of a shard that satisfy all matchers: candidates from the smallest list of
/// values that can match, then every matcher on the labels of each candidate, with one verdict per
/// symbol.
final class ShardSelection {
  private static final byte YES = 1;
  private static final byte NO = 2;

  private ShardSelection() {}

  /// Ascending ids.
  static int[] select(
      HeadShard shard,
      ShardIndex index,
      ShardSeries series,
      List<LabelMatcher> matchers,
      QueryBudget budget) {
    int n = series.count();
    int[] names = new int[matchers.size()];
    Optional<int[]> candidates = Optional.empty();
    int bestValues = Integer.MAX_VALUE;
    int best = -1;
    int[] bestSymbols = {};
    long stamp = shard.lock.readLock();
    try {
      for (int m = 0; m < matchers.size(); m++) {
        LabelMatcher matcher = matchers.get(m);
        names[m] = known(shard.symbol(matcher.name()), series);
        Optional<Set<String>> literals = matcher.matcher().literals();
        if (matcher.isNegative() || literals.isEmpty() || literals.get().contains("")) {
          continue;
        }
        int[] symbols = new int[literals.get().size()];
        int found = 0;
        for (String text : literals.get()) {
          int symbol = known(shard.symbol(text), series);
          if (symbol >= 0 && matcher.matches(text)) {
            symbols[found++] = symbol;
          }
        }
        if (found == 0 || names[m] < 0) {
          return new int[0];
        }
        if (found < bestValues) {
          bestValues = found;
          best = m;
          bestSymbols = Arrays.copyOf(symbols, found);
        }
      }
    } finally {
      shard.lock.unlockRead(stamp);
    }
    int satisfied = best;
    if (best >= 0) {
      candidates = Optional.of(index.select(series, names[best], bestSymbols));
      for (int m = 0; m < matchers.size(); m++) {
        // A second equality may have far fewer series; both lists are cheap to look up.
        LabelMatcher matcher = matchers.get(m);
        if (m != best && matcher.type() == LabelMatcher.Type.EQUAL && !matcher.matchesEmpty()) {
          int symbol = symbolOf(shard, series, matcher.value());
          int[] other = index.select(series, names[m], new int[] {symbol});
          if (other.length < candidates.get().length) {
            candidates = Optional.of(other);
            satisfied = m;
          }
        }
      }
    }
    if (matchers.isEmpty()) {
      return all(n);
    }
    for (int m = 0; m < matchers.size() && candidates.isEmpty(); m++) {
      // No literals: but far fewer values than series.
      LabelMatcher matcher = matchers.get(m);
      if (!matcher.matchesEmpty()) {
        if (names[m] < 0) {
          return new int[0];
        }
        candidates =
            index.selectWhere(
                series, names[m], value -> matcher.matches(series.symbols().text(value)));
        satisfied = m;
      }
    }
    if (candidates.isEmpty()) {
      return verify(series, matchers, names, candidates, budget);
    }
    // The list that the candidates come from holds for its matcher already.
    var others = new ArrayList<LabelMatcher>(matchers);
    others.remove(satisfied);
    if (others.isEmpty()) {
      return candidates.get();
    }
    int[] otherNames = new int[names.length - 1];
    System.arraycopy(names, 0, otherNames, 0, satisfied);
    System.arraycopy(names, satisfied + 1, otherNames, satisfied, otherNames.length - satisfied);
    return verify(series, others, otherNames, candidates, budget);
  }

  private static int symbolOf(HeadShard shard, ShardSeries series, String text) {
    long stamp = shard.lock.readLock();
    try {
      return known(shard.symbol(text), series);
    } finally {
      shard.lock.unlockRead(stamp);
    }
  }

  /// Symbols that came after the snapshot belong to no series of it.
  private static int known(int symbol, ShardSeries series) {
    return symbol < series.symbols().count() ? symbol : -1;
  }

  private static int[] all(int n) {
    int[] ids = new int[n];
    for (int i = 0; i < n; i++) {
      ids[i] = i;
    }
    return ids;
  }

  private static int[] verify(
      ShardSeries series,
      List<LabelMatcher> matchers,
      int[] names,
      Optional<int[]> candidates,
      QueryBudget budget) {
    int n = candidates.map(c -> c.length).orElse(series.count());
    byte[][] verdicts = new byte[matchers.size()][series.symbols().count()];
    boolean[] empty = new boolean[matchers.size()];
    for (int m = 0; m < matchers.size(); m++) {
      empty[m] = matchers.get(m).matchesEmpty();
    }
    int[] out = new int[Math.min(n, 1024)];
    int kept = 0;
    var walk = new ShardSeries.Walk(series);
    int[] values = new int[matchers.size()];
    for (int i = 0; i < n; i++) {
      if ((i & 0xfff) == 0) {
        budget.check();
      }
      int id = candidates.isPresent() ? candidates.get()[i] : i;
      Arrays.fill(values, -1);
      walk.to(id);
      int left = names.length;
      while (left > 0 && walk.next()) {
        for (int m = 0; m < names.length; m++) {
          if (names[m] == walk.name()) {
            values[m] = walk.value();
            left--;
          }
        }
      }
      boolean matches = true;
      for (int m = 0; m < names.length && matches; m++) {
        int value = values[m];
        if (value < 0) {
          matches = empty[m];
        } else {
          byte verdict = verdicts[m][value];
          if (verdict == 0) {
            verdict = matchers.get(m).matches(series.symbols().text(value)) ? YES : NO;
            verdicts[m][value] = verdict;
          }
          matches = verdict == YES;
        }
      }
      if (matches) {
        if (kept == out.length) {
          out = Arrays.copyOf(out, Math.min(n, kept * 2));
        }
        out[kept++] = id;
      }
    }
    return Arrays.copyOf(out, kept);
  }
}
