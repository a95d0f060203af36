package io.foursight.querylanguages.traceql.eval;

import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Parents and children of the spans of one trace, followed one by one.
final class NaiveTree {
  private static final int SERVER = 2;
  private static final int CLIENT = 3;
  private static final Comparator<MemorySpan> ORDER =
      Comparator.comparingLong(MemorySpan::startNanos)
          .thenComparing(MemorySpan::spanId, Long::compareUnsigned)
          .thenComparing(MemorySpan::kind);

  private final List<MemorySpan> spans;
  private final Map<MemorySpan, MemorySpan> parents = new IdentityHashMap<>();
  private final Map<MemorySpan, Integer> lefts = new IdentityHashMap<>();
  private final Map<MemorySpan, Integer> rights = new IdentityHashMap<>();
  private int next = 1;

  NaiveTree(List<MemorySpan> trace) {
    this.spans = trace.stream().sorted(ORDER).toList();
    for (MemorySpan span : spans) {
      parent(span).ifPresent(p -> parents.put(span, p));
    }
    for (MemorySpan span : spans) {
      if (isTop(span)) {
        number(span);
      }
    }
  }

  private List<MemorySpan> withId(long id) {
    return spans.stream().filter(s -> s.spanId() == id).toList();
  }

  private static Optional<MemorySpan> ofKind(List<MemorySpan> pair, int kind) {
    boolean isPair =
        pair.size() == 2
            && pair.stream().anyMatch(s -> s.kind() == CLIENT)
            && pair.stream().anyMatch(s -> s.kind() == SERVER);
    return isPair ? pair.stream().filter(s -> s.kind() == kind).findFirst() : Optional.empty();
  }

  private Optional<MemorySpan> parent(MemorySpan span) {
    var own = withId(span.spanId());
    if (own.size() > 2) {
      return Optional.empty();
    }
    var client = ofKind(own, CLIENT);
    if (client.isPresent() && span.kind() == SERVER) {
      return client;
    }
    var named = span.parentId() == 0 ? List.<MemorySpan>of() : withId(span.parentId());
    if (named.isEmpty() || named.size() > 2) {
      return Optional.empty();
    }
    MemorySpan parent = ofKind(named, SERVER).orElse(named.getFirst());
    return parent == span ? Optional.empty() : Optional.of(parent);
  }

  private boolean isTop(MemorySpan span) {
    return span.parentId() == 0 && !parents.containsKey(span) && withId(span.spanId()).size() <= 2;
  }

  private void number(MemorySpan span) {
    lefts.put(span, next++);
    spans.stream().filter(s -> parents.get(s) == span).forEach(this::number);
    rights.put(span, next++);
  }

  long children(MemorySpan span) {
    return spans.stream().filter(s -> parents.get(s) == span).count();
  }

  long left(MemorySpan span) {
    return lefts.getOrDefault(span, 0);
  }

  long right(MemorySpan span) {
    return rights.getOrDefault(span, 0);
  }

  long parentNumber(MemorySpan span) {
    return span.parentId() == 0 ? -1 : lefts.containsKey(span) ? left(parents.get(span)) : 0;
  }

  Optional<MemorySpan> root() {
    return spans.stream().filter(s -> s.parentId() == 0).findFirst();
  }

  long durationNanos() {
    long start = spans.stream().mapToLong(MemorySpan::startNanos).min().orElseThrow();
    return spans.stream().mapToLong(s -> Math.max(s.startNanos(), s.endNanos())).max().orElseThrow()
        - start;
  }

  private List<MemorySpan> ancestors(MemorySpan span) {
    var out = new ArrayList<MemorySpan>();
    MemorySpan at = parents.get(span);
    while (at != null) {
      out.add(at);
      at = parents.get(at);
    }
    return out;
  }

  /// Whether the right span is what the operator says of the left one.
  boolean related(SpansetOperator relation, MemorySpan left, MemorySpan right) {
    if (!lefts.containsKey(left) || !lefts.containsKey(right)) {
      return false;
    }
    return switch (relation) {
      case CHILD -> parents.get(right) == left;
      case PARENT -> parents.get(left) == right;
      case DESCENDANT -> ancestors(right).stream().anyMatch(s -> s == left);
      case ANCESTOR -> ancestors(left).stream().anyMatch(s -> s == right);
      default -> left != right && parents.get(left) == parents.get(right);
    };
  }
}
