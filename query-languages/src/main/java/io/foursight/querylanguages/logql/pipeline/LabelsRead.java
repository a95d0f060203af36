package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Unwrap;
import io.foursight.querylanguages.text.template.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the stages of a query and its result read of an entry, collected while it is compiled.
final class LabelsRead {
  private static final String EXTRACTED = "_extracted";

  private final Set<String> names = new HashSet<>();
  private final List<LabelMatcher> fields = new ArrayList<>();
  private boolean all;
  private boolean line;
  private boolean rewritesLine;

  /// Whether labels are still those that were stored.
  private boolean stored = true;

  /// @param wanted of the result; empty = all
  LabelsRead(Optional<Set<String>> wanted) {
    all = wanted.isEmpty();
    wanted.ifPresent(w -> w.forEach(this::read));
  }

  /// A parsed label may bear its field's name with a suffix because the metadata have that name.
  private void read(String name) {
    names.add(name);
    if (name.endsWith(EXTRACTED)) {
      names.add(name.substring(0, name.length() - EXTRACTED.length()));
    }
  }

  void add(Stage stage, StepPlan plan) {
    switch (stage) {
      case Stage.LineFilter _ -> line = true;
      case Stage.Filter f -> {
        add(f.filter());
        if (stored) {
          addFields(f.filter());
        }
      }
      case Stage.LabelFormat f -> {
        f.assignments().stream().filter(a -> a.rename()).forEach(a -> read(a.text()));
        stored = false;
      }
      case Stage.Drop d -> {
        d.selections().forEach(s -> s.matcher().ifPresent(m -> read(m.name())));
        stored = false;
      }
      case Stage.Keep k -> {
        k.selections().forEach(s -> s.matcher().ifPresent(m -> read(m.name())));
        stored = false;
      }
      case Stage.Json _, Stage.Logfmt _, Stage.Regexp _, Stage.Pattern _ -> {
        line = true;
        stored = false;
      }
      case Stage.Unpack _ -> {
        line = true;
        rewritesLine = true;
        stored = false;
      }
      case Stage.LineFormat _ -> rewritesLine = true;
      case Stage.Decolorize _ -> {
        line = true;
        rewritesLine = true;
      }
    }
    for (Template template : plan.templates()) {
      // Which functions a template calls is not asked: it may read the line.
      line = true;
      template.fieldsRead().ifPresentOrElse(f -> f.forEach(this::read), () -> all = true);
    }
  }

  void add(Unwrap unwrap) {
    read(unwrap.label());
    unwrap.filters().forEach(this::add);
  }

  private void add(LabelFilter filter) {
    switch (filter) {
      case LabelFilter.And a -> {
        add(a.left());
        add(a.right());
      }
      case LabelFilter.Or o -> {
        add(o.left());
        add(o.right());
      }
      case LabelFilter.Text t -> read(t.matcher().name());
      case LabelFilter.Quantity q -> read(q.label());
      case LabelFilter.Address a -> read(a.label());
    }
  }

  private void addFields(LabelFilter filter) {
    switch (filter) {
      case LabelFilter.And a -> {
        addFields(a.left());
        addFields(a.right());
      }
      case LabelFilter.Text t
          when !t.matcher().name().endsWith(EXTRACTED)
              && !t.matcher().name().equals(EntryLabels.ERROR)
              && !t.matcher().name().equals(EntryLabels.ERROR_DETAILS) ->
          fields.add(t.matcher());
      case LabelFilter.Text _, LabelFilter.Or _, LabelFilter.Quantity _, LabelFilter.Address _ -> {}
    }
  }

  List<LabelMatcher> fields() {
    return List.copyOf(fields);
  }

  boolean line() {
    return line;
  }

  boolean rewritesLine() {
    return rewritesLine;
  }

  boolean allLabels() {
    return all;
  }

  Set<String> metadata() {
    return all ? Set.of() : Set.copyOf(names);
  }

  /// The labels that parsers must extract; empty = all.
  Optional<Set<String>> wanted() {
    return all ? Optional.empty() : Optional.of(Set.copyOf(names));
  }
}
