package io.foursight.compactor.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.logs.LogsDeletions.Deletion;
import java.io.IOException;

/// One accepted delete request as it is stored.
///
/// @param processed whether every block has been written anew and none will come
public record DeleteRequest(
    String id,
    String query,
    long startNanos,
    long endNanos,
    long createdMillis,
    boolean processed) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Deletion deletion() {
    return new Deletion(id, query, startNanos, endNanos);
  }

  DeleteRequest done() {
    return new DeleteRequest(id, query, startNanos, endNanos, createdMillis, true);
  }

  byte[] encode() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new FoursightException(ErrorKind.INTERNAL, "delete request " + id, e);
    }
  }

  static DeleteRequest decode(byte[] bytes, String key) {
    try {
      return JSON.readValue(bytes, DeleteRequest.class);
    } catch (IOException e) {
      throw new FoursightException(ErrorKind.CORRUPT, key + ": " + e.getMessage(), e);
    }
  }
}
