package io.foursight.storage.profiles.block.v1;

import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.storage.object.RangedReader.Range;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One thread's share of the adding up of a partition: takes chunks from the queue until there are
/// none, reads what they need in two steps (sums of chunks and heads; then parts of runs) and adds
/// it to an array by stack.
final class MergeLane implements Runnable {
  private final ProfilesBlockReader block;
  private final ProfilesSelect select;
  private final SampleFilter filter;
  private final boolean bySpans;
  private final BitSet matching;
  private final Map<ChunkMeta, BitSet> copies;
  private final ChunkQueue work;
  private final long[] sums;
  private final RunReader runs = new RunReader();

  /// @param copies profiles that do not count, by chunk
  /// @param sums where to add, by stack
  MergeLane(
      ProfilesBlockReader block,
      ProfilesSelect select,
      BitSet matching,
      Map<ChunkMeta, BitSet> copies,
      ChunkQueue work,
      long[] sums) {
    this.block = block;
    this.select = select;
    this.filter = select.samples();
    this.bySpans = !filter.spanIds().isEmpty() || !filter.traceIds().isEmpty();
    this.matching = matching;
    this.copies = copies;
    this.work = work;
    this.sums = sums;
  }

  /// Lets all lanes of the queue end early.
  void giveUp() {
    work.close();
  }

  @Override
  public void run() {
    for (List<ChunkMeta> batch = work.next(); !batch.isEmpty(); batch = work.next()) {
      select.budget().check();
      batch(batch);
    }
  }

  private void batch(List<ChunkMeta> batch) {
    var ranges = new ArrayList<Range>();
    for (ChunkMeta chunk : batch) {
      if (isWhole(chunk)) {
        ranges.add(new Range(chunk.sumsOffset(), chunk.sumBytes()));
      } else {
        ranges.add(new Range(chunk.offset(), chunk.headBytes()));
        if (!select.ids().isEmpty()) {
          ranges.add(new Range(chunk.idsOffset(), chunk.idBytes()));
        }
      }
    }
    Iterator<byte[]> parts = block.file().readAll(ranges).iterator();
    var jobs = new ArrayList<Job>();
    for (ChunkMeta chunk : batch) {
      if (isWhole(chunk)) {
        runs.sums(parts.next(), chunk.sumsOffset(), sums.length - 1, this::add);
      } else {
        var head = new ChunkHead(chunk, parts.next(), runs.columns());
        Optional<ChunkHead.Ids> ids =
            select.ids().isEmpty()
                ? Optional.empty()
                : Optional.of(ChunkHead.Ids.read(chunk, parts.next()));
        jobs(head, ids, jobs);
      }
    }
    ranges.clear();
    jobs.forEach(job -> job.ranges(ranges));
    parts = block.file().readAll(ranges).iterator();
    for (Job job : jobs) {
      job.run(parts);
    }
  }

  private boolean isWhole(ChunkMeta chunk) {
    return chunk.sumBytes() > 0
        && !bySpans
        && select.ids().isEmpty()
        && !copies.containsKey(chunk)
        && ProfilesBlockReader.isInside(chunk, select)
        && ProfilesBlockReader.isCovered(chunk, matching);
  }

  private void add(long[] stacks, long[] values, int first, int count) {
    long[] into = sums;
    for (int i = 0; i < count; i++) {
      into[(int) stacks[i]] += values[i];
    }
  }

  private void jobs(ChunkHead head, Optional<ChunkHead.Ids> ids, List<Job> jobs) {
    BitSet selected = ChunkRows.selected(head, ids, select, matching);
    BitSet own = copies.get(head.meta());
    if (own != null) {
      selected.andNot(own);
    }
    for (int r = 0; r < head.runs(); r++) {
      int from = head.profileStarts[r];
      int to = head.profileStarts[r + 1];
      int first = selected.nextSetBit(from);
      if (first < 0
          || first >= to
          || head.samples(r) == 0
          || bySpans && !head.hasSpans(r) && !filter.passesIds(0, 0, 0)) {
        continue;
      }
      boolean whole = selected.nextClearBit(from) >= to;
      jobs.add(new Job(head, r, selected, whole));
    }
  }

  /// What a run adds.
  private final class Job {
    private final ChunkHead head;
    private final int run;
    private final BitSet selected;
    private final boolean whole;
    private final boolean takesSpans;

    Job(ChunkHead head, int run, BitSet selected, boolean whole) {
      this.head = head;
      this.run = run;
      this.selected = selected;
      this.whole = whole;
      this.takesSpans = bySpans && head.hasSpans(run);
    }

    private boolean takesSums() {
      return whole && !takesSpans && head.hasSums(run);
    }

    void ranges(List<Range> into) {
      into.add(takesSums() ? head.sumsRange(run) : head.samplesRange(run));
      if (takesSpans) {
        into.add(head.spansRange(run));
      }
    }

    void run(Iterator<byte[]> parts) {
      byte[] bytes = parts.next();
      int maxStack = sums.length - 1;
      if (takesSums()) {
        runs.sums(bytes, head.sumsRange(run).offset(), maxStack, MergeLane.this::add);
        return;
      }
      select.budget().countSamples(head.samples(run));
      if (whole && !takesSpans) {
        runs.samples(head, run, bytes, maxStack, MergeLane.this::add);
        return;
      }
      BitSet samples = RunReader.samplesOf(head, run, selected);
      if (takesSpans) {
        RunReader.filter(samples, runs.spans(head, run, parts.next()), filter);
      }
      runs.samples(
          head,
          run,
          bytes,
          maxStack,
          (stacks, values, first, count) -> {
            int end = first + count;
            for (int s = samples.nextSetBit(first);
                s >= 0 && s < end;
                s = samples.nextSetBit(s + 1)) {
              sums[(int) stacks[s - first]] += values[s - first];
            }
          });
    }
  }
}
