package io.foursight.storage.profiles.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.object.RangedReader;
import io.foursight.storage.object.RangedReader.Range;

/// Reads and decodes all of a block and compares what is told twice. Owned by one thread.
final class BlockCheck {
  private final ProfilesBlockReader block;
  private final RangedReader file;
  private final RunReader runs = new RunReader();

  BlockCheck(ProfilesBlockReader block) {
    this.block = block;
    this.file = block.file();
  }

  void run() {
    for (int p = 0; p < block.index().partitions().size(); p++) {
      block.symbolsOf(p);
    }
    for (ChunkMeta chunk : block.index().chunks()) {
      chunk(chunk);
    }
    for (int p = 0; p < block.index().partitions().size(); p++) {
      var row = new ProfileRow();
      PartitionScan scan = block.scan(p);
      while (scan.next(row)) {
        row.count();
      }
    }
  }

  private byte[] read(Range range) {
    return file.read(range.offset(), range.length());
  }

  private void chunk(ChunkMeta chunk) {
    int maxStack = block.index().partitions().get(chunk.partition()).stacks() - 1;
    ChunkHead head = block.head(chunk);
    long total = 0;
    for (int r = 0; r < head.runs(); r++) {
      long own = 0;
      for (int p = head.profileStarts[r]; p < head.profileStarts[r + 1]; p++) {
        own += head.totals[p];
      }
      total += own;
      if (head.hasSums(r)) {
        Range range = head.sumsRange(r);
        check(read(range), range.offset(), maxStack, own);
      }
      if (head.samples(r) > 0) {
        var sum = new long[1];
        runs.samples(
            head,
            r,
            read(head.samplesRange(r)),
            maxStack,
            (s, v, first, n) -> {
              for (int i = 0; i < n; i++) {
                sum[0] += v[i];
              }
            });
        compare(sum[0], own, head.samplesRange(r).offset());
      }
    }
    if (chunk.sumBytes() > 0) {
      var range = new Range(chunk.sumsOffset(), chunk.sumBytes());
      check(read(range), range.offset(), maxStack, total);
    }
  }

  private void check(byte[] sums, long offset, int maxStack, long expected) {
    var sum = new long[1];
    runs.sums(
        sums,
        offset,
        maxStack,
        (stacks, values, first, count) -> {
          for (int i = 0; i < count; i++) {
            sum[0] += values[i];
          }
        });
    compare(sum[0], expected, offset);
  }

  private static void compare(long sum, long expected, long offset) {
    if (sum != expected) {
      throw FoursightException.corrupt(
          ProfilesBlockFormat.PROFILES
              + ": values at offset "
              + offset
              + " add up to "
              + sum
              + ", not to "
              + expected);
    }
  }
}
