package io.foursight.querylanguages.regex;

import java.util.ArrayList;
import java.util.List;

/// Texts that whatever matches an expression must contain.
final class RequiredLiterals {
  private static final int MAX = 16;

  private final List<String> found = new ArrayList<>();
  private final StringBuilder run = new StringBuilder();

  private RequiredLiterals() {}

  static List<String> of(Node node) {
    var literals = new RequiredLiterals();
    literals.walk(node);
    literals.endRun();
    return literals.found.size() > MAX ? literals.found.subList(0, MAX) : literals.found;
  }

  private void walk(Node node) {
    switch (node) {
      case Node.Chars c when c.isSingle() -> run.appendCodePoint(c.ranges()[0]);
      case Node.Concat c -> c.parts().forEach(this::walk);
      case Node.Repeat r when r.min() > 0 -> {
        // What is repeated occurs; what adjoins it is not known.
        endRun();
        walk(r.node());
        endRun();
      }
      case Node.Empty _ -> {}
      case Node.Chars _, Node.Alternate _, Node.Repeat _, Node.Opaque _ -> endRun();
    }
  }

  private void endRun() {
    if (!run.isEmpty()) {
      found.add(run.toString());
      run.setLength(0);
    }
  }
}
