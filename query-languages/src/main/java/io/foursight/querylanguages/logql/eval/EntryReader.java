package io.foursight.querylanguages.logql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSelect.Columns;
import io.foursight.model.logs.NanoSpan;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Pages of a Source, and which of their rows count: those that are not hidden by a deletion and
/// did not come before. To tell entries apart takes all of them; where the asker needs less, the
/// time is cut into pieces, and only those in which entries may come twice are read whole. Owned by
/// one thread.
final class EntryReader implements AutoCloseable {
  private static final SecureRandom SEEDS = new SecureRandom();

  /// With more pieces, one reading of everything is cheaper.
  private static final int MAX_PIECES = 32;

  /// A part of the time that is still to be read.
  ///
  /// @param wasCut whether it is a part of a part
  private record Piece(long startNanos, long endNanos, Columns columns, boolean wasCut) {
    boolean isWhole() {
      return columns.equals(Columns.ALL);
    }

    List<NanoSpan> inside(List<NanoSpan> spans) {
      var own = new NanoSpan(startNanos, endNanos - 1);
      return spans.stream().map(own::intersect).filter(span -> !span.isEmpty()).toList();
    }
  }

  private final EvaluationContext context;
  private final List<LabelMatcher> matchers;
  private final Pipeline pipeline;
  private final Direction direction;
  private final long limit;
  private final List<HiddenEntries.Check> hidden;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private LogsCursor cursor = LogsCursor.empty();
  private Optional<RowSet> seen = Optional.empty();
  private long passed;

  /// @param columns what the asker reads; less than all of them only for those who ask for no order
  EntryReader(
      EvaluationContext context,
      List<LabelMatcher> matchers,
      Pipeline pipeline,
      long startNanos,
      long endNanos,
      Columns columns,
      Direction direction,
      long limit) {
    this.context = context;
    this.matchers = matchers;
    this.pipeline = pipeline;
    this.direction = direction;
    this.limit = limit;
    List<HiddenEntries> hides =
        context.hidden().stream().filter(h -> h.overlaps(startNanos, endNanos)).toList();
    this.hidden = hides.stream().map(HiddenEntries::start).toList();
    pieces.add(new Piece(startNanos, endNanos, hides.isEmpty() ? columns : Columns.ALL, false));
    open();
  }

  /// Opens the next piece.
  private void open() {
    Piece piece = pieces.removeFirst();
    LogsCursor next = select(piece);
    List<NanoSpan> repeats = piece.inside(next.repeats());
    if (!repeats.isEmpty() && !piece.isWhole()) {
      next.close();
      cut(piece, repeats);
      open();
      return;
    }
    cursor = next;
    seen =
        repeats.isEmpty()
            ? Optional.empty()
            : Optional.of(new RowSet(SEEDS.nextLong(), context.budget()));
  }

  /// Puts the parts of a piece in its place. One that was cut before is read whole: a block has
  /// come or gone meanwhile.
  private void cut(Piece piece, List<NanoSpan> repeats) {
    if (piece.wasCut || repeats.size() > MAX_PIECES) {
      pieces.addFirst(new Piece(piece.startNanos, piece.endNanos, Columns.ALL, true));
      return;
    }
    long at = piece.startNanos;
    for (NanoSpan span : repeats) {
      if (at < span.firstNanos()) {
        pieces.add(new Piece(at, span.firstNanos(), piece.columns, true));
      }
      at = span.lastNanos() + 1;
      pieces.add(new Piece(span.firstNanos(), at, Columns.ALL, true));
    }
    if (at < piece.endNanos) {
      pieces.add(new Piece(at, piece.endNanos, piece.columns, true));
    }
  }

  private LogsCursor select(Piece piece) {
    return context
        .source()
        .select(
            new LogsSelect(
                context.tenant(),
                piece.startNanos,
                piece.endNanos,
                matchers,
                pipeline.lineFilters(),
                pipeline.fields(),
                piece.columns,
                direction,
                limit,
                Set.of(),
                context.budget()));
  }

  boolean next() {
    context.budget().check();
    while (!cursor.next()) {
      if (pieces.isEmpty()) {
        return false;
      }
      finish();
      open();
    }
    passed += cursor.page().rows();
    hidden.forEach(check -> check.page(cursor.page()));
    return true;
  }

  LogsPage page() {
    return cursor.page();
  }

  long bound() {
    return cursor.bound();
  }

  /// Whether a row of the page counts; to be asked once a row.
  boolean counts(int row) {
    for (HiddenEntries.Check check : hidden) {
      if (check.hides(cursor.page(), row)) {
        return false;
      }
    }
    return seen.isEmpty() || seen.get().add(cursor.page(), row);
  }

  private void finish() {
    context.touched().add(cursor.scanned(), passed);
    passed = 0;
    seen.ifPresent(RowSet::close);
    seen = Optional.empty();
    cursor.close();
    cursor = LogsCursor.empty();
  }

  @Override
  public void close() {
    finish();
  }
}
