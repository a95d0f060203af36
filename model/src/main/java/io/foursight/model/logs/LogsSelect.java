package io.foursight.model.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.Set;

/// What is asked of a [LogsSource]: entries of one tenant's streams that satisfy every matcher,
/// with times in `[startNanos, endNanos)`, whose lines pass every line filter.
///
/// @param matchers on stream labels; none selects every stream
/// @param lineFilters applied exactly by the Source, in any order
/// @param fields a hint that the Source may use to leave entries out, or ignore: the asker will
///   drop every entry for which a matcher fails, where the value of a name is the stream label if
///   there is one, else the structured metadata value, else empty
/// @param columns what of an entry is read by the asker
/// @param direction order of pages, see [LogsCursor]
/// @param limit no more than this many entries (the first in `direction`) are needed; 0 = all
/// @param withoutBlocks blocks that a Source of historic data must leave out, because the asker has
///   their entries from a head
public record LogsSelect(
    TenantId tenant,
    long startNanos,
    long endNanos,
    List<LabelMatcher> matchers,
    List<LineFilter> lineFilters,
    List<LabelMatcher> fields,
    Columns columns,
    Direction direction,
    long limit,
    Set<String> withoutBlocks,
    QueryBudget budget) {

  /// @param lines the bytes of lines; else pages may have none
  /// @param lineLengths their lengths
  /// @param allMetadata all structured metadata; else at least `metadata`
  /// @param metadata answered names (see [FieldName]) of the structured metadata that are read
  public record Columns(
      boolean lines, boolean lineLengths, boolean allMetadata, Set<String> metadata) {
    public static final Columns ALL = new Columns(true, true, true, Set.of());
    public static final Columns TIMES = new Columns(false, false, false, Set.of());

    public Columns {
      metadata = Set.copyOf(metadata);
    }

    /// Whether the structured metadata stored under a name are read.
    public boolean reads(String storedName) {
      return allMetadata || metadata.contains(FieldName.answered(storedName));
    }
  }

  public LogsSelect {
    matchers = List.copyOf(matchers);
    lineFilters = List.copyOf(lineFilters);
    fields = List.copyOf(fields);
    withoutBlocks = Set.copyOf(withoutBlocks);
  }

  /// Everything of the matching streams in the range, newest first.
  public LogsSelect(
      TenantId tenant,
      long startNanos,
      long endNanos,
      List<LabelMatcher> matchers,
      QueryBudget budget) {
    this(
        tenant,
        startNanos,
        endNanos,
        matchers,
        List.of(),
        List.of(),
        Columns.ALL,
        Direction.BACKWARD,
        0,
        Set.of(),
        budget);
  }

  public LogsSelect withoutBlocks(Set<String> blocks) {
    return new LogsSelect(
        tenant,
        startNanos,
        endNanos,
        matchers,
        lineFilters,
        fields,
        columns,
        direction,
        limit,
        blocks,
        budget);
  }

  /// Whether a line passes every line filter.
  public boolean passes(byte[] bytes, int offset, int length) {
    for (LineFilter filter : lineFilters) {
      if (!filter.passes(bytes, offset, length)) {
        return false;
      }
    }
    return true;
  }
}
