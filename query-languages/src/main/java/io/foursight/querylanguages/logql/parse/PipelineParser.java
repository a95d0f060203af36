package io.foursight.querylanguages.logql.parse;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.Position;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Stage.LabelFormat.Assignment;
import io.foursight.querylanguages.logql.ast.Unwrap;
import io.foursight.querylanguages.regex.RegexMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Selectors and the stages behind them.
final class PipelineParser {
  private final TokenCursor tokens;
  private final LabelFilterParser filters;

  PipelineParser(TokenCursor tokens) {
    this.tokens = tokens;
    this.filters = new LabelFilterParser(tokens);
  }

  LogQuery selector() {
    Position start = tokens.expect("{").position();
    var matchers = new ArrayList<LabelMatcher>();
    if (!tokens.peek().is("}")) {
      do {
        if (tokens.peek().kind() != Token.Kind.IDENTIFIER) {
          throw tokens.unexpected("IDENTIFIER", "}");
        }
        matchers.add(matcher(tokens.identifier()));
      } while (tokens.skip(","));
    }
    if (!tokens.skip("}")) {
      throw tokens.unexpected("}", ",");
    }
    return new LogQuery(tokens.since(start), matchers, List.of());
  }

  /// The operator and the text of a matcher whose name has been read.
  LabelMatcher matcher(String name) {
    Token operator = tokens.peek();
    if (!operator.is("=") && !operator.is("!=") && !operator.is("=~") && !operator.is("!~")) {
      throw tokens.unexpected("=", "!=", "=~", "!~");
    }
    tokens.take();
    String value = tokens.string();
    return switch (operator.text()) {
      case "=" -> LabelMatcher.equal(name, value);
      case "!=" -> LabelMatcher.notEqual(name, value);
      default -> {
        try {
          yield LabelMatcher.regex(name, value, operator.is("!~"), RegexMatcher.compile(value));
        } catch (FoursightException e) {
          throw LogqlParseException.ofRegex(value, e);
        }
      }
    };
  }

  /// The stages from here up to whatever is none; stops before `| unwrap`.
  List<Stage> stages() {
    var stages = new ArrayList<Stage>();
    while (true) {
      Token t = tokens.peek();
      Optional<Stage.LineFilter.Operator> operator = lineOperator(t);
      if (operator.isPresent()) {
        stages.add(lineFilter(operator.get()));
      } else if (t.is("|") && !tokens.peekSecond().isKeyword("unwrap")) {
        tokens.take();
        stages.add(stage(t.position()));
      } else {
        return stages;
      }
    }
  }

  private static Optional<Stage.LineFilter.Operator> lineOperator(Token t) {
    return Arrays.stream(Stage.LineFilter.Operator.values())
        .filter(o -> t.is(o.symbol()))
        .findFirst();
  }

  private Stage lineFilter(Stage.LineFilter.Operator operator) {
    Position start = tokens.take().position();
    var terms = new ArrayList<Stage.LineFilter.Term>();
    do {
      if (tokens.atCall() && tokens.peek().lower().equals("ip")) {
        tokens.take();
        tokens.take();
        terms.add(new Stage.LineFilter.Term(tokens.string(), true));
        tokens.expect(")");
      } else if (tokens.peek().kind() == Token.Kind.STRING) {
        terms.add(new Stage.LineFilter.Term(tokens.string(), false));
      } else {
        throw tokens.unexpected("STRING", "ip");
      }
    } while (tokens.skipKeyword("or"));
    return new Stage.LineFilter(tokens.since(start), operator, terms);
  }

  private Stage stage(Position start) {
    Token t = tokens.peek();
    if (t.kind() != Token.Kind.KEYWORD) {
      var filter = filters.filter();
      return new Stage.Filter(tokens.since(start), filter);
    }
    String word = t.lower();
    switch (word) {
      case "json",
          "logfmt",
          "regexp",
          "pattern",
          "unpack",
          "line_format",
          "label_format",
          "drop",
          "keep",
          "decolorize" ->
          tokens.take();
      default -> throw tokens.unexpected();
    }
    return switch (word) {
      case "json" -> {
        var list = extractions();
        yield new Stage.Json(tokens.since(start), list);
      }
      case "logfmt" -> logfmt(start);
      case "regexp" -> {
        String expression = tokens.string();
        yield new Stage.Regexp(tokens.since(start), expression);
      }
      case "pattern" -> {
        String pattern = tokens.string();
        yield new Stage.Pattern(tokens.since(start), pattern);
      }
      case "unpack" -> new Stage.Unpack(tokens.since(start));
      case "line_format" -> {
        String template = tokens.string();
        yield new Stage.LineFormat(tokens.since(start), template);
      }
      case "label_format" -> {
        var list = assignments();
        yield new Stage.LabelFormat(tokens.since(start), list);
      }
      case "drop" -> {
        var list = selections();
        yield new Stage.Drop(tokens.since(start), list);
      }
      case "keep" -> {
        var list = selections();
        yield new Stage.Keep(tokens.since(start), list);
      }
      default -> new Stage.Decolorize(tokens.since(start));
    };
  }

  private Stage logfmt(Position start) {
    boolean strict = false;
    boolean keepEmpty = false;
    while (tokens.peek().kind() == Token.Kind.FLAG) {
      String flag = tokens.take().text();
      strict |= flag.equals("--strict");
      keepEmpty |= flag.equals("--keep-empty");
    }
    var list = extractions();
    return new Stage.Logfmt(tokens.since(start), strict, keepEmpty, list);
  }

  private List<Stage.Extraction> extractions() {
    var list = new ArrayList<Stage.Extraction>();
    if (tokens.peek().kind() != Token.Kind.IDENTIFIER) {
      return list;
    }
    do {
      String label = tokens.identifier();
      list.add(new Stage.Extraction(label, tokens.skip("=") ? tokens.string() : label));
    } while (tokens.skip(","));
    return list;
  }

  private List<Assignment> assignments() {
    var list = new ArrayList<Assignment>();
    do {
      String label = tokens.identifier();
      tokens.expect("=");
      if (tokens.peek().kind() == Token.Kind.IDENTIFIER) {
        list.add(new Assignment(label, tokens.identifier(), true));
      } else if (tokens.peek().kind() == Token.Kind.STRING) {
        list.add(new Assignment(label, tokens.string(), false));
      } else {
        throw tokens.unexpected("IDENTIFIER", "STRING");
      }
    } while (tokens.skip(","));
    return list;
  }

  private List<Stage.Selection> selections() {
    var list = new ArrayList<Stage.Selection>();
    do {
      String label = tokens.identifier();
      Token t = tokens.peek();
      boolean conditional = t.is("=") || t.is("!=") || t.is("=~") || t.is("!~");
      list.add(
          new Stage.Selection(label, conditional ? Optional.of(matcher(label)) : Optional.empty()));
    } while (tokens.skip(","));
    return list;
  }

  boolean atUnwrap() {
    return tokens.peek().is("|") && tokens.peekSecond().isKeyword("unwrap");
  }

  Unwrap unwrap() {
    Position start = tokens.take().position();
    tokens.take();
    var conversion = Unwrap.Conversion.NONE;
    boolean call = tokens.atCall();
    if (call) {
      String word = tokens.peek().lower();
      conversion =
          Arrays.stream(Unwrap.Conversion.values())
              .filter(c -> c.word().equals(word))
              .findFirst()
              .orElseThrow(() -> tokens.unexpected("bytes", "duration", "duration_seconds"));
      tokens.take();
      tokens.take();
    }
    String label = tokens.identifier();
    if (call) {
      tokens.expect(")");
    }
    var after = new ArrayList<LabelFilter>();
    while (tokens.peek().is("|")) {
      tokens.take();
      if (tokens.peek().kind() == Token.Kind.KEYWORD) {
        throw tokens.unexpected();
      }
      after.add(filters.filter());
    }
    return new Unwrap(tokens.since(start), label, conversion, after);
  }
}
