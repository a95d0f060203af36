package io.foursight.wire.profiles;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A sum of profiles by the names of frames: stacks whose frames have the same names are one, and
/// an inlined call is a frame of its own. Node 0 is the root, without a name; children are sorted
/// by name. Immutable.
public final class FrameTree {
  /// The node that stands for all that were too small.
  static final String OTHER = "other";

  private final List<String> names;
  private final int[] nameOf;
  private final int[][] children;
  private final long[] selfs;
  private final long[] totals;

  private FrameTree(List<String> names, int[] nameOf, int[][] children, long[] selfs) {
    this.names = names;
    this.nameOf = nameOf;
    this.children = children;
    this.selfs = selfs;
    this.totals = selfs.clone();
    // Children have larger numbers than their parents.
    for (int node = children.length - 1; node >= 0; node--) {
      for (int child : children[node]) {
        totals[node] += totals[child];
      }
    }
  }

  /// Grows nodes; a node's parent is there before it.
  private static final class Builder {
    final List<String> names = new ArrayList<>();
    final Map<String, Integer> numberOf = new HashMap<>();
    int nodes;
    int[] nameOf = new int[256];
    int[] parents = new int[256];
    long[] selfs = new long[256];
    final Map<Long, Integer> nodeOf = new HashMap<>();

    Builder() {
      nameOf[0] = name("");
      parents[0] = -1;
      nodes = 1;
    }

    int name(String name) {
      Integer number = numberOf.putIfAbsent(name, names.size());
      if (number == null) {
        names.add(name);
        return names.size() - 1;
      }
      return number;
    }

    int child(int parent, int name) {
      Integer node = nodeOf.putIfAbsent((long) parent << 32 | name, nodes);
      if (node != null) {
        return node;
      }
      if (nodes == nameOf.length) {
        nameOf = Arrays.copyOf(nameOf, 2 * nodes);
        parents = Arrays.copyOf(parents, 2 * nodes);
        selfs = Arrays.copyOf(selfs, 2 * nodes);
      }
      nameOf[nodes] = name;
      parents[nodes] = parent;
      return nodes++;
    }

    FrameTree build() {
      var counts = new int[nodes];
      for (int node = 1; node < nodes; node++) {
        counts[parents[node]]++;
      }
      var children = new int[nodes][];
      for (int node = 0; node < nodes; node++) {
        children[node] = new int[counts[node]];
      }
      // By name, then a walk over all nodes in that order fills every list sorted.
      var order = new Integer[nodes - 1];
      Arrays.setAll(order, i -> i + 1);
      Arrays.sort(order, Comparator.comparing(node -> names.get(nameOf[node])));
      Arrays.fill(counts, 0);
      for (int node : order) {
        int parent = parents[node];
        children[parent][counts[parent]++] = node;
      }
      return new FrameTree(
          names, Arrays.copyOf(nameOf, nodes), children, Arrays.copyOf(selfs, nodes));
    }
  }

  public static FrameTree of(MergedStacks stacks) {
    ProfileSymbols symbols = stacks.symbols();
    var builder = new Builder();
    var names = new int[symbols.functions()];
    for (int f = 0; f < names.length; f++) {
      names[f] = builder.name(symbols.string(symbols.functionName(f)));
    }
    var nodeOf = new int[symbols.stacks()];
    for (int stack = 0; stack < nodeOf.length; stack++) {
      int parent = symbols.stackParent(stack);
      int node = parent < 0 ? 0 : nodeOf[parent];
      int location = symbols.stackLocation(stack);
      int first = symbols.lineStart(location);
      // The last line is the caller of those before it.
      for (int line = symbols.lineEnd(location) - 1; line >= first; line--) {
        node = builder.child(node, names[symbols.lineFunction(line)]);
      }
      if (first == symbols.lineEnd(location)) {
        node = builder.child(node, builder.name(symbols.unnamedFrame(location)));
      }
      nodeOf[stack] = node;
      builder.selfs[node] += stacks.value(stack);
    }
    return builder.build();
  }

  /// The same tree where of the nodes with the smallest totals so many are put together as `other`,
  /// beside their siblings, that about `maxNodes` are left. All sums stay.
  ///
  /// @param maxNodes 0 = all
  public FrameTree truncate(int maxNodes) {
    if (maxNodes <= 0 || maxNodes >= nodes()) {
      return this;
    }
    long[] sorted = Arrays.copyOfRange(totals, 1, totals.length);
    Arrays.sort(sorted);
    long least = sorted[sorted.length - maxNodes];
    var builder = new Builder();
    var queue = new int[2 * nodes()];
    int size = 0;
    queue[size++] = 0;
    queue[size++] = 0;
    for (int at = 0; at < size; at += 2) {
      int node = queue[at];
      int target = queue[at + 1];
      builder.selfs[target] += selfs[node];
      for (int child : children[node]) {
        if (totals[child] >= least && totals[child] > 0) {
          queue[size++] = child;
          queue[size++] = builder.child(target, builder.name(names.get(nameOf[child])));
        } else if (totals[child] > 0) {
          int other = builder.child(target, builder.name(OTHER));
          builder.selfs[other] += totals[child];
        }
      }
    }
    return builder.build();
  }

  /// The root included.
  public int nodes() {
    return selfs.length;
  }

  public String name(int node) {
    return names.get(nameOf[node]);
  }

  /// What was taken exactly here.
  public long self(int node) {
    return selfs[node];
  }

  /// What was taken here or below.
  public long total(int node) {
    return totals[node];
  }

  /// Ascending by name; not to be changed.
  int[] children(int node) {
    return children[node];
  }
}
