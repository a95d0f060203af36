package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.object.ObjectStore.ObjectInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every object store promises.
abstract class ObjectStoreContract {
  @TempDir Path files;

  private ObjectStore store;

  /// An empty store.
  abstract ObjectStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void absentKey_isEmptyEverywhere() {
    assertThat(store.get("a/b")).isEmpty();
    assertThat(store.get("a/b", 0, 5)).isEmpty();
    assertThat(store.get("a/b", 0, 0)).isEmpty();
    assertThat(store.head("a/b")).isEmpty();
    assertThat(store.list("a")).isEmpty();
    assertThat(store.listFolder("a/").objects()).isEmpty();
    store.delete("a/b");
  }

  @Test
  void putObject_comesBackAndCanBeReplaced() {
    store.put("t/x.json", bytes("one"));
    assertThat(store.get("t/x.json")).contains(bytes("one"));
    store.put("t/x.json", bytes("second"));
    assertThat(store.get("t/x.json")).contains(bytes("second"));
    ObjectInfo info = store.head("t/x.json").orElseThrow();
    assertThat(info.key()).isEqualTo("t/x.json");
    assertThat(info.sizeBytes()).isEqualTo(6);
    assertThat(info.modifiedMillis()).isGreaterThan(0);
  }

  @Test
  void emptyObject_isAnObject() {
    store.put("empty", new byte[0]);
    assertThat(store.get("empty")).contains(new byte[0]);
    assertThat(store.get("empty", 0, 10)).contains(new byte[0]);
    assertThat(store.head("empty")).map(ObjectInfo::sizeBytes).contains(0L);
  }

  @Test
  void ranges_areCutAtTheEnd() {
    store.put("r", bytes("0123456789"));
    assertThat(store.get("r", 0, 3)).contains(bytes("012"));
    assertThat(store.get("r", 7, 3)).contains(bytes("789"));
    assertThat(store.get("r", 7, 100)).contains(bytes("789"));
    assertThat(store.get("r", 10, 1)).contains(new byte[0]);
    assertThat(store.get("r", 5_000_000_000L, 1)).contains(new byte[0]);
    assertThat(store.get("r", 2, 0)).contains(new byte[0]);
  }

  @Test
  void putFile_uploadsLargeFilesWhole() throws IOException {
    byte[] large = new byte[(35 << 20) + 7];
    new Random(5).nextBytes(large);
    Path file = Files.write(files.resolve("large"), large);
    store.put("t/large", file);
    assertThat(store.head("t/large")).map(ObjectInfo::sizeBytes).contains((long) large.length);
    assertThat(store.get("t/large").orElseThrow()).isEqualTo(large);
    assertThat(store.get("t/large", 32 << 20, 4))
        .contains(java.util.Arrays.copyOfRange(large, 32 << 20, (32 << 20) + 4));
  }

  @Test
  void putIfAbsent_createsOnce() {
    assertThat(store.putIfAbsent("once", bytes("first"))).isTrue();
    assertThat(store.putIfAbsent("once", bytes("second"))).isFalse();
    assertThat(store.get("once")).contains(bytes("first"));
    store.delete("once");
    assertThat(store.putIfAbsent("once", bytes("third"))).isTrue();
  }

  /// The only thing that mutual exclusion between processes rests on.
  @Test
  void racingPutIfAbsent_hasOneWinner() throws Exception {
    for (int round = 0; round < 5; round++) {
      String key = "race/" + round;
      int racers = 8;
      var start = new CountDownLatch(1);
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < racers; i++) {
          String mine = "racer " + i;
          Callable<Boolean> racer =
              () -> {
                start.await();
                boolean won = store.putIfAbsent(key, bytes(mine));
                return won
                    && store
                        .get(key)
                        .map(b -> new String(b, StandardCharsets.UTF_8))
                        .orElse("")
                        .equals(mine);
              };
          results.add(pool.submit(racer));
        }
        start.countDown();
        int winners = 0;
        for (Future<Boolean> result : results) {
          winners += result.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
    }
  }

  @Test
  void list_isSortedAndMatchesPartsOfNames() {
    for (String key : List.of("b/2", "a/1", "a/10", "a/2/x", "ab", "a!/z")) {
      store.put(key, bytes(key));
    }
    assertThat(store.list(""))
        .extracting(ObjectInfo::key)
        .containsExactly("a!/z", "a/1", "a/10", "a/2/x", "ab", "b/2");
    assertThat(store.list("a/"))
        .extracting(ObjectInfo::key)
        .containsExactly("a/1", "a/10", "a/2/x");
    assertThat(store.list("a/1")).extracting(ObjectInfo::key).containsExactly("a/1", "a/10");
    assertThat(store.list("a/2/x")).extracting(ObjectInfo::sizeBytes).containsExactly(5L);
    assertThat(store.list("c")).isEmpty();
  }

  @Test
  void listFolder_showsOneLevel() {
    for (String key : List.of("t/1/meta.json", "t/1/index", "t/2/meta.json", "t/list", "u/1/x")) {
      store.put(key, bytes(key));
    }
    assertThat(store.listFolder("").folders()).containsExactly("t/", "u/");
    assertThat(store.listFolder("t/").folders()).containsExactly("t/1/", "t/2/");
    assertThat(store.listFolder("t/").objects())
        .extracting(ObjectInfo::key)
        .containsExactly("t/list");
    store.delete("t/2/meta.json");
    assertThat(store.listFolder("t/").folders()).containsExactly("t/1/");
  }

  /// S3 lists a thousand at a time.
  @Test
  void list_pagesThroughMoreThanAThousand() {
    try (var pool = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 1050; i++) {
        String key = String.format("many/%04d", i);
        pool.submit(() -> store.put(key, new byte[0]));
      }
    }
    assertThat(store.list("many/")).hasSize(1050).extracting(ObjectInfo::key).isSorted();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a!-_.*'()b/c d", "x/ä€/=+&%20@:,;"})
  void strangeNames_work(String key) {
    store.put(key, bytes("v"));
    assertThat(store.get(key)).contains(bytes("v"));
    assertThat(store.list("")).extracting(ObjectInfo::key).containsExactly(key);
    store.delete(key);
    assertThat(store.list("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a//b", "a/", "../a", "a/../b", "./a", "a\nb", "a\u0000"})
  void badKeys_areRefusedByName(String key) {
    assertThatThrownBy(() -> store.put(key, new byte[0]))
        .isInstanceOf(FoursightException.class)
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.BAD_DATA);
    assertThatThrownBy(() -> store.get(key)).isInstanceOf(FoursightException.class);
    assertThatThrownBy(() -> store.delete(key)).isInstanceOf(FoursightException.class);
  }

  @Test
  void readersDuringReplacement_seeOldOrNewNeverAPart() throws Exception {
    byte[] a = new byte[300_000];
    byte[] b = new byte[200_000];
    java.util.Arrays.fill(a, (byte) 'a');
    java.util.Arrays.fill(b, (byte) 'b');
    store.put("swap", a);
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writer =
          pool.submit(() -> {
            for (int i = 0; i < 20; i++) {
              store.put("swap", i % 2 == 0 ? b : a);
            }
          });
      while (!writer.isDone()) {
        byte[] seen = store.get("swap").orElseThrow();
        assertThat(seen).isEqualTo(seen.length == a.length ? a : b);
      }
      writer.get();
    }
  }
}
