package io.foursight.storage.block;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;

/// Why and when something was put on its way out.
public record DeletionMark(String id, String reason, long markedMillis) {
  byte[] encode() {
    try {
      return BlockMetaCodec.JSON.writeValueAsBytes(this);
    } catch (IOException e) {
      throw new FoursightException(ErrorKind.INTERNAL, "deletion mark of " + id, e);
    }
  }

  static DeletionMark decode(byte[] bytes, String place) {
    try {
      return BlockMetaCodec.JSON.readValue(bytes, DeletionMark.class);
    } catch (IOException e) {
      throw new FoursightException(ErrorKind.CORRUPT, place + ": " + e.getMessage(), e);
    }
  }
}
