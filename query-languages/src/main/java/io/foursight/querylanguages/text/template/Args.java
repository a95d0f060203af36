package io.foursight.querylanguages.text.template;

import java.util.List;

/// The arguments of one call.
record Args(String function, List<Object> values, TemplateData data) {
  int size() {
    return values.size();
  }

  Object get(int i) {
    return values.get(i);
  }

  /// For functions that take texts only.
  String text(int i) {
    if (values.get(i) instanceof String s) {
      return s;
    }
    throw wrongType(i, "string");
  }

  /// For functions that take whole numbers only.
  int whole(int i) {
    if (values.get(i) instanceof Long n) {
      return Math.clamp(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    throw wrongType(i, "int");
  }

  long toLong(int i) {
    return Values.toLong(values.get(i));
  }

  double toDouble(int i) {
    return Values.toDouble(values.get(i));
  }

  /// What Go says of an argument of another type.
  FunctionException wrongType(int i, String wanted) {
    return new FunctionException(
        "wrong type for value; expected " + wanted + "; got " + Values.typeName(values.get(i)));
  }

  FunctionException failed(String why) {
    return new FunctionException("error calling " + function + ": " + why);
  }
}
