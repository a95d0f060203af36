package io.foursight.querylanguages.promql.ast;

import static io.foursight.querylanguages.promql.ast.ValueType.MATRIX;
import static io.foursight.querylanguages.promql.ast.ValueType.SCALAR;
import static io.foursight.querylanguages.promql.ast.ValueType.STRING;
import static io.foursight.querylanguages.promql.ast.ValueType.VECTOR;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The functions of Prometheus 3.14: 73 stable ones and 17 experimental ones.
final class FunctionTable {
  private static final Map<String, FunctionSignature> ALL = build();

  private final Map<String, FunctionSignature> signatures = new TreeMap<>();

  private FunctionTable() {}

  static Optional<FunctionSignature> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  static List<FunctionSignature> all() {
    return List.copyOf(ALL.values());
  }

  private static Map<String, FunctionSignature> build() {
    var table = new FunctionTable();
    table.fill();
    return Collections.unmodifiableMap(table.signatures);
  }

  private void add(
      String name, ValueType result, int variadic, boolean experimental, ValueType... arguments) {
    signatures.put(
        name, new FunctionSignature(name, List.of(arguments), variadic, result, experimental));
  }

  /// Name, result, variadic, experimental, arguments.
  private void fill() {
    add("abs", VECTOR, 0, false, VECTOR);
    add("absent", VECTOR, 0, false, VECTOR);
    add("absent_over_time", VECTOR, 0, false, MATRIX);
    add("acos", VECTOR, 0, false, VECTOR);
    add("acosh", VECTOR, 0, false, VECTOR);
    add("asin", VECTOR, 0, false, VECTOR);
    add("asinh", VECTOR, 0, false, VECTOR);
    add("atan", VECTOR, 0, false, VECTOR);
    add("atanh", VECTOR, 0, false, VECTOR);
    add("avg_over_time", VECTOR, 0, false, MATRIX);
    add("ceil", VECTOR, 0, false, VECTOR);
    add("changes", VECTOR, 0, false, MATRIX);
    add("clamp", VECTOR, 0, false, VECTOR, SCALAR, SCALAR);
    add("clamp_max", VECTOR, 0, false, VECTOR, SCALAR);
    add("clamp_min", VECTOR, 0, false, VECTOR, SCALAR);
    add("cos", VECTOR, 0, false, VECTOR);
    add("cosh", VECTOR, 0, false, VECTOR);
    add("count_over_time", VECTOR, 0, false, MATRIX);
    add("day_of_month", VECTOR, 1, false, VECTOR);
    add("day_of_week", VECTOR, 1, false, VECTOR);
    add("day_of_year", VECTOR, 1, false, VECTOR);
    add("days_in_month", VECTOR, 1, false, VECTOR);
    add("deg", VECTOR, 0, false, VECTOR);
    add("delta", VECTOR, 0, false, MATRIX);
    add("deriv", VECTOR, 0, false, MATRIX);
    add("double_exponential_smoothing", VECTOR, 0, true, MATRIX, SCALAR, SCALAR);
    add("end", SCALAR, 0, true);
    add("exp", VECTOR, 0, false, VECTOR);
    add("first_over_time", VECTOR, 0, false, MATRIX);
    add("floor", VECTOR, 0, false, VECTOR);
    add("histogram_avg", VECTOR, 0, false, VECTOR);
    add("histogram_count", VECTOR, 0, false, VECTOR);
    add("histogram_fraction", VECTOR, 0, false, SCALAR, SCALAR, VECTOR);
    add("histogram_quantile", VECTOR, 0, false, SCALAR, VECTOR);
    add("histogram_quantiles", VECTOR, 9, true, VECTOR, STRING, SCALAR, SCALAR);
    add("histogram_stddev", VECTOR, 0, false, VECTOR);
    add("histogram_stdvar", VECTOR, 0, false, VECTOR);
    add("histogram_sum", VECTOR, 0, false, VECTOR);
    add("hour", VECTOR, 1, false, VECTOR);
    add("idelta", VECTOR, 0, false, MATRIX);
    add("increase", VECTOR, 0, false, MATRIX);
    add("info", VECTOR, 1, true, VECTOR, VECTOR);
    add("irate", VECTOR, 0, false, MATRIX);
    add("label_join", VECTOR, -1, false, VECTOR, STRING, STRING, STRING);
    add("label_replace", VECTOR, 0, false, VECTOR, STRING, STRING, STRING, STRING);
    add("last_over_time", VECTOR, 0, false, MATRIX);
    add("ln", VECTOR, 0, false, VECTOR);
    add("log10", VECTOR, 0, false, VECTOR);
    add("log2", VECTOR, 0, false, VECTOR);
    add("mad_over_time", VECTOR, 0, true, MATRIX);
    add("max_of", SCALAR, 0, true, SCALAR, SCALAR);
    add("max_over_time", VECTOR, 0, false, MATRIX);
    add("min_of", SCALAR, 0, true, SCALAR, SCALAR);
    add("min_over_time", VECTOR, 0, false, MATRIX);
    add("minute", VECTOR, 1, false, VECTOR);
    add("month", VECTOR, 1, false, VECTOR);
    add("pi", SCALAR, 0, false);
    add("predict_linear", VECTOR, 0, false, MATRIX, SCALAR);
    add("present_over_time", VECTOR, 0, false, MATRIX);
    add("quantile_over_time", VECTOR, 0, false, SCALAR, MATRIX);
    add("rad", VECTOR, 0, false, VECTOR);
    add("range", SCALAR, 0, true);
    add("rate", VECTOR, 0, false, MATRIX);
    add("resets", VECTOR, 0, false, MATRIX);
    add("round", VECTOR, 1, false, VECTOR, SCALAR);
    add("scalar", SCALAR, 0, false, VECTOR);
    add("sgn", VECTOR, 0, false, VECTOR);
    add("sin", VECTOR, 0, false, VECTOR);
    add("sinh", VECTOR, 0, false, VECTOR);
    add("sort", VECTOR, 0, false, VECTOR);
    add("sort_by_label", VECTOR, -1, true, VECTOR, STRING);
    add("sort_by_label_desc", VECTOR, -1, true, VECTOR, STRING);
    add("sort_desc", VECTOR, 0, false, VECTOR);
    add("sqrt", VECTOR, 0, false, VECTOR);
    add("start", SCALAR, 0, true);
    add("start_timestamp", VECTOR, 0, true, VECTOR);
    add("stddev_over_time", VECTOR, 0, false, MATRIX);
    add("stdvar_over_time", VECTOR, 0, false, MATRIX);
    add("step", SCALAR, 0, true);
    add("sum_over_time", VECTOR, 0, false, MATRIX);
    add("tan", VECTOR, 0, false, VECTOR);
    add("tanh", VECTOR, 0, false, VECTOR);
    add("time", SCALAR, 0, false);
    add("timestamp", VECTOR, 0, false, VECTOR);
    add("ts_of_first_over_time", VECTOR, 0, true, MATRIX);
    add("ts_of_last_over_time", VECTOR, 0, true, MATRIX);
    add("ts_of_max_over_time", VECTOR, 0, true, MATRIX);
    add("ts_of_min_over_time", VECTOR, 0, true, MATRIX);
    add("vector", VECTOR, 0, false, SCALAR);
    add("year", VECTOR, 1, false, VECTOR);
  }
}
