package io.foursight.storegateway;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import java.util.function.Supplier;

/// A read of one block that failed in a way that the gateway can do something about: the block is
/// gone ([ErrorKind#NOT_FOUND]) or corrupt ([ErrorKind#CORRUPT]). Its message names the block.
public final class BlockFailure extends FoursightException {
  private final String blockId;

  private BlockFailure(ErrorKind kind, String blockId, String message, Throwable cause) {
    super(kind, message, cause);
    this.blockId = blockId;
  }

  public String blockId() {
    return blockId;
  }

  public boolean isCorrupt() {
    return kind() == ErrorKind.CORRUPT;
  }

  public static <T> T naming(TenantId tenant, String blockId, Supplier<T> read) {
    try {
      return read.get();
    } catch (FoursightException e) {
      throw named(e, tenant, blockId);
    }
  }

  /// The failure of a read, as a [BlockFailure] when it is one.
  public static FoursightException named(FoursightException e, TenantId tenant, String blockId) {
    if (e instanceof BlockFailure
        || e.kind() != ErrorKind.NOT_FOUND && e.kind() != ErrorKind.CORRUPT) {
      return e;
    }
    return new BlockFailure(
        e.kind(), blockId, "block " + blockId + " of tenant " + tenant + ": " + e.getMessage(), e);
  }
}
