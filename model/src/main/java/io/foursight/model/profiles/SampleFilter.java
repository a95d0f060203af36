package io.foursight.model.profiles;

import java.util.List;
import java.util.Set;

/// Which samples of the selected profiles count. Every part that is not empty must be satisfied.
///
/// @param spanIds the sample's span is one of these
/// @param traceIds the sample's trace is one of these
/// @param callSite the stack begins, from the outermost frame, with functions of these names
public record SampleFilter(Set<Long> spanIds, Set<TraceId> traceIds, List<String> callSite) {
  /// The 16 bytes of a trace id as two big-endian numbers.
  public record TraceId(long high, long low) {}

  public static final SampleFilter ALL = new SampleFilter(Set.of(), Set.of(), List.of());

  public SampleFilter {
    spanIds = Set.copyOf(spanIds);
    traceIds = Set.copyOf(traceIds);
    callSite = List.copyOf(callSite);
  }

  public boolean isAll() {
    return spanIds.isEmpty() && traceIds.isEmpty() && callSite.isEmpty();
  }

  /// Whether a sample's ids pass; its stack is another question.
  public boolean passesIds(long spanId, long traceHigh, long traceLow) {
    return (spanIds.isEmpty() || spanIds.contains(spanId))
        && (traceIds.isEmpty() || traceIds.contains(new TraceId(traceHigh, traceLow)));
  }
}
