package io.foursight.storage.profiles.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The content of the file `index`: everything that a reader keeps. One [Section]:
///
/// ```
/// | string count varint | texts |
/// | series count varint | per series: label count, labels: name, value, as numbers of texts |
/// | partition count varint | per partition: service text, build text, stacks, offset, length, memory |
/// | chunk count varint | per chunk: see ChunkMeta |
/// ```
record ProfilesIndex(List<Labels> series, List<PartitionMeta> partitions, List<ChunkMeta> chunks) {
  ProfilesIndex {
    series = List.copyOf(series);
    partitions = List.copyOf(partitions);
    chunks = List.copyOf(chunks);
  }

  ByteWriter write() {
    var out = new ByteWriter(1 << 12);
    Map<String, Integer> numbers = new HashMap<>();
    var texts = new ByteWriter();
    var pairs = new ByteWriter();
    for (Labels labels : series) {
      pairs.varint(labels.size());
      labels.forEach((name, value) -> {
        pairs.varint(number(name, numbers, texts));
        pairs.varint(number(value, numbers, texts));
      });
    }
    out.varint(numbers.size());
    out.bytes(texts);
    out.varint(series.size());
    out.bytes(pairs);
    out.varint(partitions.size());
    for (PartitionMeta p : partitions) {
      out.text(p.service());
      out.text(p.buildId());
      out.varint(p.stacks());
      out.varint(p.offset());
      out.varint(p.symbolBytes());
      out.varint(p.memoryBytes());
    }
    out.varint(chunks.size());
    chunks.forEach(chunk -> chunk.write(out));
    return Section.pack(out);
  }

  private static int number(String text, Map<String, Integer> numbers, ByteWriter texts) {
    Integer known = numbers.putIfAbsent(text, numbers.size());
    if (known == null) {
      texts.text(text);
      return numbers.size() - 1;
    }
    return known;
  }

  /// @param index the whole file
  static ProfilesIndex read(byte[] index) {
    int from = ProfilesBlockFormat.readFooter(index);
    String file = ProfilesBlockFormat.INDEX;
    ProfilesBlockFormat.checkHeader(new ByteReader(index, 0, from, file, 0), file);
    int end = index.length - ProfilesBlockFormat.FOOTER_BYTES;
    ByteReader in = Section.unpack(index, from, end, file, from);
    var texts = new String[in.varint(in.remaining())];
    for (int t = 0; t < texts.length; t++) {
      texts[t] = in.text();
    }
    int seriesCount = in.varint(in.remaining());
    var series = new ArrayList<Labels>(seriesCount);
    for (int s = 0; s < seriesCount; s++) {
      var pairs = new String[2 * in.varint(in.remaining())];
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = texts[in.varint(texts.length - 1)];
      }
      series.add(Labels.ofSorted(pairs));
    }
    int partitionCount = in.varint(in.remaining());
    var partitions = new ArrayList<PartitionMeta>(partitionCount);
    int max = Integer.MAX_VALUE;
    for (int p = 0; p < partitionCount; p++) {
      partitions.add(
          new PartitionMeta(
              in.text(), in.text(), in.varint(max), in.varint(), in.varint(max), in.varint()));
    }
    int chunkCount = in.varint(in.remaining());
    var chunks = new ArrayList<ChunkMeta>(chunkCount);
    for (int c = 0; c < chunkCount; c++) {
      chunks.add(ChunkMeta.read(in, partitionCount, seriesCount));
    }
    if (in.remaining() > 0) {
      throw in.corrupt(in.remaining() + " bytes are left after the chunks");
    }
    return new ProfilesIndex(series, partitions, chunks);
  }

  /// Memory held, about.
  long memoryBytes() {
    long bytes = 0;
    for (Labels labels : series) {
      bytes += 64 + 16L * labels.size();
    }
    return bytes + 100L * partitions.size() + chunks.size() * (130L + series.size() / 8);
  }
}
