package io.foursight.querylanguages.promql.ast;

import io.foursight.model.LabelMatcher;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// One node of a query: a value with its place in the text, its type and its children. Immutable
/// and safe from any thread. Walk a tree by recursion inside [DeepStack#call] with its [#depth()]:
/// long chains of operators are deep trees. `equals` compares positions too (and recurses).
public sealed interface Expr {
  Position position();

  ValueType type();

  /// The nodes directly below, in the order of the text (an aggregation's parameter first).
  List<Expr> children();

  /// @param duration whether it was written with units (`5m`)
  record NumberLiteral(Position position, double value, boolean duration) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }

    @Override
    public List<Expr> children() {
      return List.of();
    }
  }

  record StringLiteral(Position position, String value) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }

    @Override
    public List<Expr> children() {
      return List.of();
    }
  }

  /// How a selector treats the borders of its range.
  enum Extension {
    NONE,
    ANCHORED,
    SMOOTHED
  }

  /// @param name the metric name that stood before or inside the braces as such; also in `matchers`
  /// @param matchers all conditions, the name's included (last)
  record VectorSelector(
      Position position,
      Optional<String> name,
      List<LabelMatcher> matchers,
      TimeModifiers time,
      Extension extension)
      implements Expr {
    public VectorSelector {
      Objects.requireNonNull(name);
      matchers = List.copyOf(matchers);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public List<Expr> children() {
      return List.of();
    }

    public VectorSelector with(
        Position newPosition, TimeModifiers newTime, Extension newExtension) {
      return new VectorSelector(newPosition, name, matchers, newTime, newExtension);
    }
  }

  /// A range of raw samples. Modifiers written behind the brackets are those of `selector`.
  record MatrixSelector(Position position, VectorSelector selector, DurationExpr range)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public List<Expr> children() {
      return List.of(selector);
    }
  }

  /// @param step absent is the default of the evaluation
  record Subquery(
      Position position,
      Expr expr,
      DurationExpr range,
      Optional<DurationExpr> step,
      TimeModifiers time)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public List<Expr> children() {
      return List.of(expr);
    }
  }

  record Call(Position position, FunctionSignature function, List<Expr> args) implements Expr {
    public Call {
      args = List.copyOf(args);
    }

    @Override
    public ValueType type() {
      return function.returnType();
    }

    @Override
    public List<Expr> children() {
      return args;
    }
  }

  /// @param grouping the labels of `by`, or of `without`
  record Aggregation(
      Position position,
      Aggregator operator,
      Expr expr,
      Optional<Expr> parameter,
      List<String> grouping,
      boolean without)
      implements Expr {
    public Aggregation {
      grouping = List.copyOf(grouping);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public List<Expr> children() {
      return Stream.concat(parameter.stream(), Stream.of(expr)).toList();
    }
  }

  /// @param returnBool the `bool` modifier of a comparison
  /// @param matching present when both sides are vectors
  /// @param type kept, so that asking for it does not walk down a chain of operators
  record Binary(
      Position position,
      BinaryOperator operator,
      Expr left,
      Expr right,
      boolean returnBool,
      Optional<VectorMatching> matching,
      ValueType type)
      implements Expr {
    /// Of the type that its sides make it.
    public Binary(
        Position position,
        BinaryOperator operator,
        Expr left,
        Expr right,
        boolean returnBool,
        Optional<VectorMatching> matching) {
      this(
          position,
          operator,
          left,
          right,
          returnBool,
          matching,
          left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
              ? ValueType.SCALAR
              : ValueType.VECTOR);
    }

    @Override
    public List<Expr> children() {
      return List.of(left, right);
    }
  }

  record Unary(Position position, boolean negative, Expr expr) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public List<Expr> children() {
      return List.of(expr);
    }
  }

  record Paren(Position position, Expr expr) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public List<Expr> children() {
      return List.of(expr);
    }
  }

  /// Put in by planning, never by the parser: the value is the same at every step.
  record StepInvariant(Expr expr) implements Expr {
    @Override
    public Position position() {
      return expr.position();
    }

    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public List<Expr> children() {
      return List.of(expr);
    }
  }

  /// Nodes from here down to the deepest leaf. Does not recurse.
  default int depth() {
    record Level(Expr expr, int depth) {}
    var open = new ArrayDeque<Level>();
    open.push(new Level(this, 1));
    int deepest = 1;
    while (!open.isEmpty()) {
      Level level = open.pop();
      deepest = Math.max(deepest, level.depth);
      for (Expr child : level.expr.children()) {
        open.push(new Level(child, level.depth + 1));
      }
    }
    return deepest;
  }

  /// The node below any parentheses.
  default Expr unwrapParens() {
    Expr e = this;
    while (e instanceof Paren p) {
      e = p.expr();
    }
    return e;
  }
}
