package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.ast.VectorMatching;
import io.foursight.querylanguages.logql.ast.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `on`, `ignoring`, `group_left`, `group_right` behind an operator, and the groupings of
/// aggregations.
final class MatchingParser {
  private final TokenCursor tokens;

  MatchingParser(TokenCursor tokens) {
    this.tokens = tokens;
  }

  VectorMatching matching() {
    boolean on = tokens.peek().isKeyword("on");
    if (!on && !tokens.peek().isKeyword("ignoring")) {
      return VectorMatching.DEFAULT;
    }
    tokens.take();
    List<String> labels = labels();
    boolean left = tokens.peek().isKeyword("group_left");
    if (!left && !tokens.peek().isKeyword("group_right")) {
      return new VectorMatching(Cardinality.ONE_TO_ONE, labels, on, List.of());
    }
    tokens.take();
    // An opening bracket here is that of the labels, never that of the right operand.
    List<String> include = tokens.peek().is("(") ? labels() : List.of();
    return new VectorMatching(
        left ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY, labels, on, include);
  }

  Optional<Grouping> grouping() {
    boolean without = tokens.peek().isKeyword("without");
    if (!without && !tokens.peek().isKeyword("by")) {
      return Optional.empty();
    }
    tokens.take();
    return Optional.of(new Grouping(labels(), without));
  }

  private List<String> labels() {
    tokens.expect("(");
    var labels = new ArrayList<String>();
    if (tokens.skip(")")) {
      return labels;
    }
    do {
      labels.add(tokens.identifier());
    } while (tokens.skip(","));
    if (!tokens.skip(")")) {
      throw tokens.unexpected(",", ")");
    }
    return labels;
  }
}
