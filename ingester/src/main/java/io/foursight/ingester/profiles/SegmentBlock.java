package io.foursight.ingester.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.block.BlockMeta;
import java.nio.file.Path;

/// A sealed segment as a block. Owned by one thread.
final class SegmentBlock {
  private final SegmentView view;

  SegmentBlock(SegmentView view) {
    this.view = view;
  }

  BlockMeta write(Path directory, long createdMillis) {
    throw new FoursightException(
        ErrorKind.UNIMPLEMENTED,
        "blocks of profiles cannot be written yet: segment "
            + view.blockId()
            + " stays in the log; "
            + directory
            + " "
            + createdMillis);
  }
}
