package io.foursight.storage.profiles.block.v1;

import io.foursight.model.profiles.SampleFilter;
import io.foursight.storage.encoding.ByteReader;
import java.util.BitSet;

/// Decodes samples of runs. Holds scratch space: owned by one thread.
final class RunReader {
  private final StackSums.Decoder decoder = new StackSums.Decoder();
  private final LongColumn columns = new LongColumn();

  LongColumn columns() {
    return columns;
  }

  /// All samples of a run, [LongCodec#MAX_COUNT] at a time.
  ///
  /// @param bytes the run's part, whole
  void samples(ChunkHead head, int run, byte[] bytes, int maxStack, StackSums.Pairs each) {
    int count = head.samples(run);
    if (count == 0) {
      return;
    }
    String file = ProfilesBlockFormat.PROFILES;
    long offset = head.samplesRange(run).offset();
    ByteReader in = ByteReader.checked(bytes, 0, bytes.length, file, offset);
    decoder.pairs(in, count, maxStack, file, offset, each);
  }

  /// Stored sums of a run or a chunk.
  void sums(byte[] bytes, long offset, int maxStack, StackSums.Pairs each) {
    decoder.sums(bytes, 0, bytes.length, offset, maxStack, each);
  }

  ChunkHead.Spans spans(ChunkHead head, int run, byte[] bytes) {
    return ChunkHead.Spans.read(bytes, head.spansRange(run).offset(), head.samples(run), columns);
  }

  /// Samples of a run whose profiles are selected.
  ///
  /// @param selected profiles of the chunk
  static BitSet samplesOf(ChunkHead head, int run, BitSet selected) {
    var samples = new BitSet(head.samples(run));
    int at = 0;
    for (int p = head.profileStarts[run]; p < head.profileStarts[run + 1]; p++) {
      if (selected.get(p)) {
        samples.set(at, at + head.counts[p]);
      }
      at += head.counts[p];
    }
    return samples;
  }

  /// Takes samples away whose spans do not pass.
  static void filter(BitSet samples, ChunkHead.Spans spans, SampleFilter filter) {
    var passes = new boolean[spans.ids().length];
    for (int n = 0; n < passes.length; n++) {
      passes[n] = filter.passesIds(spans.ids()[n], spans.traceHighs()[n], spans.traceLows()[n]);
    }
    for (int s = samples.nextSetBit(0); s >= 0; s = samples.nextSetBit(s + 1)) {
      if (!passes[spans.numbers()[s]]) {
        samples.clear(s);
      }
    }
  }
}
