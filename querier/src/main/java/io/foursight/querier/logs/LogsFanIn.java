package io.foursight.querier.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsUnions;
import io.foursight.model.logs.MergingLogsCursor;
import io.foursight.model.logs.StreamVolume;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Recent and historic logs read as one: each entry once, but for repetitions that were written on
/// both sides of a cut, of which the cursor warns.
///
/// The heads are asked first, and the blocks without those that the heads answered for. What a head
/// covers may change while it is asked (it lets go of a segment when the store-gateway has its
/// block), so it is looked at before and after: only what is in both was surely in the answer, and
/// only when both are equal is nothing counted twice; else the head is asked again, a few times.
/// Safe from any thread. One failing Source fails the call.
public final class LogsFanIn implements LogsSource, LogsTailSource {
  private static final int ATTEMPTS = 3;

  private final LogsSource recent;
  private final LogsSource historic;
  private final LogsTailSource tails;

  public <R extends LogsSource & LogsTailSource> LogsFanIn(R recent, LogsSource historic) {
    this(recent, historic, recent);
  }

  public LogsFanIn(LogsSource recent, LogsSource historic, LogsTailSource tails) {
    this.recent = recent;
    this.historic = historic;
    this.tails = tails;
  }

  /// An answer of the heads.
  ///
  /// @param covered blocks that it stands for
  /// @param exact whether it may not meet the blocks' answer
  private record Recent<T>(T answer, Set<String> covered, boolean exact) {}

  private <T> Recent<T> recent(
      LogsSelect select, Function<LogsSelect, T> ask, Consumer<T> discard) {
    Set<String> before = recent.coveredBlocks(select);
    for (int attempt = 1; ; attempt++) {
      T answer = ask.apply(select);
      Set<String> after = recent.coveredBlocks(select);
      // New segments of the head are of no account: their entries came after the call began.
      if (after.containsAll(before)) {
        return new Recent<>(answer, before, true);
      }
      if (attempt == ATTEMPTS) {
        var both = new HashSet<>(before);
        both.retainAll(after);
        return new Recent<>(answer, both, false);
      }
      discard.accept(answer);
      before = after;
    }
  }

  private <T> List<T> both(LogsSelect select, Function<LogsSource, Function<LogsSelect, T>> ask) {
    Recent<T> first = recent(select, ask.apply(recent), unused -> {});
    T second = ask.apply(historic).apply(select.withoutBlocks(first.covered()));
    return List.of(second, first.answer());
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    Recent<LogsCursor> first = recent(select, recent::select, LogsCursor::close);
    try {
      LogsCursor second = historic.select(select.withoutBlocks(first.covered()));
      // The newest segment and the newest block meet in time: a retried push may be in both.
      boolean meet = !isEmpty(first.answer(), select) && !isEmpty(second, select);
      return MergingLogsCursor.of(
          List.of(first.answer(), second), select.direction(), meet || !first.exact());
    } catch (RuntimeException e) {
      first.answer().close();
      throw e;
    }
  }

  static boolean isEmpty(LogsCursor cursor, LogsSelect select) {
    return select.direction() == Direction.BACKWARD
        ? cursor.bound() < select.startNanos()
        : cursor.bound() >= select.endNanos();
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return LogsUnions.series(both(select, source -> source::series));
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return LogsUnions.texts(both(select, source -> source::labelNames));
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return LogsUnions.texts(both(select, source -> s -> source.labelValues(label, s)));
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    return LogsUnions.stats(both(select, source -> source::stats));
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return LogsUnions.volumes(both(select, source -> s -> source.volumes(s, stepNanos)));
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return LogsUnions.patterns(
        both(select, source -> s -> source.patterns(s, stepNanos, limit)), limit);
  }

  @Override
  public Subscription subscribe(
      TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    return tails.subscribe(tenant, matchers, maxBufferedBytes);
  }
}
