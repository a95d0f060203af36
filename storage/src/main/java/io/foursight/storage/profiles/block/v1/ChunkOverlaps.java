package io.foursight.storage.profiles.block.v1;

import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which chunks may have copies of each other's profiles: those of different places (a partition of
/// a block has no copies in itself) that have a series in common and overlap in time. Owned by one
/// thread.
final class ChunkOverlaps {
  /// A chunk in a block.
  record Place(ProfilesBlockReader block, ChunkMeta chunk) {
    boolean isApart(Place other) {
      return block != other.block || chunk.partition() != other.chunk.partition();
    }
  }

  private final Map<Labels, List<Place>> bySeries = new HashMap<>();

  void add(Labels series, Place place) {
    bySeries.computeIfAbsent(series, unused -> new ArrayList<>()).add(place);
  }

  Set<ChunkMeta> found() {
    // Chunks are told by identity: equal records of different blocks are possible.
    Set<ChunkMeta> found = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    for (List<Place> places : bySeries.values()) {
      places.sort(Comparator.comparingLong(place -> place.chunk.minTime()));
      Set<Place> open = new HashSet<>();
      for (Place place : places) {
        open.removeIf(before -> before.chunk.maxTime() < place.chunk.minTime());
        for (Place before : open) {
          if (before.isApart(place)) {
            found.add(before.chunk);
            found.add(place.chunk);
          }
        }
        open.add(place);
      }
    }
    return found;
  }
}
