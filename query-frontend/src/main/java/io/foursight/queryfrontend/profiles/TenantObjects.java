package io.foursight.queryfrontend.profiles;

import io.foursight.model.TenantId;
import java.util.List;
import java.util.Optional;

/// Small objects that a tenant keeps here: settings, profiles to be looked at. The query-frontend
/// does not know where they lie. Safe from any thread; what was put is seen by every later call.
/// Errors: `UNAVAILABLE` when the place cannot be reached.
public interface TenantObjects {
  /// A name and when it was put.
  record Entry(String name, long modifiedMillis) {}

  Optional<byte[]> get(TenantId tenant, String folder, String name);

  void put(TenantId tenant, String folder, String name, byte[] bytes);

  /// Absent is fine.
  void delete(TenantId tenant, String folder, String name);

  /// Ascending by name.
  List<Entry> list(TenantId tenant, String folder);
}
