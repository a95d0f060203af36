package io.foursight.storage.profiles.block.v1;

import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfilesSelect;
import java.util.BitSet;
import java.util.Optional;

/// Which profiles of a chunk are selected: by series, time and id.
final class ChunkRows {
  private ChunkRows() {}

  /// @param matching series
  /// @param ids of the chunk, when the select asks for some
  static BitSet selected(
      ChunkHead head, Optional<ChunkHead.Ids> ids, ProfilesSelect select, BitSet matching) {
    var selected = new BitSet(head.times.length);
    for (int r = 0; r < head.runs(); r++) {
      if (!matching.get(head.series[r])) {
        continue;
      }
      for (int p = head.profileStarts[r]; p < head.profileStarts[r + 1]; p++) {
        if (head.times[p] >= select.startNanos()
            && head.times[p] < select.endNanos()
            && (select.ids().isEmpty() || isAsked(ids, p, select))) {
          selected.set(p);
        }
      }
    }
    return selected;
  }

  private static boolean isAsked(Optional<ChunkHead.Ids> ids, int profile, ProfilesSelect select) {
    ChunkHead.Ids own = ids.orElseThrow();
    return select.ids().contains(new ProfileId(own.highs()[profile], own.lows()[profile]));
  }
}
