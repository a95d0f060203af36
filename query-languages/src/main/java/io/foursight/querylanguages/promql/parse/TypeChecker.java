package io.foursight.querylanguages.promql.parse;

import static io.foursight.querylanguages.text.GoStrings.quote;

import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.promql.ast.BinaryOperator;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.Aggregation;
import io.foursight.querylanguages.promql.ast.Expr.Binary;
import io.foursight.querylanguages.promql.ast.Expr.Call;
import io.foursight.querylanguages.promql.ast.Expr.MatrixSelector;
import io.foursight.querylanguages.promql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Paren;
import io.foursight.querylanguages.promql.ast.Expr.StepInvariant;
import io.foursight.querylanguages.promql.ast.Expr.StringLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Subquery;
import io.foursight.querylanguages.promql.ast.Expr.Unary;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.ast.ValueType;
import io.foursight.querylanguages.promql.ast.VectorMatching;
import io.foursight.querylanguages.promql.ast.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.Optional;

/// Checks that types fit and settles the matching of binary operators: none unless both sides are
/// vectors, many-to-many for set operators.
final class TypeChecker {
  private final String query;

  TypeChecker(String query) {
    this.query = query;
  }

  Expr check(Expr e) {
    return switch (e) {
      case NumberLiteral n -> n;
      case StringLiteral s -> s;
      case VectorSelector v -> selector(v);
      case MatrixSelector m -> {
        selector(m.selector());
        yield m;
      }
      case Subquery s -> subquery(s);
      case Call c -> call(c);
      case Aggregation a -> aggregation(a);
      case Binary b -> binary(b);
      case Unary u -> unary(u);
      case Paren p -> new Paren(p.position(), check(p.expr()));
      case StepInvariant s -> new StepInvariant(check(s.expr()));
    };
  }

  private VectorSelector selector(VectorSelector v) {
    if (v.matchers().stream().allMatch(LabelMatcher::matchesEmpty)) {
      throw error(v.position(), "vector selector must contain at least one non-empty matcher");
    }
    return v;
  }

  private Expr subquery(Subquery s) {
    Expr inner = check(s.expr());
    if (inner.type() != ValueType.VECTOR) {
      throw error(
          s.position(),
          "subquery is only allowed on instant vector, got " + inner.type().word() + " instead");
    }
    return new Subquery(s.position(), inner, s.range(), s.step(), s.time());
  }

  private Expr unary(Unary u) {
    Expr inner = check(u.expr());
    if (inner.type() != ValueType.SCALAR && inner.type() != ValueType.VECTOR) {
      throw error(
          u.position(),
          "unary expression only allowed on expressions of type scalar or instant vector, got "
              + quote(inner.type().documented()));
    }
    return new Unary(u.position(), u.negative(), inner);
  }

  private Expr aggregation(Aggregation a) {
    Expr inner = expect(a.expr(), ValueType.VECTOR, "aggregation expression");
    Optional<Expr> parameter =
        a.parameter()
            .map(p -> expect(p, a.operator().parameter().orElseThrow(), "aggregation parameter"));
    return new Aggregation(a.position(), a.operator(), inner, parameter, a.grouping(), a.without());
  }

  private Expr call(Call c) {
    var f = c.function();
    int count = c.args().size();
    String problem =
        f.variadic() == 0 && count != f.minArguments()
            ? "expected " + f.minArguments()
            : count < f.minArguments()
                ? "expected at least " + f.minArguments()
                : count > f.maxArguments() ? "expected at most " + f.maxArguments() : "";
    if (!problem.isEmpty()) {
      throw error(
          c.position(), problem + " argument(s) in call to " + quote(f.name()) + ", got " + count);
    }
    String place = "call to function " + quote(f.name());
    var args = new ArrayList<Expr>(count);
    for (int i = 0; i < count; i++) {
      boolean labelsOnly = i == 1 && f.name().equals("info");
      args.add(
          labelsOnly
              ? labelSelector(c, c.args().get(i), place)
              : expect(c.args().get(i), f.argument(i), place));
    }
    return new Call(c.position(), f, args);
  }

  /// The second argument of `info`: matchers without a metric name before them, possibly none.
  private Expr labelSelector(Call c, Expr e, String place) {
    if (!(e instanceof VectorSelector v)) {
      Expr checked = expect(c.position(), e, ValueType.VECTOR, place);
      throw error(checked.position(), "expected label selectors only");
    }
    if (v.name().isPresent()) {
      throw error(e.position(), "expected label selectors only, got vector selector instead");
    }
    return v;
  }

  private Expr expect(Expr e, ValueType wanted, String place) {
    return expect(e.position(), e, wanted, place);
  }

  private Expr expect(Position position, Expr e, ValueType wanted, String place) {
    Expr checked = check(e);
    if (checked.type() != wanted) {
      throw error(
          position,
          "expected type "
              + wanted.documented()
              + " in "
              + place
              + ", got "
              + checked.type().documented());
    }
    return checked;
  }

  private Expr binary(Binary b) {
    Expr left = check(b.left());
    Expr right = check(b.right());
    BinaryOperator op = b.operator();
    ValueType l = left.type();
    ValueType r = right.type();
    boolean scalars = l == ValueType.SCALAR && r == ValueType.SCALAR;
    if (b.returnBool() && !op.isComparison()) {
      throw error(operatorOf(b), "bool modifier can only be used on comparison operators");
    }
    if (op.isComparison() && !b.returnBool() && scalars) {
      throw error(operatorOf(b), "comparisons between scalars must use BOOL modifier");
    }
    VectorMatching matching = b.matching().orElse(VectorMatching.DEFAULT);
    for (String label : matching.labels()) {
      if (matching.on() && matching.include().contains(label)) {
        throw error(
            operatorOf(b),
            "label " + quote(label) + " must not occur in ON and GROUP clause at once");
      }
    }
    checkOperand(left);
    checkOperand(right);
    Optional<VectorMatching> settled = Optional.empty();
    if (l == ValueType.VECTOR && r == ValueType.VECTOR) {
      settled = Optional.of(op.isSet() ? manyToMany(b, matching) : matching);
    } else if (!matching.labels().isEmpty()) {
      throw error(b.position(), "vector matching only allowed between instant vectors");
    } else if (matching.fillLeft().isPresent() || matching.fillRight().isPresent()) {
      throw error(b.position(), "filling in missing series only allowed between instant vectors");
    }
    if (op.isSet() && settled.isEmpty()) {
      throw error(
          b.position(),
          "set operator " + quote(op.symbol()) + " not allowed in binary scalar expression");
    }
    return new Binary(b.position(), op, left, right, b.returnBool(), settled);
  }

  private VectorMatching manyToMany(Binary b, VectorMatching matching) {
    if (matching.cardinality() != Cardinality.ONE_TO_ONE) {
      throw error(
          b.position(), "no grouping allowed for " + quote(b.operator().symbol()) + " operation");
    }
    if (matching.fillLeft().isPresent() || matching.fillRight().isPresent()) {
      throw error(b.position(), "filling in missing series not allowed for set operators");
    }
    return matching.withCardinality(Cardinality.MANY_TO_MANY);
  }

  private void checkOperand(Expr e) {
    if (e.type() != ValueType.SCALAR && e.type() != ValueType.VECTOR) {
      throw error(
          e.position(), "binary expression must contain only scalar and instant vector types");
    }
  }

  private Position operatorOf(Binary b) {
    int start = b.left().position().end();
    while (start < query.length() && Character.isWhitespace(query.charAt(start))) {
      start++;
    }
    return new Position(start, b.right().position().start());
  }

  private PromqlParseException error(Position position, String what) {
    return new PromqlParseException(query, position, what);
  }
}
