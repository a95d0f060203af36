package io.foursight.querylanguages.promql.parse;

import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.VectorMatching;
import io.foursight.querylanguages.promql.ast.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The words after a binary operator (`bool`, `on`, `group_left`, `fill`, ...) and the grouping of
/// aggregations.
final class MatchingParser {
  /// @param returnBool whether `bool` was there
  record Modifiers(boolean returnBool, VectorMatching matching) {}

  record Grouping(List<String> labels, boolean without) {
    static final Grouping NONE = new Grouping(List.of(), false);
  }

  private final TokenCursor tokens;
  private final Options options;

  MatchingParser(TokenCursor tokens, Options options) {
    this.tokens = tokens;
    this.options = options;
  }

  Modifiers modifiers() {
    boolean returnBool = skipWord("bool");
    boolean on = tokens.peek().isWord("on");
    List<String> labels = List.of();
    List<String> include = List.of();
    var cardinality = Cardinality.ONE_TO_ONE;
    if (on || tokens.peek().isWord("ignoring")) {
      tokens.take();
      labels = labels();
      boolean left = tokens.peek().isWord("group_left");
      if (left || tokens.peek().isWord("group_right")) {
        tokens.take();
        cardinality = left ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
        include = tokens.peek().is("(") ? labels() : List.of();
      }
    }
    var fillLeft = OptionalDouble.empty();
    var fillRight = OptionalDouble.empty();
    while (isFill()) {
      Token t = tokens.take();
      if (!options.fillModifiers()) {
        throw tokens.error(t.position(), "fill modifiers are experimental and not enabled");
      }
      double value = fillValue();
      boolean both = t.isWord("fill");
      boolean toLeft = both || t.isWord("fill_left");
      boolean toRight = both || t.isWord("fill_right");
      if ((toLeft && fillLeft.isPresent()) || (toRight && fillRight.isPresent())) {
        throw tokens.error(t.position(), "fill value may not be set multiple times");
      }
      fillLeft = toLeft ? OptionalDouble.of(value) : fillLeft;
      fillRight = toRight ? OptionalDouble.of(value) : fillRight;
    }
    return new Modifiers(
        returnBool, new VectorMatching(cardinality, labels, on, include, fillLeft, fillRight));
  }

  private boolean isFill() {
    Token t = tokens.peek();
    return (t.isWord("fill") || t.isWord("fill_left") || t.isWord("fill_right"))
        && tokens.peekSecond().is("(");
  }

  private double fillValue() {
    tokens.expect("(");
    boolean negative = tokens.skip("-");
    if (!negative) {
      tokens.skip("+");
    }
    if (!tokens.atNumber()) {
      throw tokens.unexpected("", "");
    }
    double value = tokens.number(tokens.take());
    tokens.expect(")");
    return negative ? -value : value;
  }

  /// `by (...)` or `without (...)` if it is next.
  Optional<Grouping> grouping() {
    boolean without = tokens.peek().isWord("without");
    if (!without && !tokens.peek().isWord("by")) {
      return Optional.empty();
    }
    tokens.take();
    return Optional.of(new Grouping(labels(), without));
  }

  private boolean skipWord(String word) {
    if (tokens.peek().isWord(word)) {
      tokens.take();
      return true;
    }
    return false;
  }

  private List<String> labels() {
    String context = "grouping opts";
    tokens.expect("(", context);
    var labels = new ArrayList<String>();
    while (!tokens.skip(")")) {
      Token t = tokens.peek();
      // `inf` and `nan` are scanned as numbers, yet they are fine labels.
      boolean name =
          t.kind() == Token.Kind.WORD
              || (t.kind() == Token.Kind.NUMBER && Character.isLetter(t.text().charAt(0)));
      if (!name && t.kind() != Token.Kind.STRING) {
        throw tokens.unexpected(context, "label");
      }
      tokens.take();
      labels.add(name ? t.text() : tokens.text(t));
      if (!tokens.skip(",") && !tokens.peek().is(")")) {
        throw tokens.unexpected(context, "\",\" or \")\"");
      }
    }
    return labels;
  }
}
