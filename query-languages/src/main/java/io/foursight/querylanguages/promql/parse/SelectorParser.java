package io.foursight.querylanguages.promql.parse;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Expr.Extension;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Metric names and the label matchers in braces.
final class SelectorParser {
  private static final String CONTEXT = "label matching";

  private final TokenCursor tokens;

  SelectorParser(TokenCursor tokens) {
    this.tokens = tokens;
  }

  /// A selector that starts with the metric name at the cursor.
  VectorSelector named() {
    Token name = tokens.take();
    var matchers = new ArrayList<LabelMatcher>();
    if (tokens.peek().is("{")) {
      matchers.addAll(braces());
    }
    var position = tokens.since(name.position());
    for (var m : matchers) {
      if (m.name().equals(Labels.METRIC_NAME)) {
        throw tokens.error(
            position,
            "metric name must not be set twice: "
                + GoStrings.quote(name.text())
                + " or "
                + GoStrings.quote(m.value()));
      }
    }
    matchers.add(LabelMatcher.equal(Labels.METRIC_NAME, name.text()));
    return selector(position, Optional.of(name.text()), matchers);
  }

  /// A selector without a metric name before its braces.
  VectorSelector unnamed() {
    Position start = tokens.peek().position();
    var matchers = braces();
    return selector(tokens.since(start), Optional.empty(), matchers);
  }

  private static VectorSelector selector(
      Position position, Optional<String> name, List<LabelMatcher> matchers) {
    return new VectorSelector(position, name, matchers, TimeModifiers.NONE, Extension.NONE);
  }

  List<LabelMatcher> braces() {
    tokens.expect("{", CONTEXT);
    var matchers = new ArrayList<LabelMatcher>();
    if (tokens.skip("}")) {
      return matchers;
    }
    while (true) {
      matchers.add(matcher());
      if (tokens.skip("}")) {
        return matchers;
      }
      if (!tokens.skip(",")) {
        throw tokens.unexpected(CONTEXT, "\",\" or \"}\"");
      }
      if (tokens.skip("}")) {
        return matchers;
      }
    }
  }

  private LabelMatcher matcher() {
    Token label = tokens.peek();
    boolean quoted = label.kind() == Token.Kind.STRING;
    if (!quoted && label.kind() != Token.Kind.WORD) {
      throw tokens.unexpected(CONTEXT, "identifier or \"}\"");
    }
    tokens.take();
    String name = quoted ? tokens.text(label) : label.text();
    Token operator = tokens.peek();
    if (quoted && (operator.is(",") || operator.is("}"))) {
      return LabelMatcher.equal(Labels.METRIC_NAME, name);
    }
    boolean known = operator.is("=") || operator.is("!=") || operator.is("=~") || operator.is("!~");
    if (!known) {
      throw tokens.unexpected(CONTEXT, quoted ? "\",\" or \"}\"" : "label matching operator");
    }
    tokens.take();
    Token text = tokens.peek();
    if (text.kind() != Token.Kind.STRING) {
      throw tokens.unexpected(CONTEXT, "string");
    }
    tokens.take();
    String value = tokens.text(text);
    return switch (operator.text()) {
      case "=" -> LabelMatcher.equal(name, value);
      case "!=" -> LabelMatcher.notEqual(name, value);
      default -> regex(name, value, operator, label.position().to(text.position()));
    };
  }

  private LabelMatcher regex(String name, String value, Token operator, Position position) {
    try {
      return LabelMatcher.regex(name, value, operator.is("!~"), RegexMatcher.compile(value));
    } catch (FoursightException e) {
      throw tokens.error(position, e.getMessage().replace("^(?s:" + value + ")$", value));
    }
  }
}
