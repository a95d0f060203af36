package io.foursight.querylanguages.promql.parse;

import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.Aggregator;
import io.foursight.querylanguages.promql.ast.BinaryOperator;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.Aggregation;
import io.foursight.querylanguages.promql.ast.Expr.Binary;
import io.foursight.querylanguages.promql.ast.Expr.Call;
import io.foursight.querylanguages.promql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Paren;
import io.foursight.querylanguages.promql.ast.Expr.StringLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Unary;
import io.foursight.querylanguages.promql.ast.FunctionSignature;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Operator-precedence parser of expressions. Chains of operators are read in a loop; only
/// brackets, signs and `^` recurse. The depth of the tree is counted as it grows and bounded, so
/// that neither parsing nor any later walk needs more stack than [DeepStack] has.
final class ExpressionParser {
  /// Levels of a tree.
  static final int MAX_DEPTH = 25_000;

  private static final int UNARY = BinaryOperator.MULTIPLY.precedence() + 1;
  private static final Set<String> NEVER_METRICS =
      Set.of("on", "ignoring", "group_left", "group_right", "bool", "atan2");

  private final TokenCursor tokens;
  private final Options options;
  private final SelectorParser selectors;
  private final PostfixParser postfixes;
  private final MatchingParser matchings;
  private int nesting;

  /// Of the expression returned last.
  private int depth;

  ExpressionParser(TokenCursor tokens, Options options) {
    this.tokens = tokens;
    this.options = options;
    this.selectors = new SelectorParser(tokens);
    this.postfixes = new PostfixParser(tokens, options);
    this.matchings = new MatchingParser(tokens, options);
  }

  Expr query() {
    if (tokens.peek().kind() == Token.Kind.END) {
      throw tokens.error(Position.NONE, "no expression found in input");
    }
    Expr e = expression(0);
    if (tokens.peek().kind() != Token.Kind.END) {
      throw tokens.unexpected("", "");
    }
    return e;
  }

  private Expr expression(int minPrecedence) {
    enter();
    Expr left = signed();
    while (true) {
      var next = operator();
      if (next.isEmpty() || next.get().precedence() < minPrecedence) {
        nesting--;
        return left;
      }
      BinaryOperator op = next.get();
      int leftDepth = depth;
      tokens.take();
      var modifiers = matchings.modifiers();
      Expr right = expression(op.precedence() + (op.isRightAssociative() ? 0 : 1));
      left =
          built(
              new Binary(
                  left.position().to(right.position()),
                  op,
                  left,
                  right,
                  modifiers.returnBool(),
                  Optional.of(modifiers.matching())),
              Math.max(leftDepth, depth));
    }
  }

  private Optional<BinaryOperator> operator() {
    Token t = tokens.peek();
    return t.kind() == Token.Kind.SYMBOL || t.kind() == Token.Kind.WORD
        ? BinaryOperator.of(t.text().toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  private Expr signed() {
    Token sign = tokens.peek();
    if (!sign.is("-") && !sign.is("+")) {
      return postfix();
    }
    tokens.take();
    Expr operand = expression(UNARY);
    boolean negative = sign.is("-");
    var position = sign.position().to(operand.position());
    if (operand instanceof NumberLiteral n) {
      return new NumberLiteral(position, negative ? -n.value() : n.value(), n.duration());
    }
    return built(new Unary(position, negative, operand), depth);
  }

  private Expr postfix() {
    Expr e = primary();
    while (postfixes.isNext()) {
      e = built(postfixes.apply(e), depth);
    }
    return e;
  }

  private Expr primary() {
    Token t = tokens.peek();
    depth = 1;
    switch (t.kind()) {
      case NUMBER, DURATION -> {
        tokens.take();
        return new NumberLiteral(t.position(), tokens.number(t), t.kind() == Token.Kind.DURATION);
      }
      case STRING -> {
        tokens.take();
        return new StringLiteral(t.position(), tokens.text(t));
      }
      case WORD -> {
        return word(t);
      }
      case SYMBOL -> {
        if (t.is("{")) {
          return selectors.unnamed();
        }
        if (t.is("(")) {
          tokens.take();
          Expr inner = expression(0);
          tokens.expect(")");
          return built(new Paren(tokens.since(t.position()), inner), depth);
        }
        throw tokens.unexpected("", "");
      }
      case END -> throw tokens.unexpected("", "");
    }
    throw new IllegalStateException(t.toString());
  }

  private Expr word(Token t) {
    String lower = t.text().toLowerCase(Locale.ROOT);
    Token second = tokens.peekSecond();
    var aggregator = Aggregator.of(lower);
    if (aggregator.isPresent()
        && (second.is("(") || second.isWord("by") || second.isWord("without"))) {
      return aggregation(aggregator.get());
    }
    if (NEVER_METRICS.contains(lower)) {
      throw tokens.unexpected("", "");
    }
    if (second.is("(")) {
      return call();
    }
    return selectors.named();
  }

  private Expr call() {
    Token name = tokens.take();
    var args = arguments("");
    var function = FunctionSignature.of(name.text());
    if (function.isEmpty()) {
      throw tokens.error(
          name.position(), "unknown function with name " + GoStrings.quote(name.text()));
    }
    if (function.get().experimental() && !options.experimentalFunctions()) {
      throw tokens.error(
          name.position(), "function " + GoStrings.quote(name.text()) + " is not enabled");
    }
    return built(new Call(tokens.since(name.position()), function.get(), args), depth);
  }

  /// Sets `depth` to that of the deepest argument.
  private List<Expr> arguments(String context) {
    tokens.expect("(", context);
    if (tokens.peek().is(",")) {
      throw tokens.unexpected(context, "");
    }
    var args = new ArrayList<Expr>();
    int deepest = 0;
    if (!tokens.skip(")")) {
      while (true) {
        args.add(expression(0));
        deepest = Math.max(deepest, depth);
        Token separator = tokens.peek();
        if (tokens.skip(")")) {
          break;
        }
        if (!tokens.skip(",")) {
          throw tokens.unexpected(context, "");
        }
        if (tokens.peek().is(")") || tokens.peek().is(",")) {
          throw tokens.error(
              separator.position(), "trailing commas not allowed in function call args");
        }
      }
    }
    depth = deepest;
    return args;
  }

  private Expr aggregation(Aggregator op) {
    Token name = tokens.take();
    Optional<MatchingParser.Grouping> grouping = matchings.grouping();
    if (!tokens.peek().is("(")) {
      throw tokens.unexpected("aggregation", "");
    }
    var args = arguments("aggregation");
    int deepest = depth;
    if (grouping.isEmpty()) {
      grouping = matchings.grouping();
    }
    var position = tokens.since(name.position());
    if (args.isEmpty()) {
      throw tokens.error(position, "no arguments for aggregate expression provided");
    }
    int wanted = op.parameter().isPresent() ? 2 : 1;
    if (args.size() != wanted) {
      throw tokens.error(
          position,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + args.size());
    }
    if (op.isExperimental() && !options.experimentalFunctions()) {
      throw tokens.error(
          position,
          op.word()
              + "() is experimental and must be enabled with"
              + " --enable-feature=promql-experimental-functions");
    }
    var group = grouping.orElse(MatchingParser.Grouping.NONE);
    return built(
        new Aggregation(
            position,
            op,
            args.getLast(),
            wanted == 2 ? Optional.of(args.getFirst()) : Optional.empty(),
            group.labels(),
            group.without()),
        deepest);
  }

  private void enter() {
    if (++nesting > MAX_DEPTH) {
      throw tooDeep();
    }
  }

  private Expr built(Expr e, int childDepth) {
    depth = childDepth + 1;
    if (depth > MAX_DEPTH) {
      throw tooDeep();
    }
    return e;
  }

  private PromqlParseException tooDeep() {
    return tokens.error(
        tokens.peek().position(), "expression is nested deeper than " + MAX_DEPTH + " levels");
  }
}
