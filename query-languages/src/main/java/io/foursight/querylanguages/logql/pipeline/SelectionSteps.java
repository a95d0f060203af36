package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.logql.ast.Stage.Selection;
import io.foursight.querylanguages.logql.pipeline.FilterStep.TextCondition;
import java.util.List;
import java.util.Set;

/// `| drop a, b="x"` and `| keep a, b="x"`.
final class SelectionSteps {
  private SelectionSteps() {}

  /// The named labels go, those with a condition only when it holds. Dropping `__error__` clears
  /// the error.
  static Step drop(List<Selection> selections, Names names) {
    Choice[] choices = choices(selections, names);
    return row -> {
      for (Choice c : choices) {
        if (!c.matches(row)) {
          continue;
        }
        switch (c.label) {
          case EntryLabels.ERROR -> row.labels.clearError();
          case EntryLabels.ERROR_DETAILS -> row.labels.clearErrorDetails();
          default -> row.labels.remove(c.name);
        }
      }
      return true;
    };
  }

  /// All others go, but errors stay.
  static Step keep(List<Selection> selections, Names names) {
    Choice[] choices = choices(selections, names);
    Set<Integer> special = Set.of(names.id(EntryLabels.PRESERVE_ERROR));
    return row -> {
      EntryLabels labels = row.labels;
      for (int i = labels.size() - 1; i >= 0; i--) {
        int name = labels.nameId(i);
        if (!special.contains(name) && !isKept(choices, name, row)) {
          labels.remove(name);
        }
      }
      return true;
    };
  }

  private static boolean isKept(Choice[] choices, int name, Row row) {
    for (Choice c : choices) {
      if (c.name == name && c.matches(row)) {
        return true;
      }
    }
    return false;
  }

  private record Choice(String label, int name, TextCondition[] condition) {
    boolean matches(Row row) {
      return condition.length == 0 || condition[0].holds(row);
    }
  }

  private static Choice[] choices(List<Selection> selections, Names names) {
    return selections.stream()
        .map(s ->
            new Choice(
                s.label(),
                names.id(s.label()),
                s.matcher().stream()
                    .map(m -> FilterStep.text(m, names))
                    .toArray(TextCondition[]::new)))
        .toArray(Choice[]::new);
  }
}
