package io.foursight.ingester;

import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the [Flusher] asks of the heads of a signal.
public interface FlushedHeads {
  /// A piece of a head that can be cut into a block.
  interface Piece {
    TenantId tenant();

    HeadPiece rows();

    /// Whether it should be cut now.
    boolean isDue(long nowMillis);

    /// It takes no more rows.
    void seal();

    /// Writes the block's files into a new directory.
    BlockMeta write(Path directory, long nowMillis);

    /// Lets go of it: a block answers for it.
    void drop();
  }

  Signal signal();

  /// Everything in memory (of one tenant), each tenant's oldest first.
  List<Piece> pieces(Optional<TenantId> tenant);

  /// The bound of memory of all heads.
  long maxHeadBytes();

  /// Lets go of the log up to where the signal needs it.
  void truncateLog();

  /// Gives up heads of tenants who have been silent and of whom nothing is left.
  void retireIdle();
}
