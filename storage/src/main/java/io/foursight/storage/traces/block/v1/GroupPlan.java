package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.TracesSelect;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which row groups may have spans that pass: by their statistics, and by tokens, whose pages are
/// fetched in one request. Owned by one thread.
final class GroupPlan {
  private static final int MAX_LITERALS = 128;

  /// Integers beyond are not exact as doubles, and doubles are what filters have.
  private static final double EXACT = 1L << 53;

  private final IndexHead head;
  private final Map<Long, BitSet> found = new HashMap<>();
  private long bytes;

  private GroupPlan(IndexHead head) {
    this.head = head;
  }

  /// @param groups that may have what passes
  /// @param bytes read of the index
  record Plan(BitSet groups, long bytes) {}

  /// @param inRange whether spans outside of the select's range are not wanted
  static Plan of(IndexHead head, RangedReader index, TracesSelect select, boolean inRange) {
    var plan = new GroupPlan(head);
    plan.fetch(index, select.filter());
    BitSet groups = plan.pass(select.filter());
    for (int g = 0; g < head.groups().size() && inRange; g++) {
      GroupStats stats = head.groups().get(g);
      if (stats.minStart() >= select.endNanos() || stats.maxEnd() < select.startNanos()) {
        groups.clear(g);
      }
    }
    return new Plan(groups, plan.bytes);
  }

  private void fetch(RangedReader index, SpanFilter filter) {
    if (head.tokens().blocks() == 0) {
      return;
    }
    var wanted = new LinkedHashSet<Long>();
    collect(filter, wanted);
    if (wanted.isEmpty()) {
      return;
    }
    var ranges = new LinkedHashSet<RangedReader.Range>();
    wanted.forEach(token -> ranges.add(head.tokens().page(token)));
    var inOrder = List.copyOf(ranges);
    List<byte[]> pages = index.readAll(inOrder);
    var byRange = new HashMap<RangedReader.Range, byte[]>();
    for (int i = 0; i < pages.size(); i++) {
      byRange.put(inOrder.get(i), pages.get(i));
      bytes += pages.get(i).length;
    }
    for (long token : wanted) {
      RangedReader.Range page = head.tokens().page(token);
      found.put(token, head.tokens().mayHave(token, byRange.get(page), page.offset()));
    }
  }

  private void collect(SpanFilter filter, Set<Long> into) {
    switch (filter) {
      case SpanFilter.And and -> and.terms().forEach(term -> collect(term, into));
      case SpanFilter.Or or -> or.terms().forEach(term -> collect(term, into));
      default -> tokens(filter).ifPresent(into::addAll);
    }
  }

  private BitSet all() {
    var all = new BitSet();
    all.set(0, head.groups().size());
    return all;
  }

  private BitSet pass(SpanFilter filter) {
    BitSet groups = all();
    switch (filter) {
      case SpanFilter.And and -> and.terms().forEach(term -> groups.and(pass(term)));
      case SpanFilter.Or or -> {
        groups.clear();
        or.terms().forEach(term -> groups.or(pass(term)));
      }
      case SpanFilter.DurationRange range -> {
        for (int g = 0; g < head.groups().size(); g++) {
          GroupStats stats = head.groups().get(g);
          groups.set(
              g,
              stats.minDuration() <= range.highNanos() && stats.maxDuration() >= range.lowNanos());
        }
      }
      case SpanFilter.KindIn in -> {
        for (int g = 0; g < head.groups().size(); g++) {
          int kinds = head.groups().get(g).kinds();
          groups.set(g, kinds == -1 || (kinds & in.kinds()) != 0);
        }
      }
      case SpanFilter.StatusIn in -> {
        for (int g = 0; g < head.groups().size(); g++) {
          int statuses = head.groups().get(g).statuses();
          groups.set(g, statuses == -1 || (statuses & in.statuses()) != 0);
        }
      }
      default -> {
        Optional<List<Long>> tokens = tokens(filter);
        if (tokens.isPresent()) {
          var any = new BitSet();
          for (long token : tokens.get()) {
            any.or(found.getOrDefault(token, groups));
          }
          groups.and(any);
        }
      }
    }
    return groups;
  }

  /// Tokens of which a span that passes has one; empty when nothing is known.
  private static Optional<List<Long>> tokens(SpanFilter filter) {
    return switch (filter) {
      case SpanFilter.Exists exists -> key(exists.field()).map(k -> List.of(Tokens.exists(k)));
      case SpanFilter.TextTest test ->
          key(test.field())
              .map(k -> {
                Optional<Set<String>> literals = test.matcher().literals();
                return literals.isPresent() && literals.get().size() <= MAX_LITERALS
                    ? literals.get().stream().map(text -> Tokens.text(k, text)).toList()
                    : List.of(Tokens.exists(k));
              });
      case SpanFilter.NumberRange range -> key(range.field()).map(k -> numbers(k, range));
      case SpanFilter.BoolTest test ->
          key(test.field()).map(k -> List.of(Tokens.bool(k, test.value())));
      case SpanFilter.And _,
          SpanFilter.Or _,
          SpanFilter.DurationRange _,
          SpanFilter.KindIn _,
          SpanFilter.StatusIn _,
          SpanFilter.Root _ ->
          Optional.empty();
    };
  }

  private static List<Long> numbers(long key, SpanFilter.NumberRange range) {
    double value = range.low();
    if (value != range.high() || Math.abs(value) >= EXACT) {
      return List.of(Tokens.exists(key));
    }
    var tokens = new ArrayList<Long>();
    tokens.add(Tokens.decimal(key, value));
    if (value == Math.rint(value)) {
      tokens.add(Tokens.integer(key, (long) value));
    }
    return tokens;
  }

  private static Optional<Long> key(SpanField field) {
    return switch (field) {
      case SpanField.Attribute attribute ->
          Optional.of(Tokens.key(attribute.scope().ordinal(), attribute.name()));
      case SpanField.Intrinsic intrinsic ->
          intrinsic == SpanField.Intrinsic.EVENT_TIME_SINCE_START
              ? Optional.empty()
              : Optional.of(GroupTokens.intrinsicKey(intrinsic));
    };
  }
}
