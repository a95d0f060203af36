package io.foursight.querier.logs;

import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.StreamVolume;
import java.util.List;

/// One copy's share of what several replicas counted, rounded to the nearest. Stateless.
final class LogsShares {
  private LogsShares() {}

  private static long of(long sum, double copies) {
    return Math.round(sum / copies);
  }

  private static long[] of(long[] sums, double copies) {
    var shares = new long[sums.length];
    for (int i = 0; i < sums.length; i++) {
      shares[i] = of(sums[i], copies);
    }
    return shares;
  }

  static LogsStats of(LogsStats sum, double copies) {
    return new LogsStats(
        of(sum.streams(), copies),
        of(sum.chunks(), copies),
        of(sum.bytes(), copies),
        of(sum.entries(), copies));
  }

  static List<StreamVolume> volumes(List<StreamVolume> sums, double copies) {
    return copies == 1
        ? sums
        : sums.stream()
            .map(v -> new StreamVolume(v.labels(), of(v.bytes(), copies), of(v.entries(), copies)))
            .toList();
  }

  static List<LogsPattern> patterns(List<LogsPattern> sums, double copies) {
    return copies == 1
        ? sums
        : sums.stream()
            .map(p -> new LogsPattern(p.pattern(), p.level(), of(p.counts(), copies)))
            .toList();
  }
}
