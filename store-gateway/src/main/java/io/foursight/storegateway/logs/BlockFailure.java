package io.foursight.storegateway.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import java.util.function.Supplier;

/// A read of one block that failed in a way that the gateway can do something about: the block is
/// gone ([ErrorKind#NOT_FOUND]) or corrupt ([ErrorKind#CORRUPT]). Its message names the block.
final class BlockFailure extends FoursightException {
  private final String blockId;

  private BlockFailure(ErrorKind kind, String blockId, String message, Throwable cause) {
    super(kind, message, cause);
    this.blockId = blockId;
  }

  String blockId() {
    return blockId;
  }

  boolean isCorrupt() {
    return kind() == ErrorKind.CORRUPT;
  }

  static <T> T naming(TenantId tenant, String blockId, Supplier<T> read) {
    try {
      return read.get();
    } catch (BlockFailure e) {
      throw e;
    } catch (FoursightException e) {
      if (e.kind() != ErrorKind.NOT_FOUND && e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      throw new BlockFailure(
          e.kind(),
          blockId,
          "block " + blockId + " of tenant " + tenant + ": " + e.getMessage(),
          e);
    }
  }
}
