package io.foursight.querylanguages.logql.parse;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.VectorAggregator;
import io.foursight.querylanguages.regex.RegexReplacer;

/// What the grammar lets through and Loki refuses all the same.
final class Checks {
  private Checks() {}

  static void check(Expr e) {
    switch (e) {
      case LogQuery q -> logQuery(q);
      case RangeAggregation a -> range(a);
      case VectorAggregation a -> {
        vector(a);
        check(a.expr());
      }
      case Expr.Binary b -> {
        check(b.left());
        check(b.right());
      }
      case Expr.LabelReplace r -> {
        replacement(r);
        check(r.expr());
      }
      case Expr.NumberLiteral _, Expr.VectorLiteral _ -> {}
    }
  }

  private static void logQuery(LogQuery q) {
    if (q.matchers().stream().allMatch(LabelMatcher::matchesEmpty)) {
      throw LogqlParseException.of(
          "queries require at least one regexp or equality matcher that does not have an"
              + " empty-compatible value. For instance, app=~\".*\" does not meet this requirement,"
              + " but app=~\".+\" will");
    }
    for (Stage stage : q.stages()) {
      switch (stage) {
        case Stage.Regexp r -> CaptureNames.ofRegexp(r.expression());
        case Stage.Pattern p -> CaptureNames.ofPattern(p.pattern());
        default -> {}
      }
    }
  }

  private static void range(RangeAggregation a) {
    var op = a.operator();
    if (a.grouping().isPresent() && !op.takesGrouping()) {
      throw LogqlParseException.of("grouping not allowed for " + op.word() + " aggregation");
    }
    if (a.range().unwrap().isPresent() ? !op.takesUnwrap() : !op.takesEntries()) {
      throw LogqlParseException.of(
          "invalid aggregation "
              + op.word()
              + (a.range().unwrap().isPresent() ? " with unwrap" : " without unwrap"));
    }
    if (op.takesParameter() && a.parameter().isEmpty()) {
      throw LogqlParseException.of("parameter required for operation " + op.word());
    }
    if (!op.takesParameter() && a.parameter().isPresent()) {
      throw LogqlParseException.of(
          "parameter " + a.parameter().getAsDouble() + " not supported for operation " + op.word());
    }
    logQuery(a.range().query());
  }

  private static void vector(VectorAggregation a) {
    if (!a.operator().takesGrouping()
        && a.grouping().isPresent()
        && !a.grouping().get().labels().isEmpty()) {
      throw LogqlParseException.of(
          "grouping not allowed for " + a.operator().word() + " aggregation");
    }
  }

  /// The `k` of a vector aggregation, 0 for those without.
  ///
  /// @param text as written, empty when there was none
  static int parameter(VectorAggregator op, String text) {
    if (!op.takesParameter()) {
      if (!text.isEmpty()) {
        throw LogqlParseException.of(
            "unsupported parameter for operation " + op.word() + "(" + text + ",");
      }
      return 0;
    }
    if (text.isEmpty()) {
      throw LogqlParseException.of("parameter required for operation " + op.word());
    }
    long k;
    try {
      k = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw LogqlParseException.of(
          "invalid parameter " + op.word() + "(" + text + ",: not an integer");
    }
    if (k <= 0) {
      throw LogqlParseException.of(
          "invalid parameter (must be greater than 0) " + op.word() + "(" + text);
    }
    return (int) Math.min(k, Integer.MAX_VALUE);
  }

  private static void replacement(Expr.LabelReplace r) {
    try {
      RegexReplacer.compile(r.regex());
    } catch (FoursightException e) {
      throw LogqlParseException.of("invalid regex in label_replace: " + e.getMessage());
    }
  }
}
