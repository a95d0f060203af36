package io.foursight.cmd;

import io.foursight.model.FoursightException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a `-target` list means.
final class Targets {
  static final List<String> COMPONENTS =
      List.of("distributor", "ingester", "store-gateway", "querier", "query-frontend", "compactor");

  private Targets() {}

  /// Component names, in order of writing.
  ///
  /// @throws FoursightException `BAD_DATA` for an unknown word or an empty list
  static Set<String> roots(String target) {
    var roots = new LinkedHashSet<String>();
    for (String word : target.split(",")) {
      switch (word.trim()) {
        case "all" -> roots.addAll(COMPONENTS);
        case "read" -> roots.addAll(List.of("query-frontend", "querier"));
        case "write" -> roots.addAll(List.of("distributor", "ingester"));
        case "backend" -> roots.addAll(List.of("store-gateway", "compactor"));
        case String name when COMPONENTS.contains(name) -> roots.add(name);
        case String other ->
            throw FoursightException.badData(
                "target \""
                    + other
                    + "\" does not exist; there are all, read, write, backend, "
                    + String.join(", ", COMPONENTS));
      }
    }
    return roots;
  }
}
