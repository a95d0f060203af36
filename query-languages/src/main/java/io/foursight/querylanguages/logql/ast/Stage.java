package io.foursight.querylanguages.logql.ast;

import io.foursight.model.LabelMatcher;
import java.util.List;
import java.util.Optional;

/// One step of a pipeline. Texts are meanings (unquoted); what they mean in turn (a template, a
/// path, an address range) is judged when the pipeline is built.
public sealed interface Stage {
  Position position();

  /// `|= "a" or ip("10.0.0.0/8")`: the line passes when a term matches, or none with a negative
  /// operator.
  record LineFilter(Position position, Operator operator, List<Term> terms) implements Stage {
    public enum Operator {
      CONTAINS("|="),
      NOT_CONTAINS("!="),
      MATCHES("|~"),
      NOT_MATCHES("!~"),
      PATTERN("|>"),
      NOT_PATTERN("!>");

      private final String symbol;

      Operator(String symbol) {
        this.symbol = symbol;
      }

      public String symbol() {
        return symbol;
      }

      public boolean isNegative() {
        return this == NOT_CONTAINS || this == NOT_MATCHES || this == NOT_PATTERN;
      }
    }

    /// @param address whether it is an address range, `ip("...")`
    public record Term(String text, boolean address) {}

    public LineFilter {
      terms = List.copyOf(terms);
    }
  }

  /// One label that a parser shall extract.
  ///
  /// @param path of the value in the line
  record Extraction(String label, String path) {}

  /// @param extractions all fields when empty
  record Json(Position position, List<Extraction> extractions) implements Stage {
    public Json {
      extractions = List.copyOf(extractions);
    }
  }

  /// @param extractions all fields when empty
  record Logfmt(Position position, boolean strict, boolean keepEmpty, List<Extraction> extractions)
      implements Stage {
    public Logfmt {
      extractions = List.copyOf(extractions);
    }
  }

  record Regexp(Position position, String expression) implements Stage {}

  record Pattern(Position position, String pattern) implements Stage {}

  record Unpack(Position position) implements Stage {}

  record Filter(Position position, LabelFilter filter) implements Stage {}

  record LineFormat(Position position, String template) implements Stage {}

  record LabelFormat(Position position, List<Assignment> assignments) implements Stage {
    /// @param rename whether `text` is the name of the source label; else it is a template
    public record Assignment(String label, String text, boolean rename) {}

    public LabelFormat {
      assignments = List.copyOf(assignments);
    }
  }

  /// What `drop` and `keep` name: a label, perhaps only when its value matches.
  record Selection(String label, Optional<LabelMatcher> matcher) {}

  record Drop(Position position, List<Selection> selections) implements Stage {
    public Drop {
      selections = List.copyOf(selections);
    }
  }

  record Keep(Position position, List<Selection> selections) implements Stage {
    public Keep {
      selections = List.copyOf(selections);
    }
  }

  record Decolorize(Position position) implements Stage {}
}
