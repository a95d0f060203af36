package io.foursight.wire.profiles;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Sums with fewer or shorter stacks, all values kept. Stateless; safe from any thread.
public final class StackCut {
  private StackCut() {}

  /// Puts stacks with the smallest totals together under a frame `other` of their callers, so that
  /// about so many are left.
  ///
  /// @param maxStacks 0 = all
  public static MergedStacks largest(MergedStacks stacks, int maxStacks) {
    ProfileSymbols symbols = stacks.symbols();
    int n = symbols.stacks();
    if (maxStacks <= 0 || n <= maxStacks) {
      return stacks;
    }
    var totals = new long[n];
    for (int stack = n - 1; stack >= 0; stack--) {
      totals[stack] += stacks.value(stack);
      int parent = symbols.stackParent(stack);
      if (parent >= 0) {
        totals[parent] += totals[stack];
      }
    }
    long[] sorted = totals.clone();
    Arrays.sort(sorted);
    long least = Math.max(1, sorted[n - maxStacks]);
    var cut = new Cut(symbols);
    int other = cut.named(FrameTree.OTHER);
    // Where the value of a stack goes: itself, or what it was put together with.
    var target = new int[n];
    for (int stack = 0; stack < n; stack++) {
      int parent = symbols.stackParent(stack);
      boolean parentKept = parent < 0 || totals[parent] >= least;
      int above = parent < 0 ? -1 : target[parent];
      if (totals[stack] >= least) {
        target[stack] = cut.stack(above, symbols.stackLocation(stack));
      } else if (totals[stack] > 0) {
        target[stack] = parentKept ? cut.interner.stack(above, other) : above;
      } else {
        continue;
      }
      cut.add(target[stack], stacks.value(stack));
    }
    return cut.sum();
  }

  /// Only the innermost locations of each stack, for compilers that look at single calls.
  ///
  /// @param locations of each stack; 0 = all
  /// @param withoutLines the line of the innermost call does not count, so that all of a function's
  ///   are one
  public static MergedStacks innermost(MergedStacks stacks, int locations, boolean withoutLines) {
    ProfileSymbols symbols = stacks.symbols();
    var cut = new Cut(symbols);
    var path = new int[64];
    for (int stack = 0; stack < symbols.stacks(); stack++) {
      if (stacks.value(stack) == 0) {
        continue;
      }
      int length = 0;
      for (int s = stack;
          s >= 0 && (locations <= 0 || length < locations);
          s = symbols.stackParent(s)) {
        if (length == path.length) {
          path = Arrays.copyOf(path, 2 * length);
        }
        path[length++] = symbols.stackLocation(s);
      }
      int at = -1;
      for (int i = length - 1; i >= 0; i--) {
        at =
            i == 0 && withoutLines
                ? cut.interner.stack(at, cut.withoutLines(path[i]))
                : cut.stack(at, path[i]);
      }
      cut.add(at, stacks.value(stack));
    }
    return cut.sum();
  }

  /// A sum of stacks that are not those of the symbols they are made of.
  private static final class Cut {
    final ProfileSymbols of;
    final SymbolsInterner interner = new SymbolsInterner(new ProfileSymbols());
    final SymbolsInterner.From from;
    long[] values = new long[64];

    Cut(ProfileSymbols of) {
      this.of = of;
      this.from = interner.from(of);
    }

    int stack(int parent, int location) {
      return interner.stack(parent, from.location(location));
    }

    int named(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      int function = interner.function(interner.string(bytes, 0, bytes.length), 0, 0, 0);
      return interner.location(-1, 0, new int[] {function}, new long[] {0}, 1);
    }

    int withoutLines(int location) {
      int first = of.lineStart(location);
      int count = of.lineEnd(location) - first;
      var functions = new int[count];
      for (int i = 0; i < count; i++) {
        functions[i] = from.function(of.lineFunction(first + i));
      }
      int mapping = of.locationMapping(location);
      return interner.location(
          mapping < 0 ? -1 : from.mapping(mapping),
          count == 0 ? of.locationAddress(location) : 0,
          functions,
          new long[count],
          count);
    }

    void add(int stack, long value) {
      if (stack >= values.length) {
        values = Arrays.copyOf(values, Math.max(2 * values.length, stack + 1));
      }
      values[stack] += value;
    }

    MergedStacks sum() {
      var sum = new MergedStacks();
      var translated = sum.from(interner.symbols());
      for (int stack = 0; stack < Math.min(values.length, interner.symbols().stacks()); stack++) {
        if (values[stack] != 0) {
          sum.add(translated.stack(stack), values[stack]);
        }
      }
      return sum;
    }
  }
}
