package io.foursight.distributor;

import java.util.Optional;

/// A regular expression of a relabel rule, RE2 and matched against the whole text. Safe from any
/// thread.
@FunctionalInterface
public interface RelabelExpression {
  /// The template with `$1`, `${name}` filled from the groups, or empty when the text does not
  /// match.
  Optional<String> replace(String text, String template);

  /// Whoever has the engine of regular expressions.
  @FunctionalInterface
  interface Compiler {
    /// @throws io.foursight.model.FoursightException `BAD_DATA` for a malformed expression
    RelabelExpression compile(String expression);
  }
}
