package io.foursight.querylanguages.traceql.ast;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;

/// A value of one span.
public sealed interface FieldExpr {

  /// Something that a span has, not computed.
  sealed interface Field extends FieldExpr {
    /// As the query spells it; names columns and labels of answers.
    String text();
  }

  record Literal(SpanValue value) implements FieldExpr {}

  /// Where an attribute is looked for.
  enum Scope {
    /// In the span, then in its resource.
    NONE(""),
    SPAN("span"),
    RESOURCE("resource"),
    EVENT("event"),
    LINK("link"),
    INSTRUMENTATION("instrumentation");

    private final String text;

    Scope(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    /// What it is to Sources; not for `NONE`.
    public SpanField.Scope stored() {
      return SpanField.Scope.valueOf(name());
    }
  }

  /// @param parent of the span's parent: parses, is refused
  record Attribute(boolean parent, Scope scope, String name) implements Field {
    private static final String ENDS = " \t\r\n{}()=~!<>&|^,\"\\";

    @Override
    public String text() {
      return (parent ? "parent." : "")
          + (scope == Scope.NONE ? (parent ? "" : ".") : scope.text() + ".")
          + (name.chars().anyMatch(c -> ENDS.indexOf(c) >= 0) || Character.isDigit(name.charAt(0))
              ? '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
              : name);
    }
  }

  /// @param scoped spelled `span:name` rather than `name`
  record IntrinsicField(Intrinsic intrinsic, boolean scoped) implements Field {
    @Override
    public String text() {
      return scoped ? intrinsic.scopedText() : intrinsic.bareText();
    }
  }

  record Not(FieldExpr operand) implements FieldExpr {}

  record Negate(FieldExpr operand) implements FieldExpr {}

  record Binary(FieldOperator operator, FieldExpr left, FieldExpr right) implements FieldExpr {}
}
