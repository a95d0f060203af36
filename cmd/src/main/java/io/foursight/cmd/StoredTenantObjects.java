package io.foursight.cmd;

import io.foursight.model.TenantId;
import io.foursight.queryfrontend.profiles.TenantObjects;
import io.foursight.storage.object.ObjectStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Small objects of tenants beside their blocks: `<tenant>/<folder>/<name>`.
final class StoredTenantObjects implements TenantObjects {
  private final Supplier<ObjectStore> store;

  StoredTenantObjects(Supplier<ObjectStore> store) {
    this.store = store;
  }

  private static String folder(TenantId tenant, String folder) {
    return tenant.value() + "/" + folder + "/";
  }

  @Override
  public Optional<byte[]> get(TenantId tenant, String folder, String name) {
    return store.get().get(folder(tenant, folder) + name);
  }

  @Override
  public void put(TenantId tenant, String folder, String name, byte[] bytes) {
    store.get().put(folder(tenant, folder) + name, bytes);
  }

  @Override
  public void delete(TenantId tenant, String folder, String name) {
    store.get().delete(folder(tenant, folder) + name);
  }

  @Override
  public List<Entry> list(TenantId tenant, String folder) {
    String prefix = folder(tenant, folder);
    return store.get().list(prefix).stream()
        .map(object -> new Entry(object.key().substring(prefix.length()), object.modifiedMillis()))
        .toList();
  }
}
