package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.BinaryOperator;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.LabelFilter.Quantity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// `| name="x" and size > 5kB`. A text condition sees an absent label as empty. For quantities and
/// addresses an absent label fails, whatever the operator; a value that is no quantity passes and
/// marks the entry, unless it is marked already.
final class FilterStep implements Step {
  static final String ERROR = "LabelFilterErr";

  private final Condition condition;

  FilterStep(LabelFilter filter, Names names, Quantities quantities) {
    this.condition = condition(filter, names, quantities);
  }

  @Override
  public boolean apply(Row row) {
    return condition.holds(row);
  }

  private interface Condition {
    boolean holds(Row row);
  }

  private static Condition condition(LabelFilter filter, Names names, Quantities quantities) {
    return switch (filter) {
      case LabelFilter.And a -> {
        Condition left = condition(a.left(), names, quantities);
        Condition right = condition(a.right(), names, quantities);
        yield row -> left.holds(row) && right.holds(row);
      }
      case LabelFilter.Or o -> {
        Condition left = condition(o.left(), names, quantities);
        Condition right = condition(o.right(), names, quantities);
        yield row -> left.holds(row) || right.holds(row);
      }
      case LabelFilter.Text t -> text(t.matcher(), names);
      case LabelFilter.Address a -> address(a, names);
      case Quantity q -> quantity(q, names, quantities);
    };
  }

  static TextCondition text(LabelMatcher matcher, Names names) {
    return new TextCondition(matcher, names);
  }

  private static Condition address(LabelFilter.Address a, Names names) {
    AddressRange range = AddressRange.parse(a.range());
    int name = names.id(a.label());
    return row -> {
      EntryLabels labels = row.labels;
      if (labels.hasError()) {
        return true;
      }
      int i = labels.find(name);
      return i >= 0
          && range.isIn(labels.valueBytes(i), labels.valueOffset(i), labels.valueLength(i))
              != a.negated();
    };
  }

  private static Condition quantity(Quantity q, Names names, Quantities quantities) {
    int name = names.id(q.label());
    return row -> {
      EntryLabels labels = row.labels;
      int i = labels.find(name);
      if (i < 0) {
        return false;
      }
      if (!quantities.read(
          q.unit(), labels.valueBytes(i), labels.valueOffset(i), labels.valueLength(i))) {
        if (!labels.hasError()) {
          labels.error(ERROR, quantities.problem);
        }
        return true;
      }
      return compare(q.operator(), quantities.value, q.value());
    };
  }

  private static boolean compare(BinaryOperator operator, double left, double right) {
    return switch (operator) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case LESS -> left < right;
      case LESS_EQUAL -> left <= right;
      case GREATER -> left > right;
      case GREATER_EQUAL -> left >= right;
      default -> throw new IllegalStateException("no comparison: " + operator);
    };
  }

  /// A matcher on a label value; equality is decided on the bytes.
  static final class TextCondition implements Condition {
    private final LabelMatcher matcher;
    private final int name;
    private final boolean error;
    private final boolean details;
    private final boolean literal;
    private final byte[] value;

    private TextCondition(LabelMatcher matcher, Names names) {
      this.matcher = matcher;
      this.name = names.id(matcher.name());
      this.error = matcher.name().equals(EntryLabels.ERROR);
      this.details = matcher.name().equals(EntryLabels.ERROR_DETAILS);
      this.literal =
          matcher.type() == LabelMatcher.Type.EQUAL
              || matcher.type() == LabelMatcher.Type.NOT_EQUAL;
      this.value = matcher.value().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean holds(Row row) {
      EntryLabels labels = row.labels;
      if (error) {
        return matcher.matches(labels.error());
      }
      if (details) {
        return matcher.matches(labels.errorDetails());
      }
      int i = labels.find(name);
      if (!literal) {
        return matcher.matches(i < 0 ? "" : labels.value(i));
      }
      boolean equal =
          i < 0
              ? value.length == 0
              : Arrays.equals(
                  labels.valueBytes(i),
                  labels.valueOffset(i),
                  labels.valueOffset(i) + labels.valueLength(i),
                  value,
                  0,
                  value.length);
      return equal != matcher.isNegative();
    }
  }
}
