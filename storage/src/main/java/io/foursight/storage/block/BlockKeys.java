package io.foursight.storage.block;

import io.foursight.model.TenantId;
import java.util.Optional;

/// Where things lie in a signal's place of the object store.
///
/// ```
/// <tenant>/<block id>/<file>                  meta.json among them, written last, deleted first
/// <tenant>/deletion-marks/<block id>.json     this block is on its way out
/// <tenant>/block-list.json.gz                 the metas that the compactor knew of
/// <tenant>/tenant-deletion-mark.json          everything of this tenant is on its way out
/// <tenant>/compactor-lease/<epoch>            who may replace blocks now, see BlockLeases
/// ```
final class BlockKeys {
  private BlockKeys() {}

  static String tenant(TenantId tenant) {
    return tenant.value() + "/";
  }

  static String folder(TenantId tenant, String blockId) {
    return tenant(tenant) + blockId + "/";
  }

  static String file(TenantId tenant, String blockId, String file) {
    return folder(tenant, blockId) + file;
  }

  static String meta(TenantId tenant, String blockId) {
    return file(tenant, blockId, BlockMeta.FILE_NAME);
  }

  static String marks(TenantId tenant) {
    return tenant(tenant) + "deletion-marks/";
  }

  static String mark(TenantId tenant, String blockId) {
    return marks(tenant) + blockId + ".json";
  }

  static String blockList(TenantId tenant) {
    return tenant(tenant) + "block-list.json.gz";
  }

  static String tenantMark(TenantId tenant) {
    return tenant(tenant) + "tenant-deletion-mark.json";
  }

  /// The block id in a folder key `<tenant>/<block id>/`.
  static Optional<String> blockOfFolder(String folder) {
    String name = folder.substring(folder.indexOf('/') + 1, folder.length() - 1);
    return Ulids.isUlid(name) ? Optional.of(name) : Optional.empty();
  }

  /// The block id in a mark key.
  static Optional<String> blockOfMark(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1);
    return name.endsWith(".json") && Ulids.isUlid(name.substring(0, name.length() - 5))
        ? Optional.of(name.substring(0, name.length() - 5))
        : Optional.empty();
  }
}
