package io.foursight.model.logs;

import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What several [LogsSource]s (blocks, heads) answered, as one answer of the same shape.
public final class LogsUnions {
  private LogsUnions() {}

  public static List<Labels> series(Collection<List<Labels>> answers) {
    var all = new TreeSet<Labels>();
    answers.forEach(all::addAll);
    return List.copyOf(all);
  }

  /// Label names, or values of one.
  public static List<String> texts(Collection<List<String>> answers) {
    var all = new TreeSet<String>(Labels::compareText);
    answers.forEach(all::addAll);
    return List.copyOf(all);
  }

  public static LogsStats stats(Collection<LogsStats> answers) {
    return answers.stream().reduce(LogsStats.NONE, LogsStats::plus);
  }

  public static List<StreamVolume> volumes(Collection<List<StreamVolume>> answers) {
    if (answers.size() == 1) {
      return answers.iterator().next();
    }
    var all = new TreeMap<Labels, StreamVolume>();
    for (List<StreamVolume> answer : answers) {
      for (StreamVolume volume : answer) {
        all.merge(volume.labels(), volume, LogsUnions::sum);
      }
    }
    return List.copyOf(all.values());
  }

  private static StreamVolume sum(StreamVolume a, StreamVolume b) {
    return new StreamVolume(a.labels(), sum(a.bytes(), b.bytes()), sum(a.entries(), b.entries()));
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sums = a.length >= b.length ? a.clone() : b.clone();
    long[] shorter = a.length >= b.length ? b : a;
    for (int i = 0; i < shorter.length; i++) {
      sums[i] += shorter[i];
    }
    return sums;
  }

  /// Most frequent first.
  public static List<LogsPattern> patterns(Collection<List<LogsPattern>> answers, int limit) {
    record Key(String pattern, String level) {}
    Map<Key, LogsPattern> all = new LinkedHashMap<>();
    for (List<LogsPattern> answer : answers) {
      for (LogsPattern pattern : answer) {
        all.merge(
            new Key(pattern.pattern(), pattern.level()),
            pattern,
            (a, b) -> new LogsPattern(a.pattern(), a.level(), sum(a.counts(), b.counts())));
      }
    }
    var sorted = new ArrayList<>(all.values());
    sorted.sort(Comparator.comparingLong((LogsPattern p) -> -total(p)));
    return List.copyOf(sorted.subList(0, Math.min(limit, sorted.size())));
  }

  private static long total(LogsPattern pattern) {
    long total = 0;
    for (long count : pattern.counts()) {
      total += count;
    }
    return total;
  }
}
