package io.foursight.model.logs;

import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Several cursors of one direction as one: always goes on with the one whose bound is nearest to
/// the start of the direction. Owns its inputs. Owned by one thread.
public final class MergingLogsCursor implements LogsCursor {
  private final List<LogsCursor> open;
  private final List<LogsCursor> all;
  private final Direction direction;
  private final Supplier<List<NanoSpan>> among;
  private LogsCursor current = LogsCursor.empty();

  private MergingLogsCursor(
      List<LogsCursor> inputs, Direction direction, Supplier<List<NanoSpan>> among) {
    this.open = new ArrayList<>(inputs);
    this.all = List.copyOf(inputs);
    this.direction = direction;
    this.among = among;
  }

  /// @param mayRepeat whether the same entry may come from two inputs, where these meet in time
  public static LogsCursor of(List<LogsCursor> inputs, Direction direction, boolean mayRepeat) {
    return of(
        inputs,
        direction,
        () ->
            mayRepeat
                ? NanoSpan.overlaps(inputs.stream().map(LogsCursor::extent).toList())
                : List.of());
  }

  /// @param among when inputs may repeat each other's entries; asked for when needed, perhaps often
  public static LogsCursor of(
      List<LogsCursor> inputs, Direction direction, Supplier<List<NanoSpan>> among) {
    return inputs.size() == 1 ? inputs.getFirst() : new MergingLogsCursor(inputs, direction, among);
  }

  @Override
  public boolean next() {
    while (!open.isEmpty()) {
      LogsCursor nearest = nearest();
      if (nearest.next()) {
        current = nearest;
        return true;
      }
      open.remove(nearest);
    }
    return false;
  }

  private LogsCursor nearest() {
    LogsCursor nearest = open.getFirst();
    for (LogsCursor cursor : open) {
      if (isNearer(cursor.bound(), nearest.bound())) {
        nearest = cursor;
      }
    }
    return nearest;
  }

  private boolean isNearer(long a, long b) {
    return direction == Direction.BACKWARD ? a > b : a < b;
  }

  @Override
  public LogsPage page() {
    return current.page();
  }

  @Override
  public long bound() {
    if (open.isEmpty()) {
      return direction == Direction.BACKWARD ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return nearest().bound();
  }

  @Override
  public boolean mayRepeat() {
    return !repeats().isEmpty();
  }

  @Override
  public List<NanoSpan> repeats() {
    var spans = new ArrayList<NanoSpan>(among.get());
    all.forEach(cursor -> spans.addAll(cursor.repeats()));
    return NanoSpan.union(spans);
  }

  @Override
  public NanoSpan extent() {
    return all.stream().map(LogsCursor::extent).reduce(NanoSpan.NONE, NanoSpan::hull);
  }

  @Override
  public LogsStats scanned() {
    return all.stream().map(LogsCursor::scanned).reduce(LogsStats.NONE, LogsStats::plus);
  }

  @Override
  public void close() {
    FoursightException first = null;
    for (LogsCursor cursor : all) {
      try {
        cursor.close();
      } catch (FoursightException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
