package io.foursight.model.logs;

import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.List;

/// Several cursors of one direction as one: always goes on with the one whose bound is nearest to
/// the start of the direction. Owns its inputs. Owned by one thread.
public final class MergingLogsCursor implements LogsCursor {
  private final List<LogsCursor> open;
  private final List<LogsCursor> all;
  private final Direction direction;
  private final boolean mayRepeat;
  private LogsCursor current = LogsCursor.empty();

  private MergingLogsCursor(List<LogsCursor> inputs, Direction direction, boolean mayRepeat) {
    this.open = new ArrayList<>(inputs);
    this.all = List.copyOf(inputs);
    this.direction = direction;
    this.mayRepeat = mayRepeat;
  }

  /// @param mayRepeat whether the same entry may come from two inputs
  public static LogsCursor of(List<LogsCursor> inputs, Direction direction, boolean mayRepeat) {
    return inputs.size() == 1
        ? inputs.getFirst()
        : new MergingLogsCursor(inputs, direction, mayRepeat);
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
    return mayRepeat || all.stream().anyMatch(LogsCursor::mayRepeat);
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
