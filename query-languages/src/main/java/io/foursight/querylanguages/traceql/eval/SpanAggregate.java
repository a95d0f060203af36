package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.ScalarExpr.Aggregator;
import io.foursight.querylanguages.traceql.plan.Numbers;

/// An aggregate of a span set. Spans without a number do not count. A sum or an average is a
/// duration when the first value is, whole when all are (a sum), else decimal.
final class SpanAggregate {
  private final Aggregator aggregator;
  private final Value value;
  private final Cell cell = new Cell();

  /// @param value unused for `COUNT`
  SpanAggregate(Aggregator aggregator, Value value) {
    this.aggregator = aggregator;
    this.value = value;
  }

  SpanValue of(Rows rows, int[] spans) {
    if (aggregator == Aggregator.COUNT) {
      return new SpanValue.Int(spans.length);
    }
    byte type = SpanColumn.ABSENT;
    boolean decimals = false;
    long count = 0;
    long whole = 0;
    double decimal = 0;
    SpanValue best = new SpanValue.Nil();
    for (int span : spans) {
      value.load(rows, rows.from() + span, cell);
      if (cell.count() == 0 || !cell.isNumber(0)) {
        continue;
      }
      type = count++ == 0 ? cell.type(0) : type;
      decimals |= cell.type(0) == SpanColumn.DOUBLE;
      whole += cell.type(0) == SpanColumn.DOUBLE ? 0 : cell.number(0);
      decimal += cell.decimal(0);
      if (count == 1 || better(cell, best)) {
        best = cell.value(0);
      }
    }
    if (count == 0) {
      return new SpanValue.Nil();
    }
    boolean duration = type == SpanColumn.DURATION;
    return switch (aggregator) {
      case SUM ->
          duration
              ? new SpanValue.Duration(decimals ? (long) decimal : whole)
              : decimals ? new SpanValue.Decimal(decimal) : new SpanValue.Int(whole);
      case AVG ->
          duration
              ? new SpanValue.Duration(decimals ? (long) (decimal / count) : whole / count)
              : new SpanValue.Decimal(decimal / count);
      case MIN, MAX, COUNT -> best;
    };
  }

  private boolean better(Cell candidate, SpanValue best) {
    FieldOperator operator =
        aggregator == Aggregator.MIN ? FieldOperator.LESS : FieldOperator.GREATER;
    if (best instanceof SpanValue.Decimal || candidate.type(0) == SpanColumn.DOUBLE) {
      return Numbers.test(operator, candidate.decimal(0), Numbers.of(best).orElseThrow());
    }
    long other = best instanceof SpanValue.Int(long v) ? v : ((SpanValue.Duration) best).nanos();
    return Numbers.test(operator, candidate.number(0), other);
  }
}
