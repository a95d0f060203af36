package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanPage;
import java.util.Arrays;
import java.util.stream.IntStream;

/// What only a whole trace tells: its root and time, and where each span stands in the tree.
///
/// Nested sets as upstream numbers them: a walk from the roots, each span left when it is entered
/// and right when it is left, from 1; the parent's left number, -1 for roots. Children are visited
/// by start, then id. Spans that no root leads to (orphans, cycles) have zeros. Of two spans with
/// one id (Zipkin's client and server) the server is the client's child and the parent of others;
/// three and more are no tree.
///
/// Spans are numbered from 0 here.
final class TraceShape {
  static final TraceShape NONE = new TraceShape(0);
  private static final int SERVER = 2;
  private static final int CLIENT = 3;
  private static final int ROOT = -1;
  private static final int LOST = -2;

  private final int[] left;
  private final int[] right;
  private final int[] parent;
  private final int[] children;
  private int root = -1;
  private long startNanos = Long.MAX_VALUE;
  private long endNanos = Long.MIN_VALUE;

  private TraceShape(int spans) {
    left = new int[spans];
    right = new int[spans];
    parent = new int[spans];
    children = new int[spans];
  }

  /// @param tree whether nested sets and children are wanted
  static TraceShape of(SpanPage page, int from, int to, boolean tree) {
    var shape = new TraceShape(tree ? to - from : 0);
    shape.times(page, from, to);
    if (!tree) {
      return shape;
    }
    int[] order = order(page, from, to - from);
    int[] parents = shape.parents(page, from, order);
    shape.number(parents, order);
    return shape;
  }

  /// Page row of the root span; -1 when there is none.
  int root() {
    return root;
  }

  long startNanos() {
    return startNanos;
  }

  long durationNanos() {
    return endNanos - startNanos;
  }

  int left(int span) {
    return left[span];
  }

  int right(int span) {
    return right[span];
  }

  int parent(int span) {
    return parent[span];
  }

  int children(int span) {
    return children[span];
  }

  private void times(SpanPage page, int from, int to) {
    for (int row = from; row < to; row++) {
      long start = page.startNanos()[row];
      startNanos = Math.min(startNanos, start);
      endNanos = Math.max(endNanos, Math.max(start, page.endNanos()[row]));
      if (page.parentIds()[row] == 0 && (root < 0 || compare(page, row, root) < 0)) {
        root = row;
      }
    }
  }

  private static int compare(SpanPage page, int row, int other) {
    int byStart = Long.compare(page.startNanos()[row], page.startNanos()[other]);
    if (byStart != 0) {
      return byStart;
    }
    int byId = Long.compareUnsigned(page.spanIds()[row], page.spanIds()[other]);
    return byId != 0 ? byId : Byte.compare(page.kinds()[row], page.kinds()[other]);
  }

  /// Spans by start, then id.
  static int[] order(SpanPage page, int from, int spans) {
    boolean sorted = true;
    for (int i = 1; i < spans && sorted; i++) {
      sorted = compare(page, from + i - 1, from + i) <= 0;
    }
    return sorted
        ? IntStream.range(0, spans).toArray()
        : IntStream.range(0, spans)
            .boxed()
            .sorted((a, b) -> compare(page, from + a, from + b))
            .mapToInt(i -> i)
            .toArray();
  }

  /// By span its parent, `ROOT` or `LOST`.
  private int[] parents(SpanPage page, int from, int[] order) {
    int spans = order.length;
    var byId = new LongIntMap(spans);
    // The second span of an id, or LOST when there are more.
    int[] twins = new int[spans];
    Arrays.fill(twins, ROOT);
    for (int span : order) {
      int first = byId.putIfAbsent(page.spanIds()[from + span], span);
      if (first != span) {
        twins[first] = twins[first] == ROOT ? span : LOST;
      }
    }
    int[] parents = new int[spans];
    for (int span = 0; span < spans; span++) {
      int row = from + span;
      int first = byId.get(page.spanIds()[row]);
      int twin = twins[first];
      if (twin == LOST) {
        parents[span] = LOST;
        continue;
      }
      int client = twin == ROOT ? LOST : client(page, from, first, twin);
      boolean isServer = client != LOST && client != span;
      parents[span] =
          isServer
              ? client
              : page.parentIds()[row] == 0
                  ? ROOT
                  : parent(page, from, byId, twins, page.parentIds()[row]);
      if (parents[span] == span) {
        parents[span] = LOST;
      }
    }
    return parents;
  }

  private static int parent(SpanPage page, int from, LongIntMap byId, int[] twins, long id) {
    int first = byId.get(id);
    if (first == LongIntMap.ABSENT || twins[first] == LOST) {
      return LOST;
    }
    if (twins[first] == ROOT) {
      return first;
    }
    int client = client(page, from, first, twins[first]);
    return client == first ? twins[first] : first;
  }

  /// Which of two spans of one id called the other; `LOST` when they are no such pair.
  private static int client(SpanPage page, int from, int first, int second) {
    byte a = page.kinds()[from + first];
    byte b = page.kinds()[from + second];
    return a == CLIENT && b == SERVER ? first : a == SERVER && b == CLIENT ? second : LOST;
  }

  private void number(int[] parents, int[] order) {
    int spans = parents.length;
    int[] firstChild = new int[spans];
    int[] nextChild = new int[spans];
    Arrays.fill(firstChild, ROOT);
    for (int i = spans - 1; i >= 0; i--) {
      int span = order[i];
      if (parents[span] >= 0) {
        nextChild[span] = firstChild[parents[span]];
        firstChild[parents[span]] = span;
        children[parents[span]]++;
      }
    }
    int next = 1;
    for (int top : order) {
      if (parents[top] != ROOT) {
        continue;
      }
      parent[top] = -1;
      left[top] = next++;
      int at = top;
      // Children that are entered are taken off the list.
      while (at != ROOT) {
        int child = firstChild[at];
        if (child == ROOT) {
          right[at] = next++;
          at = at == top ? ROOT : parents[at];
        } else {
          firstChild[at] = nextChild[child];
          parent[child] = left[at];
          left[child] = next++;
          at = child;
        }
      }
    }
  }
}
