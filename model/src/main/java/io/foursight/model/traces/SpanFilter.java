package io.foursight.model.traces;

import io.foursight.model.TextMatcher;
import java.util.List;

/// A condition on one span that a Source may use to leave spans out: it must keep every span that
/// satisfies it, and may keep others (the asker tests again). Multi-valued fields satisfy a
/// condition when any of their values does.
public sealed interface SpanFilter {
  /// Every span.
  SpanFilter ALL = new And(List.of());

  record And(List<SpanFilter> terms) implements SpanFilter {
    public And {
      terms = List.copyOf(terms);
    }
  }

  /// None when empty.
  record Or(List<SpanFilter> terms) implements SpanFilter {
    public Or {
      terms = List.copyOf(terms);
    }
  }

  /// The field is there.
  record Exists(SpanField field) implements SpanFilter {}

  /// A text value of the field passes.
  record TextTest(SpanField field, TextMatcher matcher) implements SpanFilter {}

  /// An INT, DOUBLE or DURATION value of the field lies in `[low, high]`, both ends included.
  record NumberRange(SpanField field, double low, double high) implements SpanFilter {}

  record BoolTest(SpanField field, boolean value) implements SpanFilter {}

  /// The span's duration lies in `[low, high]`, both ends included.
  record DurationRange(long lowNanos, long highNanos) implements SpanFilter {}

  /// Bit `k` tells whether kind `k` passes.
  record KindIn(int kinds) implements SpanFilter {}

  /// Bit `s` tells whether status `s` passes.
  record StatusIn(int statuses) implements SpanFilter {}

  /// The span has no parent.
  record Root() implements SpanFilter {}
}
