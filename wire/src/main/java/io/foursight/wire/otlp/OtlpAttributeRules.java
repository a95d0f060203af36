package io.foursight.wire.otlp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What becomes of the attributes of one place of OTLP logs (resource, scope or record). A name in
/// a list stands for itself; with `*` in it for every name that it matches, `*` being any text.
/// What no list names is structured metadata. Immutable.
public final class OtlpAttributeRules {
  /// What becomes of an attribute.
  public enum Action {
    INDEX_LABEL,
    STRUCTURED_METADATA,
    DROP
  }

  /// Everything is structured metadata.
  public static final OtlpAttributeRules NONE =
      new OtlpAttributeRules(List.of(), List.of(), List.of());

  private record Names(Set<String> exact, List<String> patterns) {
    static Names of(List<String> names) {
      var exact = new HashSet<String>();
      var patterns = new ArrayList<String>();
      for (String name : names) {
        if (name.indexOf('*') >= 0) {
          patterns.add(name);
        } else {
          exact.add(name);
        }
      }
      return new Names(Set.copyOf(exact), List.copyOf(patterns));
    }

    boolean have(String name) {
      return exact.contains(name)
          || patterns.stream().anyMatch(pattern -> matches(pattern, 0, name, 0));
    }

    boolean isEmpty() {
      return exact.isEmpty() && patterns.isEmpty();
    }

    /// Goes back to the last `*` only, so that the time stays within pattern times name.
    private static boolean matches(String pattern, int p, String name, int n) {
      int star = -1;
      int resume = 0;
      int i = p;
      int j = n;
      while (j < name.length()) {
        if (i < pattern.length() && pattern.charAt(i) == '*') {
          star = i++;
          resume = j;
        } else if (i < pattern.length() && pattern.charAt(i) == name.charAt(j)) {
          i++;
          j++;
        } else if (star >= 0) {
          i = star + 1;
          j = ++resume;
        } else {
          return false;
        }
      }
      while (i < pattern.length() && pattern.charAt(i) == '*') {
        i++;
      }
      return i == pattern.length();
    }
  }

  private final Names index;
  private final Names metadata;
  private final Names drop;
  private final boolean trivial;

  public OtlpAttributeRules(List<String> index, List<String> metadata, List<String> drop) {
    this.index = Names.of(index);
    this.metadata = Names.of(metadata);
    this.drop = Names.of(drop);
    this.trivial = this.index.isEmpty() && this.drop.isEmpty();
  }

  /// Whether everything is structured metadata.
  public boolean isTrivial() {
    return trivial;
  }

  /// A name in several lists: dropped before kept apart before indexed.
  public Action of(String name) {
    if (trivial) {
      return Action.STRUCTURED_METADATA;
    }
    if (drop.have(name)) {
      return Action.DROP;
    }
    return !metadata.have(name) && index.have(name)
        ? Action.INDEX_LABEL
        : Action.STRUCTURED_METADATA;
  }
}
