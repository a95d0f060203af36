package io.foursight.compactor.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.logs.LogsPage;
import java.util.List;

/// A log query as those see it who delete by it. Compiled outside, where the language is known.
/// Safe from any thread.
public interface EntryFilter {
  /// On stream labels; what they do not match the query does not.
  List<LabelMatcher> matchers();

  /// For one thread.
  Check start();

  /// Goes through pages.
  interface Check {
    /// The page whose rows follow.
    void page(LogsPage page);

    /// Whether the entry satisfies the query, matchers included.
    boolean matches(int row);
  }

  /// Compiles a query.
  @FunctionalInterface
  interface Compiler {
    /// @throws io.foursight.model.FoursightException `BAD_DATA` when it is no log query
    EntryFilter compile(String query);
  }
}
