package io.foursight.querylanguages.logql.ast;

import java.util.List;

/// `| unwrap label`, possibly with a conversion, and the label filters that follow it.
///
/// @param filters applied in order after the value has been read
public record Unwrap(
    Position position, String label, Conversion conversion, List<LabelFilter> filters) {
  public enum Conversion {
    /// A plain number.
    NONE(""),
    /// `5 kB` to bytes.
    BYTES("bytes"),
    /// `5ms` to seconds.
    DURATION("duration"),
    DURATION_SECONDS("duration_seconds");

    private final String word;

    Conversion(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public Unwrap {
    filters = List.copyOf(filters);
  }
}
