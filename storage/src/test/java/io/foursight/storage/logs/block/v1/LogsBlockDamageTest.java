package io.foursight.storage.logs.block.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.logs.block.v1.LogsBlockFixture.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsBlockDamageTest {
  @TempDir Path directory;

  private static List<Entry> sorted(List<Entry> entries) {
    var sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparing(Entry::labels, LogsBlockFormat.STREAM_ORDER)
            .thenComparing(Entry::time));
    return sorted;
  }

  /// A wrong answer is worse than none: whichever byte flips, reading gives the truth or CORRUPT.
  @Test
  void everyFlippedByte_isDetectedOrHarmless() throws IOException {
    var entries = sorted(new RandomLogs(11).make(3, 50));
    var block = LogsBlockFixture.write(directory, entries);
    int refused = 0;
    int flips = 0;
    for (BlockMeta.File file : block.meta.files()) {
      byte[] good = block.files.get(file.name());
      for (int at = 0; at < good.length; at++) {
        byte[] bad = good.clone();
        bad[at] ^= (byte) (1 << at % 8);
        block.files.put(file.name(), bad);
        flips++;
        String as = "file " + file.name() + " byte " + at;
        try (var reader = block.open()) {
          reader.verify();
          assertThat(LogsBlockFixture.drain(reader.scan())).as(as).isEqualTo(entries);
        } catch (FoursightException e) {
          refused++;
          assertThat(e.kind()).as(as).isIn(ErrorKind.CORRUPT, ErrorKind.UNIMPLEMENTED);
        }
      }
      block.files.put(file.name(), good);
    }
    assertThat(refused).isEqualTo(flips);
  }

  @Test
  void truncatedFiles_areCorrupt() throws IOException {
    var block = LogsBlockFixture.write(directory, new RandomLogs(1).make(3, 200));
    for (BlockMeta.File file : block.meta.files()) {
      byte[] good = block.files.get(file.name());
      block.files.put(file.name(), Arrays.copyOf(good, good.length - 9));
      assertThatThrownBy(
              () -> {
                try (var reader = block.open()) {
                  reader.verify();
                }
              })
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
          .hasMessageContaining(file.name());
      block.files.put(file.name(), good);
    }
  }

  @Test
  void otherVersions_areNotCalledDamaged() throws IOException {
    var block = LogsBlockFixture.write(directory, new RandomLogs(1).make(1, 20));
    byte[] index = block.files.get("index");
    index[index.length - 12] = 2;
    assertThatThrownBy(block::open)
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNIMPLEMENTED))
        .hasMessageContaining("too new");
  }

  /// Blocks written by the first release stay readable: the files under `golden-v1` were made from
  /// `RandomLogs(42).make(4, 400)` on the day the format was fixed.
  @Test
  void goldenBlock_isStillRead() throws IOException {
    var entries = sorted(new RandomLogs(42).make(4, 400));
    var golden = LogsBlockFixture.write(directory, entries);
    var files = new ArrayList<BlockMeta.File>();
    for (BlockMeta.File file : golden.meta.files()) {
      byte[] bytes = resource("golden-v1/" + file.name());
      golden.files.put(file.name(), bytes);
      files.add(new BlockMeta.File(file.name(), bytes.length));
    }
    BlockMeta m = golden.meta;
    golden.meta =
        new BlockMeta(
            m.version(),
            m.id(),
            m.format(),
            m.minTimeMillis(),
            m.maxTimeMillis(),
            m.level(),
            m.sources(),
            m.parents(),
            files,
            m.stats(),
            m.createdMillis());
    try (var reader = golden.open()) {
      assertThat(LogsBlockFixture.drain(reader.scan())).isEqualTo(entries);
      assertThat(
              LogsBlockFixture.drain(
                  reader.select(LogsBlockTest.all(Tests.contains("0af7651916cd43dd")))))
          .hasSize(
              (int) entries.stream().filter(e -> e.line().contains("0af7651916cd43dd")).count());
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = LogsBlockDamageTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }
}
