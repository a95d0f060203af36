package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemObjectStoreTest extends ObjectStoreContract {
  @TempDir Path root;

  @Override
  ObjectStore open() {
    return new FilesystemObjectStore(root.resolve("objects"));
  }

  @Test
  void temporaryFiles_areNeitherListedNorLeft() throws IOException {
    try (var store = open()) {
      store.put("a/b", new byte[10]);
      store.putIfAbsent("a/b", new byte[3]);
      store.putIfAbsent("a/c", new byte[3]);
      assertThat(store.list("")).hasSize(2);
      assertThat(store.listFolder("").folders()).containsExactly("a/");
    }
    try (var files = Files.list(root.resolve("objects/.tmp"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void strayTemporaryFiles_areRemovedWhenOld() throws IOException {
    Path temporary = Files.createDirectories(root.resolve("objects/.tmp"));
    Path old = Files.write(temporary.resolve("old"), new byte[1]);
    Path recent = Files.write(temporary.resolve("recent"), new byte[1]);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    open().close();
    assertThat(old).doesNotExist();
    assertThat(recent).exists();
  }

  @Test
  void keyThatWouldBeFolderAndObject_isRefused() {
    try (var store = open()) {
      store.put("a/b", new byte[1]);
      assertThatThrownBy(() -> store.put("a", new byte[1])).hasMessageContaining("at once");
      assertThatThrownBy(() -> store.put("a/b/c", new byte[1])).hasMessageContaining("at once");
      assertThat(store.get("a")).isEmpty();
      assertThat(store.get("a/b/c")).isEmpty();
      assertThat(store.head("a/b/c")).isEmpty();
      store.delete("a/b/c");
      store.delete("a");
      assertThat(store.get("a/b")).isPresent();
    }
  }
}
