package io.foursight.storage.logs.block.v1;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsSelect;
import java.util.BitSet;
import java.util.List;

/// Which streams of a block the matchers of a select take.
final class StreamFilter {
  private final LogsSelect select;
  private final BitSet taken;

  StreamFilter(LogsSelect select, List<Labels> streams) {
    this.select = select;
    taken = new BitSet(streams.size());
    for (int s = 0; s < streams.size(); s++) {
      if ((s & 1023) == 0) {
        select.budget().check();
      }
      taken.set(s, matches(streams.get(s)));
    }
  }

  private boolean matches(Labels labels) {
    for (LabelMatcher matcher : select.matchers()) {
      if (!matcher.matches(labels.get(matcher.name()))) {
        return false;
      }
    }
    return true;
  }

  /// Whether a run may have entries that are asked for.
  boolean takes(GroupSummary.Run run) {
    return taken.get(run.stream())
        && run.minTime() < select.endNanos()
        && run.maxTime() >= select.startNanos();
  }
}
