package io.foursight.compactor.profiles;

import io.foursight.compactor.BlockMerger;
import io.foursight.compactor.MergeInputs;
import io.foursight.model.Labels;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.profiles.block.v1.ProfilesBlockFormat;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader.Partition;
import io.foursight.storage.profiles.block.v1.ProfilesBlockWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// Merges blocks of profiles, partition by partition: symbols of the same service and build become
/// one table, profiles come in the order of the format, and a profile that several blocks have
/// (same series, time and id: copies of replicas) is written once. Sums are made anew.
///
/// Memory does not grow with the blocks: of each input the head of one chunk and one run of
/// samples, one chunk of the output, and symbols of [ProfilesBlockFormat#PARTITION_SYMBOL_BYTES] at
/// a time. Where those of one service and build are more, several partitions come of them, each of
/// some of the inputs' whole ones.
public final class ProfilesMerger implements BlockMerger {
  private record Key(String service, String buildId) {}

  private static final Comparator<Key> ORDER =
      Comparator.comparing(Key::service, Labels::compareText)
          .thenComparing(Key::buildId, Labels::compareText);

  private record Part(ProfilesBlockReader block, Partition partition) {}

  private final long maxSymbolBytes;

  public ProfilesMerger() {
    this(ProfilesBlockFormat.PARTITION_SYMBOL_BYTES);
  }

  /// @param maxSymbolBytes symbols merged at a time
  ProfilesMerger(long maxSymbolBytes) {
    this.maxSymbolBytes = maxSymbolBytes;
  }

  @Override
  public BlockMeta merge(List<Input> inputs, Output output, BooleanSupplier cancelled) {
    try (var open = new MergeInputs();
        var writer = new ProfilesBlockWriter(output.directory(), output.blockId())) {
      var parts = new TreeMap<Key, List<Part>>(ORDER);
      for (Input input : inputs) {
        ProfilesBlockReader block =
            open.opened(ProfilesBlockReader.open(input.meta(), open.files(input)));
        for (Partition p : block.partitions()) {
          parts
              .computeIfAbsent(new Key(p.service(), p.buildId()), key -> new ArrayList<>())
              .add(new Part(block, p));
        }
      }
      parts.forEach((key, all) -> {
        for (List<Part> some : portions(all)) {
          var merge = new PartitionMerge(writer, cancelled);
          some.forEach(part -> merge.add(part.block, part.partition.number()));
          merge.run();
          writer.endPartition(key.service, key.buildId, merge.symbols());
        }
      });
      return writer.finish(
          output.level(), output.sources(), output.parents(), output.createdMillis());
    }
  }

  /// Partitions whose symbols may be merged together.
  private List<List<Part>> portions(List<Part> all) {
    var portions = new ArrayList<List<Part>>();
    var portion = new ArrayList<Part>();
    long bytes = 0;
    for (Part part : all) {
      long own = part.partition.memoryBytes();
      if (bytes + own > maxSymbolBytes && !portion.isEmpty()) {
        portions.add(List.copyOf(portion));
        portion.clear();
        bytes = 0;
      }
      portion.add(part);
      bytes += own;
    }
    portions.add(List.copyOf(portion));
    return portions;
  }
}
