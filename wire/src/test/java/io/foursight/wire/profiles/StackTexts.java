package io.foursight.wire.profiles;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.TreeMap;

/// Sums as folded stacks, for tests: `a;b;c 10`, outermost first.
public final class StackTexts {
  private StackTexts() {}

  public static MergedStacks sum(String... lines) {
    var interner = new SymbolsInterner(new ProfileSymbols());
    var sum = new MergedStacks();
    var values = new TreeMap<Integer, Long>();
    for (String line : lines) {
      int space = line.lastIndexOf(' ');
      int stack = -1;
      for (String frame : line.substring(0, space).split(";")) {
        byte[] name = frame.getBytes(StandardCharsets.UTF_8);
        int function = interner.function(interner.string(name, 0, name.length), 0, 0, 0);
        stack =
            interner.stack(
                stack, interner.location(-1, 0, new int[] {function}, new long[] {0}, 1));
      }
      values.merge(stack, Long.parseLong(line.substring(space + 1)), Long::sum);
    }
    var from = sum.from(interner.symbols());
    values.forEach((stack, value) -> sum.add(from.stack(stack), value));
    return sum;
  }

  public static TreeMap<String, Long> texts(MergedStacks stacks) {
    ProfileSymbols symbols = stacks.symbols();
    var texts = new TreeMap<String, Long>();
    for (int stack = 0; stack < symbols.stacks(); stack++) {
      if (stacks.value(stack) == 0) {
        continue;
      }
      var frames = new ArrayList<String>();
      for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
        int location = symbols.stackLocation(s);
        for (int l = symbols.lineStart(location); l < symbols.lineEnd(location); l++) {
          frames.add(symbols.string(symbols.functionName(symbols.lineFunction(l))));
        }
      }
      texts.merge(String.join(";", frames.reversed()), stacks.value(stack), Long::sum);
    }
    return texts;
  }
}
