package io.foursight.querylanguages.promql.parse;

import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.Extension;
import io.foursight.querylanguages.promql.ast.Expr.MatrixSelector;
import io.foursight.querylanguages.promql.ast.Expr.Subquery;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import io.foursight.querylanguages.text.GoFloats;
import java.math.BigDecimal;
import java.util.Optional;

/// What may follow a selector or expression: ranges and subqueries in brackets, `offset`, `@`,
/// `anchored`, `smoothed`.
final class PostfixParser {
  private final TokenCursor tokens;
  private final Options options;
  private final DurationParser durations;

  PostfixParser(TokenCursor tokens, Options options) {
    this.tokens = tokens;
    this.options = options;
    this.durations = new DurationParser(tokens);
  }

  boolean isNext() {
    Token t = tokens.peek();
    return t.is("[")
        || t.is("@")
        || t.isWord("offset")
        || t.isWord("anchored")
        || t.isWord("smoothed");
  }

  Expr apply(Expr e) {
    Token t = tokens.peek();
    if (t.is("[")) {
      return brackets(e);
    }
    if (t.is("@")) {
      return at(e);
    }
    return t.isWord("offset") ? offset(e) : extension(e);
  }

  private Expr brackets(Expr e) {
    Position bracket = tokens.take().position();
    DurationExpr range = durations.positive();
    if (tokens.skip(":")) {
      Optional<DurationExpr> step =
          tokens.peek().is("]") ? Optional.empty() : Optional.of(durations.positive());
      tokens.expect("]", "subquery selector");
      return new Subquery(tokens.since(e.position()), e, range, step, TimeModifiers.NONE);
    }
    if (!tokens.skip("]")) {
      throw tokens.unexpected("subquery or range", "\":\" or \"]\"");
    }
    var position = tokens.since(e.position());
    if (!(e instanceof VectorSelector selector)) {
      throw tokens.error(bracket, "ranges only allowed for vector selectors");
    }
    if (selector.time().offset().isPresent()) {
      throw tokens.error(bracket, "no offset modifiers allowed before range");
    }
    if (selector.time().at().isPresent()) {
      throw tokens.error(bracket, "no @ modifiers allowed before range");
    }
    return new MatrixSelector(position, selector, range);
  }

  private Expr offset(Expr e) {
    tokens.take();
    DurationExpr offset = durations.offset();
    TimeModifiers old = time(e, "offset modifier");
    if (old.offset().isPresent()) {
      throw tokens.error(tokens.since(e.position()), "offset may not be set multiple times");
    }
    return withTime(e, old.withOffset(offset));
  }

  private Expr at(Expr e) {
    tokens.take();
    TimeModifiers.At at = atTime(e);
    TimeModifiers old = time(e, "@ modifier");
    if (old.at().isPresent()) {
      throw tokens.error(tokens.since(e.position()), "@ <timestamp> may not be set multiple times");
    }
    return withTime(e, old.withAt(at));
  }

  private TimeModifiers.At atTime(Expr e) {
    Token t = tokens.peek();
    if (t.isWord("start") || t.isWord("end")) {
      tokens.take();
      if (!tokens.skip("(") || !tokens.skip(")")) {
        throw tokens.unexpected("@", "timestamp");
      }
      return t.isWord("start") ? new TimeModifiers.Start() : new TimeModifiers.End();
    }
    boolean negative = tokens.skip("-");
    if (!negative) {
      tokens.skip("+");
    }
    if (!tokens.atNumber()) {
      throw tokens.unexpected("@", "timestamp");
    }
    Token number = tokens.take();
    double seconds = tokens.number(number) * (negative ? -1 : 1);
    // NaN, infinities and what the milliseconds of 64 bits cannot hold.
    if (!(Math.abs(seconds) < 0x1p63)) {
      throw tokens.error(
          e.position(),
          "timestamp out of bounds for @ modifier: "
              + (Double.isFinite(seconds)
                  ? new BigDecimal(seconds).setScale(6).toPlainString()
                  : GoFloats.plain(seconds)));
    }
    return new TimeModifiers.Timestamp((long) (Math.rint(seconds * 1000)));
  }

  private TimeModifiers time(Expr e, String modifier) {
    return switch (e) {
      case VectorSelector v -> v.time();
      case MatrixSelector m -> m.selector().time();
      case Subquery s -> s.time();
      default ->
          throw tokens.error(
              tokens.since(e.position()),
              modifier
                  + " must be preceded by an instant vector selector or range vector selector or a"
                  + " subquery");
    };
  }

  private Expr withTime(Expr e, TimeModifiers time) {
    var position = tokens.since(e.position());
    return switch (e) {
      case VectorSelector v -> v.with(position, time, v.extension());
      case MatrixSelector m -> {
        var s = m.selector();
        yield new MatrixSelector(position, s.with(s.position(), time, s.extension()), m.range());
      }
      case Subquery s -> new Subquery(position, s.expr(), s.range(), s.step(), time);
      default -> throw new IllegalStateException("no place for modifiers: " + e);
    };
  }

  private Expr extension(Expr e) {
    Token t = tokens.take();
    Extension extension = t.isWord("anchored") ? Extension.ANCHORED : Extension.SMOOTHED;
    String word = extension == Extension.ANCHORED ? "anchored" : "smoothed";
    var position = tokens.since(e.position());
    if (!options.extendedRangeSelectors()) {
      throw tokens.error(t.position(), word + " modifier is experimental and not enabled");
    }
    VectorSelector old =
        switch (e) {
          case VectorSelector v -> v;
          case MatrixSelector m -> m.selector();
          default -> throw tokens.error(position, word + " modifier not implemented");
        };
    if (old.extension() != Extension.NONE && old.extension() != extension) {
      throw tokens.error(position, "anchored and smoothed modifiers cannot be used together");
    }
    if (e instanceof MatrixSelector m) {
      return new MatrixSelector(
          position, old.with(old.position(), old.time(), extension), m.range());
    }
    return old.with(position, old.time(), extension);
  }
}
