package io.foursight.model;

import java.util.List;

/// Historic data block by block: what a store-gateway can do for a querier that spreads one
/// selection over several of them. Every store-gateway can read every block. Safe from any thread.
///
/// @param <S> the signal's Source
public interface Blocks<S> {
  /// One block of an answer.
  ///
  /// @param range times of its data
  /// @param level 1 = as an ingester cut it, so that each of its replicas may have another one
  record Planned(String id, TimeRange range, int level) {}

  /// The blocks that together hold everything historic of the tenant inside the range, the oldest
  /// first.
  ///
  /// @param fresh read the list of blocks again, whatever its age
  List<Planned> plan(TenantId tenant, TimeRange range, boolean fresh);

  /// Reads exactly these blocks. Its calls throw `NOT_FOUND` when one of them is not there any more
  /// (merged or deleted): then a fresh plan helps.
  ///
  /// @param blocks ids; empty = all of the tenant
  S only(List<String> blocks);
}
