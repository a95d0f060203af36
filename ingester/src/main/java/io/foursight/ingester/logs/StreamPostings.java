package io.foursight.ingester.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The streams of a segment by label, so that a selective query does not look at all of them: for
/// each value of each label the numbers of its streams, ascending. Used under the segment's lock,
/// its [Candidates] without.
final class StreamPostings {
  private static final int[] NONE = {};

  private static final class Numbers {
    int[] values = new int[1];
    int count;

    void add(int number) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = number;
    }
  }

  private final Map<String, Map<String, Numbers>> byLabel = new HashMap<>();

  void add(Labels stream, int number) {
    for (int i = 0; i < stream.size(); i++) {
      byLabel
          .computeIfAbsent(stream.name(i), n -> new HashMap<>())
          .computeIfAbsent(stream.value(i), v -> new Numbers())
          .add(number);
    }
  }

  /// What is left to be asked of each stream.
  ///
  /// @param numbers of streams; empty with `all`
  record Candidates(List<Labels> streams, boolean all, int[] numbers) {
    BitSet matching(List<LabelMatcher> matchers) {
      var matching = new BitSet(streams.size());
      int n = all ? streams.size() : numbers.length;
      for (int i = 0; i < n; i++) {
        int number = all ? i : numbers[i];
        if (matches(streams.get(number), matchers)) {
          matching.set(number);
        }
      }
      return matching;
    }

    private static boolean matches(Labels labels, List<LabelMatcher> matchers) {
      for (LabelMatcher matcher : matchers) {
        if (!matcher.matches(labels.get(matcher.name()))) {
          return false;
        }
      }
      return true;
    }
  }

  /// By the matcher that leaves the fewest; matchers that the empty value satisfies leave all.
  Candidates candidates(List<LabelMatcher> matchers, List<Labels> streams) {
    List<Numbers> best = List.of();
    long fewest = Long.MAX_VALUE;
    for (LabelMatcher matcher : matchers) {
      if (matcher.isNegative() || matcher.matchesEmpty()) {
        continue;
      }
      List<Numbers> lists = lists(matcher);
      long count = 0;
      for (Numbers list : lists) {
        count += list.count;
      }
      if (count < fewest) {
        fewest = count;
        best = lists;
      }
    }
    if (fewest == Long.MAX_VALUE) {
      return new Candidates(streams, true, NONE);
    }
    var numbers = new int[(int) fewest];
    int at = 0;
    for (Numbers list : best) {
      System.arraycopy(list.values, 0, numbers, at, list.count);
      at += list.count;
    }
    return new Candidates(streams, false, numbers);
  }

  private List<Numbers> lists(LabelMatcher matcher) {
    Map<String, Numbers> values = byLabel.getOrDefault(matcher.name(), Map.of());
    Set<String> known =
        matcher.type() == LabelMatcher.Type.EQUAL
            ? Set.of(matcher.value())
            : matcher.matcher().literals().orElse(Set.of());
    if (!known.isEmpty()) {
      return known.stream()
          .filter(value -> values.containsKey(value) && matcher.matches(value))
          .map(values::get)
          .toList();
    }
    return values.entrySet().stream()
        .filter(value -> matcher.matches(value.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }
}
