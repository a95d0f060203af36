package io.foursight.model.profiles;

import java.util.Arrays;

/// The sum of many profiles: a value for each stack, which is that of samples taken exactly there
/// (self). Stacks without a value are on the way to others. Owned by one thread.
public final class MergedStacks {
  private final SymbolsInterner interner = new SymbolsInterner(new ProfileSymbols());
  private long[] values = new long[64];
  private long total;

  public ProfileSymbols symbols() {
    return interner.symbols();
  }

  /// A translation of the rows of another table, to be kept for all samples that refer to it.
  public SymbolsInterner.From from(ProfileSymbols other) {
    return interner.from(other);
  }

  /// @param stack a number of [#symbols], as the translation gives it
  public void add(int stack, long value) {
    if (stack >= values.length) {
      values = Arrays.copyOf(values, Math.max(2 * values.length, stack + 1));
    }
    values[stack] += value;
    total += value;
  }

  /// Adds all of another sum.
  public void add(MergedStacks other) {
    var from = from(other.symbols());
    for (int stack = 0; stack < other.symbols().stacks(); stack++) {
      long value = other.value(stack);
      if (value != 0) {
        add(from.stack(stack), value);
      }
    }
  }

  /// The value of one stack itself, without what it calls.
  public long value(int stack) {
    return stack < values.length ? values[stack] : 0;
  }

  public long total() {
    return total;
  }

  /// Bytes held in memory, for budgets.
  public long memoryBytes() {
    return 3 * symbols().memoryBytes() + 8L * values.length;
  }
}
