package io.foursight.storage.profiles.block.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.object.RangedReader;
import io.foursight.storage.object.RangedReaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files as others see them: a store that counts, a disk that lies, a later release.
class ProfilesBlockTest {
  private static final String ID = "00000000000000000000000001";
  private static final long HOUR = ProfilesBlockFormat.INTERVAL_NANOS;
  private static final long T0 = 400_000 * HOUR;
  private static final int STACKS = 40;
  private static final int HOURS = 3;
  private static final int PODS = 3;
  private static final int PROFILES = 20;

  @TempDir Path directory;

  /// Two partitions, three hours, three pods, twenty profiles each, of which pod 0 has spans.
  private static BlockMeta write(Path folder) {
    var random = new Random(11);
    try (var writer = new ProfilesBlockWriter(folder, ID)) {
      var row = new ProfileRow();
      for (String service : List.of("cart", "shop")) {
        for (int hour = 0; hour < HOURS; hour++) {
          for (int pod = 0; pod < PODS; pod++) {
            for (int p = 0; p < PROFILES; p++) {
              long time = T0 + hour * HOUR + p * (HOUR / PROFILES);
              row.begin(labels(service, pod), time, 15, 10, 1, 1000L * pod + 100 * hour + p);
              for (int s = 0; s < 15; s++) {
                long span = pod == 0 && s % 5 == 0 ? 7 + s : 0;
                row.add(random.nextInt(STACKS), 10L * random.nextInt(50), span, 0, span);
              }
              writer.add(row);
            }
          }
        }
        writer.endPartition(service, "build", symbols(service));
      }
      return writer.finish(1, List.of(ID), List.of(), 5);
    }
  }

  private static Labels labels(String service, int pod) {
    return Labels.of(
        ProfileType.LABEL,
        "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "pod",
        "p" + pod,
        "service_name",
        service);
  }

  private static ProfileSymbols symbols(String service) {
    var symbols = new ProfileSymbols();
    for (int s = 0; s < STACKS; s++) {
      int function = symbols.addFunction(symbols.addString(service + "." + s), 0, 0, s);
      int location = symbols.addLocation(-1, s);
      symbols.addLine(function, s);
      symbols.addStack(s / 2 - 1, location);
    }
    return symbols;
  }

  /// Counts reads and their bytes.
  private record Counted(RangedReader reader, List<Long> reads) implements RangedReader {
    @Override
    public long size() {
      return reader.size();
    }

    @Override
    public byte[] read(long offset, int length) {
      reads.add((long) length);
      return reader.read(offset, length);
    }

    @Override
    public List<byte[]> readAll(List<Range> ranges) {
      if (!ranges.isEmpty()) {
        reads.add(ranges.stream().mapToLong(Range::length).sum());
      }
      return ranges.stream().map(r -> reader.read(r.offset(), r.length())).toList();
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private ProfilesBlockReader open(BlockMeta meta, List<Long> reads) {
    return ProfilesBlockReader.open(
        meta, name -> new Counted(new FileRangedReader(directory.resolve(name)), reads));
  }

  private static ProfilesSelect select(long start, long end, LabelMatcher... matchers) {
    return new ProfilesSelect(
        new TenantId("t"), start, end, List.of(matchers), QueryBudget.unlimited());
  }

  private static MergedStacks merge(ProfilesBlockReader reader, ProfilesSelect select) {
    try (var merge = new ProfilesMerge(select, Optional.empty(), 1)) {
      merge.plan(reader);
      merge.read(reader);
      return merge.result();
    }
  }

  /// What a long range costs must not grow with the samples in it.
  @Test
  void aMergeOfWholeHours_readsSums_twoReadsCold() {
    BlockMeta meta = write(directory);
    long stored = meta.sizeBytes();
    var reads = new ArrayList<Long>();
    try (var reader = open(meta, reads)) {
      assertThat(reads).as("the index").hasSize(1);
      reads.clear();
      ProfilesSelect cart =
          select(T0, T0 + HOURS * HOUR, LabelMatcher.equal("service_name", "cart"));
      long total = merge(reader, cart).total();
      assertThat(reads).as("sums of all hours, then symbols; no heads").hasSize(2);
      assertThat(reads.stream().mapToLong(Long::longValue).sum()).isLessThan(stored / 5);
      assertThat(cart.budget().totalSamples()).isZero();
      reads.clear();
      // The same by samples: the range cuts every hour's last nanosecond off.
      long again = 0;
      for (int hour = 0; hour < HOURS; hour++) {
        ProfilesSelect cut =
            select(
                T0 + hour * HOUR,
                T0 + (hour + 1) * HOUR - HOUR / PROFILES,
                LabelMatcher.equal("service_name", "cart"));
        again += merge(reader, cut).total();
        ProfilesSelect last =
            select(
                T0 + (hour + 1) * HOUR - HOUR / PROFILES,
                T0 + (hour + 1) * HOUR,
                LabelMatcher.equal("service_name", "cart"));
        again += merge(reader, last).total();
        assertThat(last.budget().totalSamples()).isPositive();
      }
      assertThat(again).isEqualTo(total);
      assertThat(reads).as("heads, samples, nothing for symbols").hasSize(HOURS * 2 * 2);
    }
  }

  @Test
  void seriesOverTime_readNoSamples() {
    BlockMeta meta = write(directory);
    var reads = new ArrayList<Long>();
    try (var reader = open(meta, reads);
        var union = new ProfileRowsUnion(false, QueryBudget.unlimited())) {
      reads.clear();
      reader.rows(select(T0, T0 + HOURS * HOUR), false, union);
      assertThat(reads).as("heads and ids of all chunks").hasSize(1);
      var rows = new ArrayList<Integer>();
      union.forEach(all -> rows.add(all.rows()));
      assertThat(rows).containsExactly(60, 60, 60, 60, 60, 60);
      reads.clear();
      assertThat(reader.series(select(T0, T0 + 1))).hasSize(6);
      assertThat(reader.stats(select(T0, T0 + HOURS * HOUR)).profiles()).isEqualTo(360);
      assertThat(reads).as("answered by the index").isEmpty();
    }
  }

  @Test
  void aFlippedBit_isCorruptWhereverItIs() throws IOException {
    BlockMeta meta = write(directory);
    var random = new Random(9);
    for (BlockMeta.File file : meta.files()) {
      byte[] whole = Files.readAllBytes(directory.resolve(file.name()));
      for (int i = 0; i < 60; i++) {
        byte[] damaged = whole.clone();
        int at = random.nextInt(damaged.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        assertThatThrownBy(() -> verify(meta, file.name(), damaged))
            .as("%s with a flipped bit in byte %d", file.name(), at)
            .isInstanceOfSatisfying(
                FoursightException.class,
                e -> assertThat(e.kind()).isIn(ErrorKind.CORRUPT, ErrorKind.UNIMPLEMENTED));
      }
      byte[] half = Arrays.copyOf(whole, whole.length / 2);
      assertThatThrownBy(() -> verify(meta, file.name(), half))
          .isInstanceOf(FoursightException.class);
    }
  }

  @Test
  void otherVersions_areNotCalledCorrupt() throws IOException {
    BlockMeta meta = write(directory);
    byte[] index = Files.readAllBytes(directory.resolve(ProfilesBlockFormat.INDEX));
    for (byte version : new byte[] {0, 9}) {
      index[index.length - 12] = version;
      assertThatThrownBy(() -> verify(meta, ProfilesBlockFormat.INDEX, index))
          .hasMessageContaining(version == 9 ? "version 9 is too new" : "version 0 is too old")
          .isInstanceOfSatisfying(
              FoursightException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNIMPLEMENTED));
    }
  }

  private void verify(BlockMeta meta, String name, byte[] bytes) {
    try (var reader =
        ProfilesBlockReader.open(
            meta,
            file ->
                file.equals(name)
                    ? RangedReaders.of(file, bytes)
                    : new FileRangedReader(directory.resolve(file)))) {
      reader.verify();
    }
  }

  /// Blocks of this version must be read for ever. The files were written by [#write] when the
  /// format was made; `-Dupdate.golden=true` writes them again.
  @Test
  void goldenFiles_areRead() throws IOException {
    BlockMeta meta = write(directory);
    Path golden = Path.of("src/test/resources/io/foursight/storage/profiles/block/v1/golden-v1");
    if (Boolean.getBoolean("update.golden")) {
      for (BlockMeta.File file : meta.files()) {
        Files.createDirectories(golden);
        Files.write(
            golden.resolve(file.name()), Files.readAllBytes(directory.resolve(file.name())));
      }
    }
    try (var reader =
        ProfilesBlockReader.open(meta, name -> new FileRangedReader(golden.resolve(name)))) {
      reader.verify();
      assertThat(reader.partitions()).hasSize(2);
      assertThat(merge(reader, select(T0, T0 + HOURS * HOUR)).total()).isEqualTo(1314740);
    }
  }

  /// The example of the package comment.
  @Test
  void theWorkedExample_isTrue() {
    var sums = new StackSums();
    sums.add(1, 3);
    sums.add(2, 7);
    var out = new ByteWriter();
    sums.write(out);
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo("0204020202000a06040200fc71c7c5");
  }
}
