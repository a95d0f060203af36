package io.foursight.storegateway.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import io.foursight.storage.metrics.block.v1.SeriesOrderCursor;
import io.foursight.storegateway.BlockFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// A stretch of one block's series in series order that survives the block disappearing under it:
/// the selection is then made again over the new list of blocks, in label order, and what lies in
/// the stretch behind the last series given goes on being given.
final class ResumingStretch implements SeriesCursor {
  private static final Comparator<Labels> ORDER = MetricsBlockFormat.SERIES_ORDER;

  private final MetricsSelect select;
  private final SeriesOrderCursor stretch;
  private final SeriesCursor named;
  private final Optional<Labels> end;
  private final Function<MetricsSelect, SeriesCursor> again;
  private final Consumer<BlockFailure> recover;

  /// The last series given, once the block is gone; empty before the first.
  private Optional<Labels> position = Optional.empty();

  private boolean begun;

  /// The other selection, once it is made.
  private Optional<SeriesCursor> other = Optional.empty();

  private boolean lost;

  /// @param named the stretch, in which failures name the block
  /// @param again an ascending cursor over the blocks there are now
  /// @param recover makes another try worthwhile, or throws
  ResumingStretch(
      MetricsSelect select,
      SeriesOrderCursor stretch,
      SeriesCursor named,
      Function<MetricsSelect, SeriesCursor> again,
      Consumer<BlockFailure> recover) {
    this.select = select.with(Delivery.ASCENDING);
    this.stretch = stretch;
    this.named = named;
    this.end = stretch.end();
    this.again = again;
    this.recover = recover;
  }

  @Override
  public boolean next() {
    if (!lost) {
      try {
        boolean more = named.next();
        begun = true;
        return more;
      } catch (BlockFailure e) {
        lose(e);
      }
    }
    if (other.isEmpty()) {
      other = Optional.of(again.apply(select));
    }
    SeriesCursor cursor = other.get();
    while (cursor.next()) {
      if (isLeft(cursor.labels())) {
        return true;
      }
    }
    return false;
  }

  private boolean isLeft(Labels labels) {
    return (position.isEmpty() || ORDER.compare(labels, position.get()) > 0)
        && (end.isEmpty() || ORDER.compare(labels, end.get()) < 0);
  }

  /// Remembers how far it got; the labels are in memory, as a rule.
  private void lose(BlockFailure failure) {
    try {
      position = begun ? Optional.of(stretch.allLabels()) : Optional.empty();
    } catch (FoursightException e) {
      failure.addSuppressed(e);
      throw failure;
    }
    named.close();
    recover.accept(failure);
    lost = true;
  }

  @Override
  public Labels labels() {
    if (other.isPresent()) {
      return other.get().labels();
    }
    return lost ? position.orElseThrow() : named.labels();
  }

  @Override
  public void samples(SampleColumns into) {
    if (other.isPresent()) {
      other.get().samples(into);
      return;
    }
    try {
      named.samples(into);
    } catch (BlockFailure e) {
      lose(e);
      one(position.orElseThrow(), into);
    }
  }

  /// One series, from the blocks that hold it now.
  private void one(Labels labels, SampleColumns into) {
    List<LabelMatcher> matchers = new ArrayList<>();
    labels.forEach((name, value) -> matchers.add(LabelMatcher.equal(name, value)));
    var exactly =
        new MetricsSelect(
            select.tenant(), select.range(), matchers, select.hints(), select.budget());
    into.clear();
    try (SeriesCursor found = again.apply(exactly)) {
      while (found.next()) {
        if (found.labels().equals(labels)) {
          found.samples(into);
          return;
        }
      }
    }
  }

  @Override
  public boolean isAscending() {
    return false;
  }

  @Override
  public long sizeEstimate() {
    return lost ? Long.MAX_VALUE : named.sizeEstimate();
  }

  @Override
  public void close() {
    try {
      named.close();
    } finally {
      other.ifPresent(SeriesCursor::close);
    }
  }
}
