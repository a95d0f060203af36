package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/// A batch under test: what it holds as folded text by profile type.
final class Folded {
  final SymbolsInterner symbols = new SymbolsInterner(new ProfileSymbols());
  final ProfilesBatch batch = new ProfilesBatch(symbols.symbols());

  /// Profile type ids with the stacks of all their profiles.
  Map<String, Map<String, Long>> byType() {
    var types = new TreeMap<String, Map<String, Long>>();
    for (int p = 0; p < batch.profiles(); p++) {
      var stacks =
          types.computeIfAbsent(batch.labels(p).get(ProfileType.LABEL), unused -> new TreeMap<>());
      stacks(p).forEach((stack, value) -> stacks.merge(stack, value, Long::sum));
    }
    return types;
  }

  /// Sums by profile type id.
  Map<String, Long> totals() {
    var totals = new TreeMap<String, Long>();
    byType()
        .forEach((type, stacks) ->
            totals.put(type, stacks.values().stream().mapToLong(Long::longValue).sum()));
    return totals;
  }

  Map<String, Long> stacks(int profile) {
    var stacks = new TreeMap<String, Long>();
    for (int s = batch.sampleStart(profile); s < batch.sampleEnd(profile); s++) {
      stacks.merge(path(batch.symbols(), batch.stack(s)), batch.value(s), Long::sum);
    }
    return stacks;
  }

  static String path(ProfileSymbols symbols, int stack) {
    var frames = new ArrayList<String>();
    for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
      int location = symbols.stackLocation(s);
      if (symbols.lineStart(location) == symbols.lineEnd(location)) {
        frames.addFirst(symbols.unnamedFrame(location));
      }
      for (int l = symbols.lineStart(location); l < symbols.lineEnd(location); l++) {
        frames.addFirst(symbols.string(symbols.functionName(symbols.lineFunction(l))));
      }
    }
    return String.join(";", frames);
  }
}
