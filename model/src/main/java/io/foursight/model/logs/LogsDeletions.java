package io.foursight.model.logs;

import io.foursight.model.TenantId;
import java.util.List;

/// Delete requests that have been accepted and are not yet carried out in every block: readers hide
/// what they name. Kept by the compactor. Safe from any thread.
@FunctionalInterface
public interface LogsDeletions {
  /// @param query a LogQL log query (selector and filters): what matches it is gone
  /// @param startNanos first time deleted
  /// @param endNanos last time deleted, **inclusive**
  record Deletion(String id, String query, long startNanos, long endNanos) {}

  /// Oldest request first.
  List<Deletion> pending(TenantId tenant);

  /// Nothing is deleted.
  LogsDeletions NONE = tenant -> List.of();
}
