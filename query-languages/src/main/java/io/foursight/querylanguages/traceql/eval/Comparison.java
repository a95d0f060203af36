package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.plan.Numbers;
import io.foursight.querylanguages.traceql.plan.TextTests;

/// Two values compared. A missing value, and values that cannot be compared, satisfy no operator.
/// An array satisfies `!=` and `!~` when all its elements do, the others when any does; of the
/// values of events and links any counts.
final class Comparison implements SpanTest {
  private final FieldOperator operator;
  private final Value left;
  private final Value right;
  private final Cell l = new Cell();
  private final Cell r = new Cell();

  Comparison(FieldOperator operator, Value left, Value right) {
    this.operator = operator;
    this.left = left;
    this.right = right;
  }

  @Override
  public boolean test(Rows rows, int row) {
    left.load(rows, row, l);
    right.load(rows, row, r);
    boolean all = forAll(operator) && (l.isArray() || r.isArray());
    if (l.count() == 0 || r.count() == 0) {
      return false;
    }
    for (int i = 0; i < l.count(); i++) {
      for (int j = 0; j < r.count(); j++) {
        if (one(i, j) != all) {
          return !all;
        }
      }
    }
    return all;
  }

  private static boolean forAll(FieldOperator operator) {
    return operator == FieldOperator.NOT_EQUAL || operator == FieldOperator.NOT_MATCH;
  }

  private boolean one(int i, int j) {
    byte a = l.type(i);
    byte b = r.type(j);
    if (l.isNumber(i) && r.isNumber(j)) {
      return a == SpanColumn.DOUBLE || b == SpanColumn.DOUBLE
          ? Numbers.test(operator, l.decimal(i), r.decimal(j))
          : Numbers.test(operator, l.number(i), r.number(j));
    }
    if (a == SpanColumn.TEXT && b == SpanColumn.TEXT) {
      return Numbers.holds(operator, TextTests.compare(l.text(i), r.text(j)));
    }
    boolean codes =
        (a == Cell.STATUS && b == SpanColumn.INT) || (a == SpanColumn.INT && b == Cell.STATUS);
    boolean same = a == b && (a == SpanColumn.BOOL || a == Cell.STATUS || a == Cell.KIND);
    boolean equality = operator == FieldOperator.EQUAL || operator == FieldOperator.NOT_EQUAL;
    return equality && (codes || same) && Numbers.test(operator, l.number(i), r.number(j));
  }

  /// A value compared with a literal: each distinct text of a page is tested once.
  static final class WithLiteral implements SpanTest {
    private static final byte YES = 1;
    private static final byte NO = 2;

    private final FieldOperator operator;
    private final Value value;
    private final byte type;
    private final long number;
    private final double decimal;
    private final TextMatcher matcher;
    private final Cell cell = new Cell();
    private SpanTexts texts = SpanTexts.NONE;
    private byte[] verdicts = {};

    WithLiteral(FieldOperator operator, Value value, SpanValue literal) {
      this.operator = operator;
      this.value = value;
      var constant = new Cell();
      Values.constant(literal, constant);
      this.type = constant.type(0);
      this.number = constant.number(0);
      this.decimal = constant.decimal(0);
      this.matcher =
          literal instanceof SpanValue.Text(String text)
              ? TextTests.of(operator, text)
              : t -> false;
    }

    @Override
    public boolean test(Rows rows, int row) {
      value.load(rows, row, cell);
      int count = cell.count();
      if (count == 0) {
        return false;
      }
      boolean all = cell.isArray() && forAll(operator);
      for (int i = 0; i < count; i++) {
        if (one(i) != all) {
          return !all;
        }
      }
      return all;
    }

    private boolean one(int i) {
      byte t = cell.type(i);
      return switch (type) {
        case SpanColumn.TEXT -> t == SpanColumn.TEXT && text(i);
        case SpanColumn.INT, SpanColumn.DURATION -> {
          if (t == SpanColumn.DOUBLE) {
            yield Numbers.test(operator, cell.decimal(i), decimal);
          }
          boolean comparable =
              t == SpanColumn.INT
                  || t == SpanColumn.DURATION
                  || (t == Cell.STATUS && type == SpanColumn.INT);
          yield comparable && Numbers.test(operator, cell.number(i), number);
        }
        case SpanColumn.DOUBLE ->
            cell.isNumber(i) && Numbers.test(operator, cell.decimal(i), decimal);
        case Cell.STATUS ->
            (t == Cell.STATUS || t == SpanColumn.INT)
                && Numbers.test(operator, cell.number(i), number);
        default -> t == type && Numbers.test(operator, cell.number(i), number);
      };
    }

    private boolean text(int i) {
      SpanTexts own = cell.texts();
      if (own == SpanTexts.NONE) {
        return matcher.matches(cell.text(i));
      }
      if (own != texts) {
        texts = own;
        verdicts = new byte[own.size()];
      }
      int code = (int) cell.number(i);
      if (verdicts[code] == 0) {
        verdicts[code] = matcher.matches(cell.text(i)) ? YES : NO;
      }
      return verdicts[code] == YES;
    }
  }
}
