package io.foursight.model.profiles;

import java.util.BitSet;
import java.util.List;

/// Which stacks of a table begin, from the outermost frame, with given functions. Frames are those
/// of a flame graph: an inlined call is one of its own, a location without lines is named by
/// [ProfileSymbols#unnamedFrame].
public final class CallSite {
  private CallSite() {}

  /// @param names outermost first; empty = every stack
  public static BitSet stacks(ProfileSymbols symbols, List<String> names) {
    int n = symbols.stacks();
    var passing = new BitSet(n);
    if (names.isEmpty()) {
      passing.set(0, n);
      return passing;
    }
    // How many of the names a stack begins with; -1 = it begins otherwise.
    var depths = new int[n];
    for (int stack = 0; stack < n; stack++) {
      int parent = symbols.stackParent(stack);
      int depth = parent < 0 ? 0 : depths[parent];
      if (depth >= 0 && depth < names.size()) {
        depth = descend(symbols, symbols.stackLocation(stack), names, depth);
      }
      depths[stack] = depth;
      passing.set(stack, depth == names.size());
    }
    return passing;
  }

  private static int descend(ProfileSymbols symbols, int location, List<String> names, int from) {
    int first = symbols.lineStart(location);
    int line = symbols.lineEnd(location) - 1;
    if (line < first) {
      return symbols.unnamedFrame(location).equals(names.get(from)) ? from + 1 : -1;
    }
    int depth = from;
    for (; line >= first && depth < names.size(); line--) {
      int name = symbols.functionName(symbols.lineFunction(line));
      if (!symbols.string(name).equals(names.get(depth))) {
        return -1;
      }
      depth++;
    }
    return depth;
  }
}
