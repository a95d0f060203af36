package io.foursight.model;

import java.util.Optional;
import java.util.Set;

/// A compiled test of a whole text (a label value), without regard to which language wrote it.
/// Regular expressions are compiled by `query-languages` (RE2 semantics, fully anchored); storage
/// only asks. Immutable and safe from any thread.
public interface TextMatcher {
  boolean matches(String text);

  /// The texts that can match at all, when they are finitely many and known (`a|b|c`): lets an
  /// index look values up instead of testing each.
  default Optional<Set<String>> literals() {
    return Optional.empty();
  }

  /// A text that every match starts with; empty when nothing is known.
  default String prefix() {
    return "";
  }
}
