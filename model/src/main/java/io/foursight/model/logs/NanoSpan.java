package io.foursight.model.logs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Times from `firstNanos` to `lastNanos`, both inclusive; empty when they are the wrong way round.
public record NanoSpan(long firstNanos, long lastNanos) {
  public static final NanoSpan ALL = new NanoSpan(Long.MIN_VALUE, Long.MAX_VALUE);
  public static final NanoSpan NONE = new NanoSpan(Long.MAX_VALUE, Long.MIN_VALUE);

  public boolean isEmpty() {
    return firstNanos > lastNanos;
  }

  public NanoSpan intersect(NanoSpan other) {
    return new NanoSpan(
        Math.max(firstNanos, other.firstNanos), Math.min(lastNanos, other.lastNanos));
  }

  /// The shortest span that holds both.
  public NanoSpan hull(NanoSpan other) {
    return new NanoSpan(
        Math.min(firstNanos, other.firstNanos), Math.max(lastNanos, other.lastNanos));
  }

  /// The times that lie in at least one of the spans: ascending, apart from each other.
  public static List<NanoSpan> union(List<NanoSpan> spans) {
    var out = new ArrayList<NanoSpan>();
    for (NanoSpan span : ascending(spans)) {
      if (!out.isEmpty() && span.firstNanos <= out.getLast().lastNanos) {
        out.add(out.removeLast().hull(span));
      } else {
        out.add(span);
      }
    }
    return List.copyOf(out);
  }

  /// The times that lie in at least two of the spans: ascending, apart from each other.
  public static List<NanoSpan> overlaps(List<NanoSpan> spans) {
    var twice = new ArrayList<NanoSpan>();
    long last = Long.MIN_VALUE;
    boolean any = false;
    for (NanoSpan span : ascending(spans)) {
      if (any && span.firstNanos <= last) {
        twice.add(new NanoSpan(span.firstNanos, Math.min(last, span.lastNanos)));
      }
      last = any ? Math.max(last, span.lastNanos) : span.lastNanos;
      any = true;
    }
    return union(twice);
  }

  private static List<NanoSpan> ascending(List<NanoSpan> spans) {
    return spans.stream()
        .filter(span -> !span.isEmpty())
        .sorted(Comparator.comparingLong(NanoSpan::firstNanos))
        .toList();
  }
}
