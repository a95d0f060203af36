package io.foursight.querylanguages.traceql.eval;

import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import java.util.Arrays;

/// Structural operators on nested-set numbers, each in time linear in the trace. Spans without
/// numbers are related to none.
final class SpanRelation {
  private static final int[] NOTHING = {};

  private final TraceShape shape;
  private final int numbers;

  SpanRelation(TraceShape shape, int spans) {
    this.shape = shape;
    this.numbers = 2 * spans + 3;
  }

  /// The right spans that a left one is related to; with a negated operator those that none is
  /// related to; with a union operator the left ones too that are related to a right one.
  int[] evaluate(SpansetOperator operator, int[] left, int[] right) {
    SpansetOperator relation = operator.relation();
    int[] related = kept(relation, left, right, true);
    if (operator.isNegated()) {
      return kept(relation, left, right, false);
    }
    return operator.isUnion()
        ? union(related, kept(inverse(relation), right, left, true))
        : related;
  }

  private static SpansetOperator inverse(SpansetOperator relation) {
    return switch (relation) {
      case CHILD -> SpansetOperator.PARENT;
      case PARENT -> SpansetOperator.CHILD;
      case DESCENDANT -> SpansetOperator.ANCESTOR;
      case ANCESTOR -> SpansetOperator.DESCENDANT;
      default -> relation;
    };
  }

  private interface Related {
    boolean test(int span);
  }

  private int[] kept(SpansetOperator relation, int[] left, int[] right, boolean wanted) {
    Related related = related(relation, left);
    int[] out = right.length == 0 ? NOTHING : new int[right.length];
    int count = 0;
    for (int span : right) {
      if (related.test(span) == wanted) {
        out[count++] = span;
      }
    }
    return Arrays.copyOf(out, count);
  }

  private Related related(SpansetOperator relation, int[] left) {
    return switch (relation) {
      case CHILD -> {
        int[] lefts = counts(left, shape::left);
        yield span -> shape.parent(span) > 0 && lefts[shape.parent(span)] > 0;
      }
      case PARENT -> {
        int[] parents = counts(left, shape::parent);
        yield span -> shape.left(span) > 0 && parents[shape.left(span)] > 0;
      }
      case SIBLING -> siblings(left);
      case ANCESTOR -> {
        int[] before = counts(left, shape::left);
        for (int i = 1; i < numbers; i++) {
          before[i] += before[i - 1];
        }
        yield span ->
            shape.left(span) > 0 && before[shape.right(span)] - before[shape.left(span)] > 0;
      }
      default -> descendants(left);
    };
  }

  private interface NumberOf {
    int of(int span);
  }

  /// How many spans have each number above 0.
  private int[] counts(int[] spans, NumberOf number) {
    int[] counts = new int[numbers];
    for (int span : spans) {
      if (number.of(span) > 0) {
        counts[number.of(span)]++;
      }
    }
    return counts;
  }

  private Related descendants(int[] left) {
    int[] open = new int[numbers];
    for (int span : left) {
      if (shape.left(span) > 0) {
        open[shape.left(span) + 1]++;
        open[shape.right(span)]--;
      }
    }
    for (int i = 1; i < numbers; i++) {
      open[i] += open[i - 1];
    }
    return span -> shape.left(span) > 0 && open[shape.left(span)] > 0;
  }

  /// Roots (parent -1) are siblings of each other, as upstream has it.
  private Related siblings(int[] left) {
    int[] perParent = new int[numbers];
    boolean[] isLeft = new boolean[numbers];
    for (int span : left) {
      if (shape.left(span) > 0) {
        perParent[Math.max(0, shape.parent(span))]++;
        isLeft[shape.left(span)] = true;
      }
    }
    return span ->
        shape.left(span) > 0
            && perParent[Math.max(0, shape.parent(span))] - (isLeft[shape.left(span)] ? 1 : 0) > 0;
  }

  /// Of two ascending arrays.
  static int[] union(int[] a, int[] b) {
    int[] out = new int[a.length + b.length];
    int i = 0;
    int j = 0;
    int count = 0;
    while (i < a.length || j < b.length) {
      if (j == b.length || (i < a.length && a[i] < b[j])) {
        out[count++] = a[i++];
      } else if (i == a.length || b[j] < a[i]) {
        out[count++] = b[j++];
      } else {
        out[count++] = a[i++];
        j++;
      }
    }
    return Arrays.copyOf(out, count);
  }
}
