package io.foursight.querylanguages.logql.pipeline;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Which labels a parser needs to extract at all: all of them, or those that the rest of the query
/// reads. A label that would be extracted under another name is wanted when either name is.
final class Wanted {
  private final Optional<Set<String>> wanted;
  private final Names names;

  /// By name: 0 not yet known, 1 wanted, 2 not.
  private byte[] known = new byte[64];

  Wanted(Optional<Set<String>> wanted, Names names) {
    this.wanted = wanted;
    this.names = names;
  }

  boolean is(int name) {
    if (wanted.isEmpty()) {
      return true;
    }
    if (name >= known.length) {
      known = Arrays.copyOf(known, Math.max(name + 1, known.length * 2));
    }
    if (known[name] == 0) {
      String text = names.name(name);
      boolean yes = wanted.get().contains(text) || wanted.get().contains(text + "_extracted");
      known[name] = (byte) (yes ? 1 : 2);
    }
    return known[name] == 1;
  }

  /// To be called when the table of names was cut.
  void clear() {
    Arrays.fill(known, (byte) 0);
  }
}
