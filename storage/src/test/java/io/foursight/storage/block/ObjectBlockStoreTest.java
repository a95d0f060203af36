package io.foursight.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.object.FaultyObjectStore;
import io.foursight.storage.object.FaultyObjectStore.Fault;
import io.foursight.storage.object.FaultyObjectStore.Request;
import io.foursight.storage.object.MemoryObjectStore;
import io.foursight.storage.object.RangedReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectBlockStoreTest {
  private static final TenantId TENANT = new TenantId("acme");

  @TempDir Path dir;
  private final FaultyObjectStore objects = new FaultyObjectStore(new MemoryObjectStore());
  private final Ulids ulids = new Ulids(InstantSource.system(), new Random(3));
  private final ObjectBlockStore store = reopen();

  private ObjectBlockStore reopen() {
    return new ObjectBlockStore(
        objects, InstantSource.system(), new PageCache(4 << 20, new SimpleMeterRegistry()));
  }

  private static BlockMeta meta(String id, int level, List<String> sources, List<String> parents) {
    return new BlockMeta(
        BlockMeta.VERSION,
        id,
        "storage.test.v1",
        0,
        1000,
        level,
        sources,
        parents,
        List.of(new BlockMeta.File("data", 5), new BlockMeta.File("index", 3)),
        Map.of("samples", 7L),
        1234);
  }

  private BlockMeta upload(int level, List<String> sources, List<String> parents) {
    String id = ulids.next();
    BlockMeta meta = meta(id, level, sources.isEmpty() ? List.of(id) : sources, parents);
    try {
      Path folder = Files.createDirectories(dir.resolve(id));
      Files.write(folder.resolve("data"), "data!".getBytes(StandardCharsets.UTF_8));
      Files.write(folder.resolve("index"), "idx".getBytes(StandardCharsets.UTF_8));
      store.upload(TENANT, meta, folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return meta;
  }

  private static List<String> ids(List<BlockStore.Entry> entries) {
    return entries.stream().map(e -> e.meta().id()).toList();
  }

  @Test
  void uploadedBlock_isListedWithItsMetaAndFiles() {
    BlockMeta meta = upload(1, List.of(), List.of());
    assertThat(store.tenants()).containsExactly(TENANT);
    assertThat(reopen().blocks(TENANT)).containsExactly(new BlockStore.Entry(meta, 0));
    assertThat(store.meta(TENANT, meta.id())).contains(meta);
    assertThat(objects.get(store.key(TENANT, meta.id(), "index"))).isPresent();
    assertThat(store.blocks(new TenantId("other"))).isEmpty();
  }

  /// A block is visible when its meta.json is, and that is written last.
  @Test
  void uploadKilledAnywhere_showsNoBlock() {
    for (int step = 0; step < 3; step++) {
      objects.forgetRequests();
      int fatal = step;
      objects.script(r -> r.number() == fatal ? Fault.KILLED_BEFORE : Fault.NONE);
      assertThatThrownBy(() -> upload(1, List.of(), List.of()))
          .isInstanceOf(FaultyObjectStore.Killed.class);
      objects.script(r -> Fault.NONE);
      assertThat(reopen().blocks(TENANT)).isEmpty();
    }
    assertThat(reopen().scan(TENANT).partial()).hasSize(2);
  }

  @Test
  void deletionKilledAnywhere_showsTheBlockWholeOrNotAtAll() {
    for (int step = 0; step < 12; step++) {
      BlockMeta meta = upload(1, List.of(), List.of());
      objects.forgetRequests();
      int fatal = step;
      objects.script(r -> r.number() == fatal ? Fault.KILLED_BEFORE : Fault.NONE);
      try {
        store.delete(TENANT, meta.id());
      } catch (FaultyObjectStore.Killed e) {
        assertThat(e).hasMessageContaining("killed");
      }
      objects.script(r -> Fault.NONE);
      for (BlockStore.Entry entry : reopen().blocks(TENANT)) {
        assertThat(objects.list("acme/" + entry.meta().id())).hasSize(3);
      }
      assertThat(store.blocks(TENANT)).isEqualTo(reopen().blocks(TENANT));
      reopen().delete(TENANT, meta.id());
      assertThat(objects.list("acme/" + meta.id())).isEmpty();
      assertThat(store.blocks(TENANT)).isEmpty();
    }
  }

  @Test
  void parentsOfAVisibleBlock_areSuperseded() {
    BlockMeta a = upload(1, List.of(), List.of());
    BlockMeta b = upload(1, List.of(), List.of());
    BlockMeta other = upload(1, List.of(), List.of());
    BlockMeta merged = upload(2, List.of(a.id(), b.id()), List.of(a.id(), b.id()));
    TenantBlocks blocks = store.scan(TENANT);
    assertThat(ids(blocks.visible())).containsExactly(other.id(), merged.id());
    assertThat(ids(blocks.superseded())).containsExactly(a.id(), b.id());
  }

  /// The link is gone with the intermediate block; the sources still tell.
  @Test
  void grandparents_stayHiddenWhenTheParentIsGone() {
    BlockMeta a = upload(1, List.of(), List.of());
    BlockMeta b = upload(1, List.of(), List.of());
    BlockMeta c = upload(1, List.of(), List.of());
    BlockMeta merged = upload(2, List.of(a.id(), b.id()), List.of(a.id(), b.id()));
    BlockMeta top = upload(3, List.of(a.id(), b.id(), c.id()), List.of(merged.id(), c.id()));
    store.delete(TENANT, merged.id());
    assertThat(ids(reopen().blocks(TENANT))).containsExactly(top.id());
  }

  @Test
  void sameMergeDoneTwice_showsOne() {
    BlockMeta a = upload(1, List.of(), List.of());
    BlockMeta b = upload(1, List.of(), List.of());
    upload(2, List.of(a.id(), b.id()), List.of(a.id(), b.id()));
    BlockMeta second = upload(2, List.of(a.id(), b.id()), List.of(a.id(), b.id()));
    assertThat(ids(store.blocks(TENANT))).containsExactly(second.id());
  }

  @Test
  void mark_isSeenAndIdempotent() {
    BlockMeta meta = upload(1, List.of(), List.of());
    store.markForDeletion(TENANT, meta.id(), "test");
    long marked = store.blocks(TENANT).getFirst().deletionMarkedMillis();
    store.markForDeletion(TENANT, meta.id(), "again");
    assertThat(marked).isGreaterThan(0);
    assertThat(store.blocks(TENANT).getFirst().deletionMarkedMillis()).isEqualTo(marked);
    assertThat(store.scan(TENANT).marked()).containsExactly(meta.id());
  }

  /// What a gateway pays: two listings when it knows the blocks, one object more when it starts.
  @Test
  void requestsOfALook_areFew() {
    for (int i = 0; i < 20; i++) {
      upload(1, List.of(), List.of());
    }
    store.writeBlockList(TENANT);
    objects.forgetRequests();
    store.blocks(TENANT);
    assertThat(objects.requests()).hasSize(2);

    ObjectBlockStore fresh = reopen();
    objects.forgetRequests();
    assertThat(fresh.blocks(TENANT)).hasSize(20);
    assertThat(objects.requests())
        .extracting(Request::operation)
        .containsExactly("list", "listFolder", "get");
    BlockMeta added = upload(1, List.of(), List.of());
    assertThat(ids(fresh.blocks(TENANT))).hasSize(21).contains(added.id());
  }

  @Test
  void damagedBlockList_isDoneWithout() {
    for (int i = 0; i < 6; i++) {
      upload(1, List.of(), List.of());
    }
    objects.put("acme/block-list.json.gz", new byte[] {1, 2, 3});
    assertThat(reopen().blocks(TENANT)).hasSize(6);
  }

  @Test
  void metaThatIsDamagedOrNewer_isToldByKind() {
    BlockMeta meta = upload(1, List.of(), List.of());
    String key = "acme/" + meta.id() + "/meta.json";
    byte[] good = objects.get(key).orElseThrow();
    String text = new String(good, StandardCharsets.UTF_8);
    for (int i = 0; i < good.length; i += 7) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      objects.put(key, bad);
      try {
        assertThat(reopen().meta(TENANT, meta.id())).as("byte %d", i).contains(meta);
      } catch (FoursightException e) {
        assertThat(e.kind()).isIn(ErrorKind.CORRUPT, ErrorKind.UNIMPLEMENTED);
        assertThat(e).hasMessageContaining(key);
      }
    }
    objects.put(
        key, text.replace("\"version\" : 1", "\"version\" : 2").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> reopen().meta(TENANT, meta.id()))
        .hasMessageContaining("newer program")
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.UNIMPLEMENTED);
    objects.put(key, text.replace("1234", "1235").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> reopen().meta(TENANT, meta.id())).hasMessageContaining("checksum");
  }

  /// One damaged object must not hide a tenant's whole past.
  @Test
  void blockWithADamagedMeta_isLeftOutAlone_countedAndNeverPartial() {
    BlockMeta good = upload(1, List.of(), List.of());
    BlockMeta bad = upload(1, List.of(), List.of());
    String key = "acme/" + bad.id() + "/meta.json";
    byte[] meta = objects.get(key).orElseThrow();
    objects.put(key, "{}".getBytes(StandardCharsets.UTF_8));
    ObjectBlockStore fresh = reopen();
    assertThat(ids(fresh.blocks(TENANT))).containsExactly(good.id());
    assertThat(fresh.scan(TENANT).unreadable()).containsExactly(bad.id());
    assertThat(fresh.scan(TENANT).partial()).isEmpty();
    assertThat(fresh.unreadableBlocks()).isEqualTo(1);
    objects.put(key, meta);
    assertThat(ids(fresh.blocks(TENANT))).containsExactly(good.id(), bad.id());
    assertThat(fresh.unreadableBlocks()).isZero();
  }

  @Test
  void uploadOfAFileWithAnotherSize_isRefusedBeforeAnythingIsThere() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("short"));
    Files.write(folder.resolve("data"), new byte[5]);
    Files.write(folder.resolve("index"), new byte[2]);
    BlockMeta meta = meta(ulids.next(), 1, List.of(), List.of());
    assertThatThrownBy(() -> store.upload(TENANT, meta, folder))
        .hasMessageContaining("2 bytes")
        .hasMessageContaining("says 3");
    assertThat(objects.list("")).isEmpty();
  }

  @Test
  void cachedReader_readsLikeTheObjectAndFetchesPagesOnce() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] content = new byte[3_000_001];
    random.nextBytes(content);
    objects.put("acme/x", content);
    var reader =
        new CachedRangedReader(
            objects, "acme/x", content.length, new PageCache(8 << 20, new SimpleMeterRegistry()));
    for (int round = 0; round < 50; round++) {
      var ranges = new ArrayList<RangedReader.Range>();
      for (int i = 0; i < 4; i++) {
        int length = random.nextInt(random.nextBoolean() ? 100 : 200_000);
        ranges.add(new RangedReader.Range(random.nextInt(content.length - length + 1), length));
      }
      List<byte[]> pieces = reader.readAll(ranges);
      for (int i = 0; i < ranges.size(); i++) {
        int from = (int) ranges.get(i).offset();
        assertThat(pieces.get(i))
            .as("seed %d", seed)
            .isEqualTo(Arrays.copyOfRange(content, from, from + ranges.get(i).length()));
      }
    }
    reader.read(0, content.length);
    objects.forgetRequests();
    reader.read(1_000_000, 500_000);
    assertThat(objects.requests()).isEmpty();
    assertThatThrownBy(() -> reader.read(content.length - 1, 2)).hasMessageContaining("outside");
  }

  /// Neighbours in one request, distant ones apart.
  @Test
  void cachedReader_coalescesSmallGaps() {
    objects.put("acme/x", new byte[10 << 20]);
    var reader =
        new CachedRangedReader(
            objects, "acme/x", 10 << 20, new PageCache(32 << 20, new SimpleMeterRegistry()));
    objects.forgetRequests();
    reader.readAll(
        List.of(
            new RangedReader.Range(10, 10),
            new RangedReader.Range(300_000, 10),
            new RangedReader.Range(9 << 20, 10)));
    assertThat(objects.requests()).hasSize(2);
  }

  @Test
  void truncatedAnswer_isCorruptionAndIsNotCached() {
    objects.put("acme/x", new byte[1000]);
    var reader =
        new CachedRangedReader(
            objects, "acme/x", 1000, new PageCache(1 << 20, new SimpleMeterRegistry()));
    objects.script(r -> Fault.TRUNCATED);
    assertThatThrownBy(() -> reader.read(0, 10)).hasMessageContaining("500 of 1000");
    objects.script(r -> Fault.NONE);
    assertThat(reader.read(0, 10)).hasSize(10);
  }
}
