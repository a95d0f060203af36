package io.foursight.querylanguages.promql.ast;

import java.util.List;
import java.util.Optional;

/// What a function takes and yields, for type checking.
///
/// @param arguments the types in order; with `variadic` the last one may be missing or repeated
/// @param variadic 0: exactly `arguments`; n > 0: all but the last, then up to n of the last; -1:
///   all but the last, then any number of the last
/// @param experimental whether it must be switched on
public record FunctionSignature(
    String name,
    List<ValueType> arguments,
    int variadic,
    ValueType returnType,
    boolean experimental) {
  public FunctionSignature {
    arguments = List.copyOf(arguments);
  }

  /// The function of this name (names are case-sensitive).
  public static Optional<FunctionSignature> of(String name) {
    return FunctionTable.find(name);
  }

  /// All functions, ordered by name.
  public static List<FunctionSignature> all() {
    return FunctionTable.all();
  }

  public int minArguments() {
    return variadic == 0 ? arguments.size() : arguments.size() - 1;
  }

  /// `Integer.MAX_VALUE` when unbounded.
  public int maxArguments() {
    return variadic == 0
        ? arguments.size()
        : variadic < 0 ? Integer.MAX_VALUE : arguments.size() - 1 + variadic;
  }

  /// The type that the argument at `index` must have.
  public ValueType argument(int index) {
    return arguments.get(Math.min(index, arguments.size() - 1));
  }
}
