package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.logql.ast.BinaryOperator;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.Binary;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.Metric;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Position;
import io.foursight.querylanguages.logql.ast.RangeAggregator;
import io.foursight.querylanguages.logql.ast.VectorAggregator;
import io.foursight.querylanguages.logql.ast.VectorMatching;
import java.util.Optional;

/// Whole queries: precedence climbing over the infix operators.
final class ExpressionParser {
  /// Bound on brackets and operators that nest in the parser's own recursion.
  private static final int MAX_NESTING = 300;

  private static final int MAX_DEPTH = 1000;

  private final TokenCursor tokens;
  private final PipelineParser pipelines;
  private final AggregationParser aggregations;
  private final MatchingParser matchings;
  private int nesting;

  /// Depth of the tree built last.
  private int depth;

  ExpressionParser(TokenCursor tokens, PipelineParser pipelines) {
    this.tokens = tokens;
    this.pipelines = pipelines;
    this.matchings = new MatchingParser(tokens);
    this.aggregations = new AggregationParser(tokens, pipelines, matchings, this);
  }

  Expr query() {
    Expr e = expression(0);
    if (tokens.peek().kind() != Token.Kind.END) {
      throw tokens.unexpected();
    }
    return e;
  }

  /// A metric query inside another.
  Metric metric() {
    Position place = tokens.peek().position();
    if (expression(0) instanceof Metric m) {
      return m;
    }
    throw tokens.error(place, "syntax error: unexpected log query, expecting a metric query");
  }

  private Expr expression(int minPrecedence) {
    if (++nesting > MAX_NESTING) {
      throw tooDeep(MAX_NESTING);
    }
    Expr left = operand();
    while (true) {
      Optional<BinaryOperator> found = BinaryOperator.of(tokens.peek().lower());
      if (found.isEmpty() || !isOperator(tokens.peek())) {
        break;
      }
      BinaryOperator op = found.get();
      if (op.precedence() < minPrecedence) {
        break;
      }
      int leftDepth = depth;
      tokens.take();
      boolean returnBool = tokens.skipKeyword("bool");
      VectorMatching matching = matchings.matching();
      Expr right = expression(op.isRightAssociative() ? op.precedence() : op.precedence() + 1);
      left = binary(op, left, right, returnBool, matching);
      depth = Math.max(leftDepth, depth);
      deepen();
    }
    nesting--;
    return left;
  }

  private static boolean isOperator(Token t) {
    return t.kind() == Token.Kind.SYMBOL || t.kind() == Token.Kind.KEYWORD;
  }

  private Expr binary(
      BinaryOperator op, Expr left, Expr right, boolean returnBool, VectorMatching matching) {
    Metric l = leg(op, left, "left");
    Metric r = leg(op, right, "right");
    if (l instanceof NumberLiteral a && r instanceof NumberLiteral b) {
      return new NumberLiteral(a.position().to(b.position()), op.apply(a.value(), b.value()));
    }
    return new Binary(l.position().to(r.position()), op, l, r, returnBool, matching);
  }

  private static Metric leg(BinaryOperator op, Expr e, String side) {
    return switch (e) {
      case NumberLiteral n when op.isSet() ->
          throw LogqlParseException.of(
              String.format(
                  "unexpected literal for %s leg of logical/set binary operation (%s): %f",
                  side, op.symbol(), n.value()));
      case Metric m -> m;
      case LogQuery q ->
          throw LogqlParseException.of(
              "unexpected type for "
                  + side
                  + " leg of binary operation ("
                  + op.symbol()
                  + "): a log query");
    };
  }

  private Expr operand() {
    Token t = tokens.peek();
    depth = 1;
    switch (t.kind()) {
      case NUMBER -> {
        return new NumberLiteral(t.position(), tokens.number());
      }
      case IDENTIFIER -> {
        Expr e = call();
        deepen();
        return e;
      }
      case SYMBOL -> {
        if (t.is("{")) {
          return aggregations.logQuery();
        }
        if (t.is("(")) {
          tokens.take();
          Expr inner = expression(0);
          tokens.expect(")");
          return inner;
        }
        if (t.is("+") || t.is("-")) {
          tokens.take();
          double value = tokens.number();
          return new NumberLiteral(tokens.since(t.position()), t.is("-") ? -value : value);
        }
        throw tokens.unexpected();
      }
      default -> throw tokens.unexpected();
    }
  }

  private Metric call() {
    String word = tokens.peek().lower();
    var range = RangeAggregator.of(word);
    if (range.isPresent()) {
      return aggregations.range(range.get());
    }
    var vector = VectorAggregator.of(word);
    if (vector.isPresent()) {
      return aggregations.vector(vector.get());
    }
    return switch (word) {
      case "vector" -> aggregations.vectorLiteral();
      case "label_replace" -> aggregations.labelReplace();
      default -> throw tokens.unexpected();
    };
  }

  private void deepen() {
    if (++depth > MAX_DEPTH) {
      throw tooDeep(MAX_DEPTH);
    }
  }

  private LogqlParseException tooDeep(int bound) {
    return tokens.error(
        tokens.peek().position(), "expression is nested deeper than " + bound + " levels");
  }
}
