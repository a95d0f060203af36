package io.foursight.querier.logs;

import io.foursight.model.logs.LogsPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Patterns of several Sources as one list.
final class LogsPatterns {
  private LogsPatterns() {}

  /// Equal patterns of one level are added up; most frequent first, at most `limit`.
  static List<LogsPattern> merged(List<List<LogsPattern>> inputs, int limit) {
    record Key(String pattern, String level) {}
    Map<Key, long[]> sums = new LinkedHashMap<>();
    for (List<LogsPattern> input : inputs) {
      for (LogsPattern pattern : input) {
        long[] sum =
            sums.computeIfAbsent(
                new Key(pattern.pattern(), pattern.level()),
                k -> new long[pattern.counts().length]);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += pattern.counts()[i];
        }
      }
    }
    var all = new ArrayList<LogsPattern>();
    sums.forEach((key, counts) -> all.add(new LogsPattern(key.pattern(), key.level(), counts)));
    all.sort(
        Comparator.comparingLong((LogsPattern p) -> Arrays.stream(p.counts()).sum()).reversed());
    return List.copyOf(all.subList(0, Math.min(limit, all.size())));
  }
}
