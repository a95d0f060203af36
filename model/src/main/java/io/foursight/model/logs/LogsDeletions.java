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

  /// A number that is not the same again after what is hidden has changed, and a new one each time
  /// while a reader in another process may not know of the change yet: answers computed then are
  /// not to be kept.
  default long version(TenantId tenant) {
    return pending(tenant).hashCode();
  }

  /// Nothing is deleted.
  LogsDeletions NONE = tenant -> List.of();
}
