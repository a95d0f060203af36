package io.foursight.storage.logs.block.v1;

import io.foursight.model.logs.Direction;
import java.util.Collections;
import java.util.PriorityQueue;

/// The times of the entries found so far that are nearest in the direction, up to the limit: what
/// lies beyond the last of them need not be looked at.
final class NearestTimes {
  /// Larger limits are not worth the book-keeping.
  private static final long MAX = 1 << 16;

  private final Direction direction;
  private final long limit;
  private final PriorityQueue<Long> times;

  /// @param limit 0 = none
  NearestTimes(Direction direction, long limit) {
    this.direction = direction;
    this.limit = limit > MAX ? 0 : limit;
    times =
        direction == Direction.FORWARD
            ? new PriorityQueue<>(Collections.reverseOrder())
            : new PriorityQueue<>();
  }

  /// 0 = none.
  int limit() {
    return (int) limit;
  }

  void add(long time) {
    if (limit == 0) {
      return;
    }
    if (times.size() < limit) {
      times.add(time);
    } else if (isBeyond(times.peek(), time)) {
      times.poll();
      times.add(time);
    }
  }

  /// Whether an entry of that time is surely not needed.
  boolean isUseless(long time) {
    return limit > 0 && times.size() == limit && isBeyond(time, times.peek());
  }

  private boolean isBeyond(long time, long other) {
    return direction == Direction.FORWARD ? time > other : time < other;
  }
}
