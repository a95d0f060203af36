package io.foursight.storage.block;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.ObjectStore.ObjectInfo;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blocks in an object store whose root is one signal's place; keys as in [BlockKeys].
///
/// A look at a tenant costs two listings (marks, then block folders) and one get for each block not
/// seen before, or one for all of them when the block list has them. Metas are immutable, so they
/// are kept in memory for as long as a listing shows their block.
///
/// Orders that keep a crash harmless: upload writes `meta.json` last; deletion writes the mark
/// first, deletes `meta.json`, the files, and the mark last. So whatever a crash leaves either has
/// its `meta.json` and all its files, or is a folder without `meta.json`, which nobody reads and
/// the compactor removes.
public final class ObjectBlockStore implements BlockStore {
  private static final Logger log = LoggerFactory.getLogger(ObjectBlockStore.class);

  /// From so many unknown blocks on it is worth a look into the block list.
  private static final int WORTH_THE_LIST = 4;

  private final ObjectStore store;
  private final InstantSource clock;
  private final PageCache pages;
  private final Map<TenantId, Map<String, BlockMeta>> known = new ConcurrentHashMap<>();
  private final Map<TenantId, List<String>> unreadable = new ConcurrentHashMap<>();

  /// @param store rooted at the signal's place; it stays the caller's to close
  /// @param pages cache of object pages for [#open]
  public ObjectBlockStore(ObjectStore store, InstantSource clock, PageCache pages) {
    this.store = store;
    this.clock = clock;
    this.pages = pages;
  }

  @Override
  public Set<TenantId> tenants() {
    var tenants = new TreeSet<TenantId>();
    for (String folder : store.listFolder("").folders()) {
      try {
        tenants.add(new TenantId(folder.substring(0, folder.length() - 1)));
      } catch (FoursightException e) {
        log.warn("folder in the object store is no tenant folder={} store={}", folder, store);
      }
    }
    return tenants;
  }

  @Override
  public List<Entry> blocks(TenantId tenant) {
    return scan(tenant).visible();
  }

  /// As [#blocks], with what only the compactor wants to see.
  public TenantBlocks scan(TenantId tenant) {
    // Marks first: a block that is deleted in between is then either marked or gone.
    Map<String, ObjectInfo> marks = marks(tenant);
    var metas = new TreeMap<String, BlockMeta>();
    var unknown = new ArrayList<String>();
    var partial = new ArrayList<String>();
    Map<String, BlockMeta> cached = known.getOrDefault(tenant, Map.of());
    for (String folder : store.listFolder(BlockKeys.tenant(tenant)).folders()) {
      Optional<String> id = BlockKeys.blockOfFolder(folder);
      if (id.isEmpty()) {
        continue;
      }
      if (marks.containsKey(id.get()) && store.head(BlockKeys.meta(tenant, id.get())).isEmpty()) {
        partial.add(id.get());
      } else if (cached.containsKey(id.get())) {
        metas.put(id.get(), cached.get(id.get()));
      } else {
        unknown.add(id.get());
      }
    }
    List<String> bad = learn(tenant, unknown, metas, partial);
    known.put(tenant, Map.copyOf(metas));
    var entries = new ArrayList<Entry>();
    for (BlockMeta meta : metas.values()) {
      ObjectInfo mark = marks.get(meta.id());
      entries.add(new Entry(meta, mark == null ? 0 : Math.max(1, mark.modifiedMillis())));
    }
    return TenantBlocks.of(entries, partial, bad, marks.keySet());
  }

  @Override
  public List<String> unreadable(TenantId tenant) {
    return unreadable.getOrDefault(tenant, List.of());
  }

  @Override
  public long unreadableBlocks() {
    return unreadable.values().stream().mapToLong(List::size).sum();
  }

  private Map<String, ObjectInfo> marks(TenantId tenant) {
    var marks = new HashMap<String, ObjectInfo>();
    for (ObjectInfo mark : store.list(BlockKeys.marks(tenant))) {
      BlockKeys.blockOfMark(mark.key()).ifPresent(id -> marks.put(id, mark));
    }
    return marks;
  }

  /// @return the ids of those that cannot be read; said once each in the log
  private List<String> learn(
      TenantId tenant, List<String> ids, Map<String, BlockMeta> metas, List<String> partial) {
    Map<String, BlockMeta> listed = ids.size() < WORTH_THE_LIST ? Map.of() : readBlockList(tenant);
    var bad = new ArrayList<String>();
    List<String> badBefore = unreadable.getOrDefault(tenant, List.of());
    for (String id : ids) {
      try {
        Optional<BlockMeta> meta = Optional.ofNullable(listed.get(id)).or(() -> meta(tenant, id));
        if (meta.isPresent()) {
          metas.put(id, meta.get());
        } else {
          partial.add(id);
        }
      } catch (FoursightException e) {
        if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.UNIMPLEMENTED) {
          throw e;
        }
        bad.add(id);
        if (!badBefore.contains(id)) {
          log.error(
              "block cannot be read, queries that may need it fail tenant={} block={} error={}",
              tenant,
              id,
              e.getMessage());
        }
      }
    }
    unreadable.put(tenant, List.copyOf(bad));
    return bad;
  }

  private Map<String, BlockMeta> readBlockList(TenantId tenant) {
    var metas = new HashMap<String, BlockMeta>();
    String key = BlockKeys.blockList(tenant);
    try {
      store
          .get(key)
          .map(bytes -> BlockList.decode(bytes, key))
          .ifPresent(list -> list.forEach(meta -> metas.put(meta.id(), meta)));
    } catch (FoursightException e) {
      log.warn("block list is of no use tenant={} error={}", tenant, e.getMessage());
    }
    return metas;
  }

  /// Writes the block list from what is there now. Only the compactor calls this.
  public void writeBlockList(TenantId tenant) {
    TenantBlocks blocks = scan(tenant);
    var metas = new ArrayList<BlockMeta>();
    blocks.visible().forEach(e -> metas.add(e.meta()));
    blocks.superseded().forEach(e -> metas.add(e.meta()));
    if (metas.isEmpty()) {
      store.delete(BlockKeys.blockList(tenant));
    } else {
      store.put(BlockKeys.blockList(tenant), BlockList.encode(metas, clock.millis()));
    }
  }

  /// {@inheritDoc}
  ///
  /// @throws FoursightException `BAD_DATA` when a file is missing or has another size than the meta
  ///   says, before anything is uploaded
  @Override
  public void upload(TenantId tenant, BlockMeta meta, Path directory) {
    boolean unused = upload(tenant, meta, directory, () -> true);
  }

  /// As [#upload(TenantId, BlockMeta, Path)].
  ///
  /// @param wanted asked when all but `meta.json` is there; if it says no, the block never becomes
  ///   visible, and its files are removed as those of an upload that broke off
  /// @return whether the block is visible
  public boolean upload(TenantId tenant, BlockMeta meta, Path directory, BooleanSupplier wanted) {
    for (BlockMeta.File file : meta.files()) {
      check(meta, file, directory.resolve(file.name()));
    }
    for (BlockMeta.File file : meta.files()) {
      store.put(BlockKeys.file(tenant, meta.id(), file.name()), directory.resolve(file.name()));
    }
    if (!wanted.getAsBoolean()) {
      return false;
    }
    store.put(BlockKeys.meta(tenant, meta.id()), BlockMetaCodec.encode(meta));
    return true;
  }

  private static void check(BlockMeta meta, BlockMeta.File file, Path path) {
    long size;
    try {
      size = Files.size(path);
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.BAD_DATA, "block " + meta.id() + " has no file " + path, e);
    }
    if (size != file.sizeBytes()) {
      throw FoursightException.badData(
          "file "
              + path
              + " has "
              + size
              + " bytes, the meta of block "
              + meta.id()
              + " says "
              + file.sizeBytes());
    }
  }

  @Override
  public Optional<BlockMeta> meta(TenantId tenant, String blockId) {
    String key = BlockKeys.meta(tenant, blockId);
    return store.get(key).map(bytes -> BlockMetaCodec.decode(bytes, key));
  }

  @Override
  public void markForDeletion(TenantId tenant, String blockId, String reason) {
    store.putIfAbsent(
        BlockKeys.mark(tenant, blockId),
        new DeletionMark(blockId, reason, clock.millis()).encode());
  }

  @Override
  public void delete(TenantId tenant, String blockId) {
    if (store.head(BlockKeys.meta(tenant, blockId)).isPresent()) {
      markForDeletion(tenant, blockId, "deleted");
      store.delete(BlockKeys.meta(tenant, blockId));
    }
    for (ObjectInfo object : store.list(BlockKeys.folder(tenant, blockId))) {
      store.delete(object.key());
    }
    store.delete(BlockKeys.mark(tenant, blockId));
  }

  /// When a folder last changed; empty when nothing is in it.
  public Optional<Long> lastChangeMillis(TenantId tenant, String blockId) {
    return store.list(BlockKeys.folder(tenant, blockId)).stream()
        .map(ObjectInfo::modifiedMillis)
        .max(Long::compare);
  }

  /// Puts everything of a tenant on its way out; idempotent.
  public void markTenantForDeletion(TenantId tenant, String reason) {
    store.putIfAbsent(
        BlockKeys.tenantMark(tenant),
        new DeletionMark(tenant.value(), reason, clock.millis()).encode());
  }

  public Optional<DeletionMark> tenantDeletionMark(TenantId tenant) {
    String key = BlockKeys.tenantMark(tenant);
    return store.get(key).map(bytes -> DeletionMark.decode(bytes, key));
  }

  /// Deletes whatever is left under the tenant; the tenant's mark stays, so that late uploads are
  /// deleted as well, until `forget`.
  ///
  /// @param forget deletes the mark too
  public void deleteTenantRest(TenantId tenant, boolean forget) {
    String mark = BlockKeys.tenantMark(tenant);
    for (ObjectInfo object : store.list(BlockKeys.tenant(tenant))) {
      if (!object.key().equals(mark)) {
        store.delete(object.key());
      }
    }
    if (forget) {
      store.delete(mark);
    }
    known.remove(tenant);
    unreadable.remove(tenant);
  }

  @Override
  public String key(TenantId tenant, String blockId, String file) {
    return BlockKeys.file(tenant, blockId, file);
  }

  /// A file of a block for random reads through the page cache.
  ///
  /// @throws FoursightException `NOT_FOUND` when the meta names no such file
  public RangedReader open(TenantId tenant, BlockMeta meta, String file) {
    long size =
        meta.files().stream()
            .filter(f -> f.name().equals(file))
            .findFirst()
            .orElseThrow(() ->
                new FoursightException(
                    ErrorKind.NOT_FOUND, "block " + meta.id() + " has no file " + file))
            .sizeBytes();
    return new CachedRangedReader(store, key(tenant, meta.id(), file), size, pages);
  }

  /// Downloads every file of a block into a directory.
  public void download(TenantId tenant, BlockMeta meta, Path directory) {
    for (BlockMeta.File file : meta.files()) {
      BlockDownload.file(
          store, key(tenant, meta.id(), file.name()), file.sizeBytes(), directory, file.name());
    }
  }
}
