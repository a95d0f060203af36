package io.foursight.storage.metrics.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A block kept in memory, with counted reads and bytes that can be damaged.
final class BlockFixture {
  static final String ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ";

  final Map<String, byte[]> files = new HashMap<>();
  final AtomicInteger reads = new AtomicInteger();
  BlockMeta meta;

  static BlockFixture write(
      Path directory,
      Map<Labels, SampleColumns> series,
      Map<Labels, List<Exemplar>> exemplars,
      List<MetricMetadata> metadata)
      throws IOException {
    var ordered = new TreeMap<Labels, SampleColumns>(MetricsBlockFormat.SERIES_ORDER);
    ordered.putAll(series);
    exemplars.keySet().forEach(labels -> ordered.putIfAbsent(labels, new SampleColumns()));
    var fixture = new BlockFixture();
    try (var writer = new MetricsBlockWriter(directory, ID)) {
      ordered.forEach((labels, samples) -> {
        if (!samples.isEmpty()) {
          writer.add(labels, samples);
        }
        if (exemplars.containsKey(labels)) {
          writer.addExemplars(labels, exemplars.get(labels));
        }
      });
      metadata.forEach(writer::addMetadata);
      fixture.meta = writer.finish(1, List.of(ID), List.of(), 7);
    }
    for (BlockMeta.File file : fixture.meta.files()) {
      fixture.files.put(file.name(), Files.readAllBytes(directory.resolve(file.name())));
    }
    return fixture;
  }

  Function<String, RangedReader> source() {
    return name -> {
      byte[] bytes = files.get(name);
      return new RangedReader() {
        @Override
        public long size() {
          return bytes.length;
        }

        @Override
        public byte[] read(long offset, int length) {
          reads.incrementAndGet();
          if (offset + length > bytes.length) {
            throw FoursightException.corrupt(name + ": range " + offset + "+" + length);
          }
          return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
        }
      };
    };
  }

  MetricsBlockReader open() {
    return MetricsBlockReader.open(meta, source());
  }

  static List<Path> filesOf(Path directory) {
    try (var list = Files.list(directory)) {
      return list.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
