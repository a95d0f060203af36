package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRangedReaderTest {
  @TempDir Path dir;

  private FileRangedReader open() throws IOException {
    return new FileRangedReader(
        Files.write(dir.resolve("f"), "0123456789".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void ranges_areExact() throws IOException {
    try (var reader = open()) {
      assertThat(reader.size()).isEqualTo(10);
      assertThat(
              reader.readAll(List.of(new RangedReader.Range(8, 2), new RangedReader.Range(0, 1))))
          .containsExactly("89".getBytes(StandardCharsets.UTF_8), new byte[] {'0'});
      assertThat(reader.read(10, 0)).isEmpty();
    }
  }

  @Test
  void rangeOutside_isCorruptionWithItsPlace() throws IOException {
    try (var reader = open()) {
      assertThatThrownBy(() -> reader.read(9, 2))
          .hasMessageContaining("at 9 of 2 bytes")
          .extracting(e -> ((FoursightException) e).kind())
          .isEqualTo(ErrorKind.CORRUPT);
      assertThatThrownBy(() -> reader.read(-1, 2)).isInstanceOf(FoursightException.class);
      assertThatThrownBy(() -> reader.read(Long.MAX_VALUE, 2))
          .isInstanceOf(FoursightException.class);
    }
  }

  /// A cancelled query must not break the reader for the others.
  @Test
  void interruptOfOneReader_doesNotBreakTheOthers() throws Exception {
    try (var reader = open()) {
      Thread interrupted =
          Thread.startVirtualThread(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> reader.read(0, 5)).isInstanceOf(FoursightException.class);
          });
      interrupted.join();
      assertThat(reader.read(2, 2)).isEqualTo("23".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void closedReader_saysSo() throws IOException {
    var reader = open();
    reader.close();
    reader.close();
    assertThatThrownBy(() -> reader.read(0, 1)).hasMessageContaining("closed");
  }
}
