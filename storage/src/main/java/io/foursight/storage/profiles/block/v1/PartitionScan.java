package io.foursight.storage.profiles.block.v1;

import io.foursight.model.Labels;
import java.util.List;
import java.util.Optional;

/// The profiles of one partition in the order in which they lie, with their samples. Holds the head
/// of one chunk and the samples of one run. Owned by one thread.
public final class PartitionScan {
  private final ProfilesBlockReader block;
  private final List<ChunkMeta> chunks;
  private final int maxStack;
  private final RunReader runs = new RunReader();
  private int nextChunk;
  private Optional<ChunkHead> head = Optional.empty();
  private ChunkHead.Ids ids = new ChunkHead.Ids(new long[0], new long[0]);
  private int run;
  private int profile;
  private int sample;
  private long[] stacks = {};
  private long[] values = {};
  private Optional<ChunkHead.Spans> spans = Optional.empty();

  PartitionScan(ProfilesBlockReader block, int partition) {
    this.block = block;
    this.chunks = block.index().chunks().stream().filter(c -> c.partition() == partition).toList();
    this.maxStack = block.index().partitions().get(partition).stacks() - 1;
  }

  /// Reads the next profile.
  ///
  /// @return false at the end
  public boolean next(ProfileRow into) {
    while (head.isEmpty() || profile == head.get().profileStarts[run + 1]) {
      if (!nextRun()) {
        return false;
      }
    }
    ChunkHead h = head.get();
    Labels labels = block.index().series().get(h.series[run]);
    into.begin(
        labels,
        h.times[profile],
        h.durations[profile],
        h.periods[profile],
        ids.highs()[profile],
        ids.lows()[profile]);
    for (int end = sample + h.counts[profile]; sample < end; sample++) {
      int span = spans.isPresent() ? spans.get().numbers()[sample] : 0;
      into.add(
          (int) stacks[sample],
          values[sample],
          span == 0 ? 0 : spans.get().ids()[span],
          span == 0 ? 0 : spans.get().traceHighs()[span],
          span == 0 ? 0 : spans.get().traceLows()[span]);
    }
    profile++;
    return true;
  }

  private boolean nextRun() {
    if (head.isPresent() && run + 1 < head.get().runs()) {
      run++;
    } else {
      if (nextChunk == chunks.size()) {
        return false;
      }
      ChunkMeta chunk = chunks.get(nextChunk++);
      head = Optional.of(block.head(chunk));
      ids = ChunkHead.Ids.read(chunk, block.file().read(chunk.idsOffset(), chunk.idBytes()));
      run = 0;
    }
    ChunkHead h = head.orElseThrow();
    profile = h.profileStarts[run];
    sample = 0;
    int count = h.samples(run);
    if (stacks.length < count) {
      stacks = new long[count];
      values = new long[count];
    }
    if (count > 0) {
      byte[] bytes = block.file().read(h.samplesRange(run).offset(), h.samplesRange(run).length());
      runs.samples(
          h,
          run,
          bytes,
          maxStack,
          (someStacks, someValues, first, n) -> {
            System.arraycopy(someStacks, 0, stacks, first, n);
            System.arraycopy(someValues, 0, values, first, n);
          });
    }
    spans =
        h.hasSpans(run)
            ? Optional.of(
                runs.spans(
                    h,
                    run,
                    block.file().read(h.spansRange(run).offset(), h.spansRange(run).length())))
            : Optional.empty();
    return true;
  }
}
