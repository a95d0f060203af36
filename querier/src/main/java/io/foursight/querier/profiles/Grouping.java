package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Which labels series of an answer keep.
final class Grouping {
  private final Set<String> kept;

  Grouping(List<String> kept) {
    this.kept = Set.copyOf(kept);
  }

  Labels group(Labels series) {
    return series.keep(kept);
  }

  /// The labels that the group does not tell.
  Labels rest(Labels series) {
    return series.drop(kept);
  }

  /// The labels that both have.
  static Labels common(Labels a, Labels b) {
    if (a.equals(b)) {
      return a;
    }
    var pairs = new ArrayList<String>();
    a.forEach((name, value) -> {
      if (b.get(name).equals(value)) {
        pairs.add(name);
        pairs.add(value);
      }
    });
    return Labels.ofSorted(pairs.toArray(new String[0]));
  }
}
