package io.foursight.wire.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The flame graph of Pyroscope's query API.
///
/// ```
/// one tree:  a level is groups of [x delta, total, self, name]
/// two trees: a level is groups of [x left, total left, self left, x right, total right, self right, name]
/// ```
///
/// where `x delta` is the bar's start less the end of the bar before it on the level. Level 0 is
/// one bar named `total`. Children are sorted by name and laid out from their parent's start on.
///
/// @param names by number
/// @param levels from the root down
/// @param maxSelf the largest self value
/// @param leftTotal of the first tree, when there are two
/// @param rightTotal likewise
public record FlameGraph(
    List<String> names,
    List<long[]> levels,
    long total,
    long maxSelf,
    long leftTotal,
    long rightTotal) {
  private static final String TOTAL = "total";

  public FlameGraph {
    names = List.copyOf(names);
    levels = List.copyOf(levels);
  }

  /// Grows one level.
  private static final class Level {
    long[] numbers = new long[28];
    int size;
    long leftEnd;
    long rightEnd;

    void add(long number) {
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * size);
      }
      numbers[size++] = number;
    }
  }

  private static final class Names {
    final List<String> names = new ArrayList<>();
    final Map<String, Integer> numbers = new HashMap<>();

    int number(String name) {
      Integer number = numbers.putIfAbsent(name, names.size());
      if (number == null) {
        names.add(name);
        return names.size() - 1;
      }
      return number;
    }
  }

  /// Nodes yet to be laid out: of one level after the other, left to right.
  private record Bar(int left, int right, long leftX, long rightX, int depth) {}

  /// @param tree see [FrameTree#truncate]
  public static FlameGraph of(FrameTree tree) {
    var names = new Names();
    names.number(TOTAL);
    var levels = new ArrayList<Level>();
    long maxSelf = 0;
    var bars = new ArrayList<Bar>();
    bars.add(new Bar(0, -1, 0, 0, 0));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      bars.set(i, null);
      int node = bar.left();
      if (bar.depth() == levels.size()) {
        levels.add(new Level());
      }
      Level level = levels.get(bar.depth());
      level.add(bar.leftX() - level.leftEnd);
      level.add(tree.total(node));
      level.add(tree.self(node));
      level.add(node == 0 ? 0 : names.number(tree.name(node)));
      level.leftEnd = bar.leftX() + tree.total(node);
      maxSelf = Math.max(maxSelf, tree.self(node));
      long x = bar.leftX() + tree.self(node);
      for (int child : tree.children(node)) {
        bars.add(new Bar(child, -1, x, 0, bar.depth() + 1));
        x += tree.total(child);
      }
    }
    return new FlameGraph(names.names, numbers(levels), tree.total(0), maxSelf, 0, 0);
  }

  /// Two trees beside each other; a node that only one of them has is empty in the other.
  ///
  /// @throws FoursightException `BAD_DATA` when a total is negative
  public static FlameGraph diff(FrameTree left, FrameTree right) {
    if (left.total(0) < 0 || right.total(0) < 0) {
      throw new FoursightException(
          ErrorKind.BAD_DATA, "profiles with negative totals cannot be compared");
    }
    var names = new Names();
    names.number(TOTAL);
    var levels = new ArrayList<Level>();
    long maxSelf = 0;
    var bars = new ArrayList<Bar>();
    bars.add(new Bar(0, 0, 0, 0, 0));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      bars.set(i, null);
      if (bar.depth() == levels.size()) {
        levels.add(new Level());
      }
      Level level = levels.get(bar.depth());
      int l = bar.left();
      int r = bar.right();
      long leftTotal = l < 0 ? 0 : left.total(l);
      long leftSelf = l < 0 ? 0 : left.self(l);
      long rightTotal = r < 0 ? 0 : right.total(r);
      long rightSelf = r < 0 ? 0 : right.self(r);
      level.add(bar.leftX() - level.leftEnd);
      level.add(leftTotal);
      level.add(leftSelf);
      level.add(bar.rightX() - level.rightEnd);
      level.add(rightTotal);
      level.add(rightSelf);
      level.add(bar.depth() == 0 ? 0 : names.number(l < 0 ? right.name(r) : left.name(l)));
      level.leftEnd = bar.leftX() + leftTotal;
      level.rightEnd = bar.rightX() + rightTotal;
      maxSelf = Math.max(maxSelf, Math.max(leftSelf, rightSelf));
      pair(left, right, bar, bar.leftX() + leftSelf, bar.rightX() + rightSelf, bars);
    }
    return new FlameGraph(
        names.names,
        numbers(levels),
        left.total(0) + right.total(0),
        maxSelf,
        left.total(0),
        right.total(0));
  }

  private static final int[] NONE = {};

  private static void pair(
      FrameTree left, FrameTree right, Bar parent, long leftX, long rightX, List<Bar> bars) {
    int[] lefts = parent.left() < 0 ? NONE : left.children(parent.left());
    int[] rights = parent.right() < 0 ? NONE : right.children(parent.right());
    int l = 0;
    int r = 0;
    while (l < lefts.length || r < rights.length) {
      int order =
          l == lefts.length
              ? 1
              : r == rights.length ? -1 : left.name(lefts[l]).compareTo(right.name(rights[r]));
      int leftNode = order <= 0 ? lefts[l++] : -1;
      int rightNode = order >= 0 ? rights[r++] : -1;
      bars.add(new Bar(leftNode, rightNode, leftX, rightX, parent.depth() + 1));
      leftX += leftNode < 0 ? 0 : left.total(leftNode);
      rightX += rightNode < 0 ? 0 : right.total(rightNode);
    }
  }

  private static List<long[]> numbers(List<Level> levels) {
    return levels.stream().map(level -> Arrays.copyOf(level.numbers, level.size)).toList();
  }
}
