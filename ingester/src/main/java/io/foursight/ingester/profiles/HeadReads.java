package io.foursight.ingester.profiles;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.CallSite;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfileSet;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.model.profiles.SymbolsInterner;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/// One question to the segments of a head. Owned by one thread.
final class HeadReads {
  private static final int CHECK_ROWS = 1024;

  /// What a profile and its samples take in a head.
  private static final int ROW_BYTES = 56;

  private static final int SAMPLE_BYTES = 12;
  private static final int SPAN_BYTES = 36;

  private final List<SegmentView> segments;
  private final ProfilesSelect select;
  private final QueryBudget budget;

  HeadReads(List<SegmentView> segments, ProfilesSelect select) {
    this.segments = segments;
    this.select = select;
    this.budget = select.budget();
  }

  /// Series of a segment that satisfy the matchers.
  private BitSet matching(SegmentView segment) {
    var matching = new BitSet(segment.series().length);
    for (int s = 0; s < segment.series().length; s++) {
      boolean all = true;
      for (LabelMatcher matcher : select.matchers()) {
        all = all && matcher.matches(segment.series()[s].get(matcher.name()));
      }
      matching.set(s, all);
    }
    return matching;
  }

  private boolean isInRange(HeadPartition.View part, int row) {
    return part.time(row) >= select.startNanos() && part.time(row) < select.endNanos();
  }

  private boolean isAsked(HeadPartition.View part, int row) {
    return select.ids().isEmpty()
        || select.ids().contains(new ProfileId(part.idHigh(row), part.idLow(row)));
  }

  // ---- merge ----

  MergedStacks merge() {
    var merged = new MergedStacks();
    // Within a segment copies are not kept.
    Optional<ProfileSet> met =
        segments.size() > 1 ? Optional.of(new ProfileSet()) : Optional.empty();
    long charged = 0;
    try {
      for (SegmentView segment : segments) {
        BitSet matching = matching(segment);
        if (matching.isEmpty()) {
          continue;
        }
        var numbers = new int[segment.series().length];
        if (met.isPresent()) {
          for (int s = matching.nextSetBit(0); s >= 0; s = matching.nextSetBit(s + 1)) {
            numbers[s] = met.get().series(segment.series()[s]);
          }
        }
        for (HeadPartition.View part : segment.partitions()) {
          add(part, matching, numbers, met, merged);
          long held = merged.memoryBytes() + met.map(ProfileSet::memoryBytes).orElse(0L);
          budget.charge(held - charged);
          charged = held;
        }
      }
    } finally {
      budget.release(charged);
    }
    return merged;
  }

  private void add(
      HeadPartition.View part,
      BitSet matching,
      int[] numbers,
      Optional<ProfileSet> met,
      MergedStacks merged) {
    SampleFilter filter = select.samples();
    long bytes = 8L * part.symbols().stacks();
    budget.charge(bytes);
    try {
      var sums = new long[part.symbols().stacks()];
      long samples = 0;
      for (int row = 0; row < part.rows(); row++) {
        if (row % CHECK_ROWS == 0) {
          budget.check();
        }
        int series = part.series()[row];
        if (!matching.get(series)
            || !isInRange(part, row)
            || !isAsked(part, row)
            || met.isPresent()
                && !met.get()
                    .add(numbers[series], part.time(row), part.idHigh(row), part.idLow(row))) {
          continue;
        }
        samples += part.sampleEnd(row) - part.sampleStart(row);
        sum(part, row, filter, sums);
      }
      budget.countSamples(samples);
      if (samples > 0) {
        emit(part, filter, sums, merged);
      }
    } finally {
      budget.release(bytes);
    }
  }

  private static void sum(HeadPartition.View part, int row, SampleFilter filter, long[] sums) {
    boolean all = filter.spanIds().isEmpty() && filter.traceIds().isEmpty();
    for (int s = part.sampleStart(row); s < part.sampleEnd(row); s++) {
      if (all || filter.passesIds(part.spanId(s), part.traceHigh(s), part.traceLow(s))) {
        sums[part.stacks()[s]] += part.values()[s];
      }
    }
  }

  /// Names come last: only stacks with a value are brought into the answer.
  private static void emit(
      HeadPartition.View part, SampleFilter filter, long[] sums, MergedStacks merged) {
    SymbolsInterner.From from = merged.from(part.symbols());
    BitSet passing = CallSite.stacks(part.symbols(), filter.callSite());
    for (int stack = 0; stack < sums.length; stack++) {
      if (sums[stack] != 0 && passing.get(stack)) {
        merged.add(from.stack(stack), sums[stack]);
      }
    }
  }

  // ---- rows ----

  private record Span(long id, long traceHigh, long traceLow) {}

  void rows(boolean bySpan, Consumer<ProfileRows> each) {
    try (var union = new ProfileRowsUnion(bySpan, budget)) {
      for (SegmentView segment : segments) {
        BitSet matching = matching(segment);
        for (HeadPartition.View part : segment.partitions()) {
          BitSet passing =
              select.samples().callSite().isEmpty()
                  ? new BitSet()
                  : CallSite.stacks(part.symbols(), select.samples().callSite());
          for (int row = 0; row < part.rows(); row++) {
            if (row % CHECK_ROWS == 0) {
              budget.check();
            }
            if (matching.get(part.series()[row]) && isInRange(part, row) && isAsked(part, row)) {
              ProfileRowsUnion.Rows rows = union.of(segment.series()[part.series()[row]]);
              if (bySpan) {
                addSpans(part, row, passing, rows);
              } else {
                addRow(part, row, passing, rows);
              }
            }
          }
        }
      }
      union.forEach(each);
    }
  }

  private void addRow(
      HeadPartition.View part, int row, BitSet passing, ProfileRowsUnion.Rows rows) {
    long value = part.total(row);
    if (!select.samples().isAll()) {
      boolean any = false;
      value = 0;
      for (int s = part.sampleStart(row); s < part.sampleEnd(row); s++) {
        if (passes(part, s, passing)) {
          any = true;
          value += part.values()[s];
        }
      }
      if (!any) {
        return;
      }
    }
    rows.add(part.time(row), value, part.idHigh(row), part.idLow(row), 0, 0, 0);
  }

  private void addSpans(
      HeadPartition.View part, int row, BitSet passing, ProfileRowsUnion.Rows rows) {
    if (!part.hasSpans()) {
      return;
    }
    Map<Span, long[]> spans = new LinkedHashMap<>();
    for (int s = part.sampleStart(row); s < part.sampleEnd(row); s++) {
      if (part.spanId(s) != 0 && passes(part, s, passing)) {
        var span = new Span(part.spanId(s), part.traceHigh(s), part.traceLow(s));
        spans.computeIfAbsent(span, unused -> new long[1])[0] += part.values()[s];
      }
    }
    spans.forEach((span, value) ->
        rows.add(
            part.time(row),
            value[0],
            part.idHigh(row),
            part.idLow(row),
            span.id,
            span.traceHigh,
            span.traceLow));
  }

  private boolean passes(HeadPartition.View part, int sample, BitSet passing) {
    SampleFilter filter = select.samples();
    return (filter.callSite().isEmpty() || passing.get(part.stacks()[sample]))
        && filter.passesIds(part.spanId(sample), part.traceHigh(sample), part.traceLow(sample));
  }

  // ---- labels ----

  TreeSet<Labels> series() {
    var found = new TreeSet<Labels>();
    for (SegmentView segment : segments) {
      BitSet matching = matching(segment);
      var there = new BitSet(segment.series().length);
      for (HeadPartition.View part : segment.partitions()) {
        budget.check();
        for (int row = 0; row < part.rows(); row++) {
          if (matching.get(part.series()[row]) && isInRange(part, row)) {
            there.set(part.series()[row]);
          }
        }
      }
      there.stream().forEach(s -> found.add(segment.series()[s]));
    }
    return found;
  }

  ProfilesStats stats() {
    long profiles = 0;
    long samples = 0;
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    long bytes = 0;
    for (SegmentView segment : segments) {
      BitSet matching = matching(segment);
      for (HeadPartition.View part : segment.partitions()) {
        budget.check();
        for (int row = 0; row < part.rows(); row++) {
          if (matching.get(part.series()[row]) && isInRange(part, row)) {
            profiles++;
            long own = part.sampleEnd(row) - part.sampleStart(row);
            samples += own;
            bytes += ROW_BYTES + own * (part.hasSpans() ? SPAN_BYTES : SAMPLE_BYTES);
            oldest = Math.min(oldest, part.time(row));
            newest = Math.max(newest, part.time(row));
          }
        }
      }
    }
    if (profiles == 0) {
      return ProfilesStats.NONE;
    }
    return new ProfilesStats(profiles, series().size(), samples, bytes, oldest, newest);
  }
}
