package io.foursight.model.traces;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Joins the answers that several Sources give to the same question.
public final class TracesUnions {
  private static final Comparator<TraceCandidates.Candidate> NEWEST_FIRST =
      Comparator.comparingLong(TraceCandidates.Candidate::startNanos)
          .reversed()
          .thenComparing(TraceCandidates.Candidate::id);

  private TracesUnions() {}

  /// The newest of all. An answer that is not complete may lack any trace older than its last one,
  /// so older ones of the others are left out too.
  ///
  /// @param limit 0 = all
  public static TraceCandidates candidates(List<TraceCandidates> answers, int limit) {
    Map<TraceId, Long> times = new HashMap<>();
    var scanned = TracesStats.NONE;
    boolean complete = true;
    long surelyFrom = Long.MIN_VALUE;
    for (TraceCandidates answer : answers) {
      scanned = scanned.plus(answer.scanned());
      answer.candidates().forEach(c -> times.merge(c.id(), c.startNanos(), Math::max));
      complete &= answer.complete();
      if (!answer.complete() && !answer.candidates().isEmpty()) {
        surelyFrom = Math.max(surelyFrom, answer.candidates().getLast().startNanos());
      }
    }
    var all = new ArrayList<TraceCandidates.Candidate>(times.size());
    for (Map.Entry<TraceId, Long> one : times.entrySet()) {
      if (one.getValue() >= surelyFrom) {
        all.add(new TraceCandidates.Candidate(one.getKey(), one.getValue()));
      }
    }
    all.sort(NEWEST_FIRST);
    if (limit > 0 && all.size() > limit) {
      return new TraceCandidates(all.subList(0, limit), false, scanned);
    }
    return new TraceCandidates(all, complete, scanned);
  }

  /// Names of all, a list for each scope that has any.
  public static List<TracesTags> tagNames(List<List<TracesTags>> answers) {
    var byScope = new EnumMap<SpanField.Scope, TreeSet<String>>(SpanField.Scope.class);
    for (List<TracesTags> answer : answers) {
      for (TracesTags tags : answer) {
        byScope.computeIfAbsent(tags.scope(), s -> new TreeSet<>()).addAll(tags.names());
      }
    }
    var all = new ArrayList<TracesTags>();
    byScope.forEach((scope, names) -> all.add(new TracesTags(scope, List.copyOf(names))));
    return all;
  }

  /// Distinct values of all.
  ///
  /// @param limit 0 = no bound
  public static List<SpanValue> tagValues(List<List<SpanValue>> answers, int limit) {
    var all = new LinkedHashSet<SpanValue>();
    answers.forEach(all::addAll);
    return limit > 0 && all.size() > limit ? List.copyOf(all).subList(0, limit) : List.copyOf(all);
  }
}
