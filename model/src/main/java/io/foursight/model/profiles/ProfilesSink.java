package io.foursight.model.profiles;

import io.foursight.model.TenantId;

/// Takes a batch and makes it durable and visible before it returns. Safe from any thread. The
/// batch is only read, and not after the call returns.
public interface ProfilesSink {
  /// Stores what can be stored; what cannot is in the result, the rest of the batch is not
  /// affected.
  ///
  /// @throws io.foursight.model.FoursightException when nothing of the batch is known to be stored:
  ///   `UNAVAILABLE` (starting, stopping, out of room), `TIMEOUT`, `INTERNAL`; the sender should
  ///   retry, and storing twice is harmless because profiles have ids
  ProfilesWriteResult write(TenantId tenant, ProfilesBatch batch);
}
