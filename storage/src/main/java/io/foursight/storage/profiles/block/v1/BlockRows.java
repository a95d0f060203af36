package io.foursight.storage.profiles.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.profiles.CallSite;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.storage.object.RangedReader.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// The profiles of a block, or their spans, as rows. Samples are read only where spans or call
/// sites are asked for. Owned by one thread.
final class BlockRows {
  /// Chunks whose heads are read at once.
  private static final int CHUNKS = 64;

  private final ProfilesBlockReader block;
  private final ProfilesSelect select;
  private final SampleFilter filter;
  private final boolean bySpan;
  private final ProfileRowsUnion into;
  private final BitSet matching;
  private final RunReader runs = new RunReader();
  private int callSitesOf = -1;
  private BitSet callSites = new BitSet();

  BlockRows(
      ProfilesBlockReader block, ProfilesSelect select, boolean bySpan, ProfileRowsUnion into) {
    this.block = block;
    this.select = select;
    this.filter = select.samples();
    this.bySpan = bySpan;
    this.into = into;
    this.matching = block.matching(select);
  }

  void run() {
    List<ChunkMeta> chunks = block.chunks(select, matching);
    for (int from = 0; from < chunks.size(); from += CHUNKS) {
      select.budget().check();
      List<ChunkMeta> some = chunks.subList(from, Math.min(chunks.size(), from + CHUNKS));
      var ranges = new ArrayList<Range>();
      for (ChunkMeta chunk : some) {
        ranges.add(new Range(chunk.offset(), chunk.headBytes()));
        ranges.add(new Range(chunk.idsOffset(), chunk.idBytes()));
      }
      List<byte[]> parts = block.file().readAll(ranges);
      for (int i = 0; i < some.size(); i++) {
        var head = new ChunkHead(some.get(i), parts.get(2 * i), runs.columns());
        chunk(head, ChunkHead.Ids.read(some.get(i), parts.get(2 * i + 1)));
      }
    }
  }

  private void chunk(ChunkHead head, ChunkHead.Ids ids) {
    BitSet selected = ChunkRows.selected(head, Optional.of(ids), select, matching);
    if (selected.isEmpty()) {
      return;
    }
    if (!bySpan && filter.isAll()) {
      for (int r = 0; r < head.runs(); r++) {
        Optional<ProfileRowsUnion.Rows> rows = Optional.empty();
        int end = head.profileStarts[r + 1];
        for (int p = selected.nextSetBit(head.profileStarts[r]);
            p >= 0 && p < end;
            p = selected.nextSetBit(p + 1)) {
          if (rows.isEmpty()) {
            rows = Optional.of(into.of(labels(head, r)));
          }
          rows.get().add(head.times[p], head.totals[p], ids.highs()[p], ids.lows()[p], 0, 0, 0);
        }
      }
      return;
    }
    samples(head, ids, selected);
  }

  private Labels labels(ChunkHead head, int run) {
    return block.index().series().get(head.series[run]);
  }

  private void samples(ChunkHead head, ChunkHead.Ids ids, BitSet selected) {
    boolean needsSpans = bySpan || !filter.spanIds().isEmpty() || !filter.traceIds().isEmpty();
    boolean takesWithout = !bySpan && filter.passesIds(0, 0, 0);
    if (!filter.callSite().isEmpty() && callSitesOf != head.meta().partition()) {
      callSitesOf = head.meta().partition();
      callSites = CallSite.stacks(block.symbols(callSitesOf), filter.callSite());
    }
    var wanted = new ArrayList<Integer>();
    var ranges = new ArrayList<Range>();
    for (int r = 0; r < head.runs(); r++) {
      int first = selected.nextSetBit(head.profileStarts[r]);
      if (first < 0
          || first >= head.profileStarts[r + 1]
          || needsSpans && !head.hasSpans(r) && !takesWithout
          || head.samples(r) == 0) {
        continue;
      }
      wanted.add(r);
      ranges.add(head.samplesRange(r));
      if (needsSpans && head.hasSpans(r)) {
        ranges.add(head.spansRange(r));
      }
    }
    var parts = block.file().readAll(ranges).iterator();
    for (int r : wanted) {
      select.budget().check();
      byte[] samples = parts.next();
      Optional<ChunkHead.Spans> spans =
          needsSpans && head.hasSpans(r)
              ? Optional.of(runs.spans(head, r, parts.next()))
              : Optional.empty();
      run(head, r, ids, selected, samples, spans);
    }
  }

  private void run(
      ChunkHead head,
      int run,
      ChunkHead.Ids ids,
      BitSet selected,
      byte[] bytes,
      Optional<ChunkHead.Spans> spans) {
    BitSet samples = RunReader.samplesOf(head, run, selected);
    spans.ifPresent(own -> RunReader.filter(samples, own, filter));
    var values = new long[head.samples(run)];
    int maxStack = block.index().partitions().get(head.meta().partition()).stacks() - 1;
    runs.samples(
        head,
        run,
        bytes,
        maxStack,
        (stacks, some, first, count) -> {
          System.arraycopy(some, 0, values, first, count);
          if (!filter.callSite().isEmpty()) {
            for (int i = 0; i < count; i++) {
              if (!callSites.get((int) stacks[i])) {
                samples.clear(first + i);
              }
            }
          }
        });
    select.budget().countSamples(values.length);
    ProfileRowsUnion.Rows rows = into.of(labels(head, run));
    int at = 0;
    for (int p = head.profileStarts[run]; p < head.profileStarts[run + 1]; p++) {
      int end = at + head.counts[p];
      int first = samples.nextSetBit(at);
      if (first >= 0 && first < end) {
        if (bySpan) {
          spans(head, p, ids, samples, values, at, end, spans.orElseThrow(), rows);
        } else {
          long sum = 0;
          for (int s = first; s >= 0 && s < end; s = samples.nextSetBit(s + 1)) {
            sum += values[s];
          }
          rows.add(head.times[p], sum, ids.highs()[p], ids.lows()[p], 0, 0, 0);
        }
      }
      at = end;
    }
  }

  /// Sums of one profile by span.
  private static void spans(
      ChunkHead head,
      int profile,
      ChunkHead.Ids ids,
      BitSet samples,
      long[] values,
      int from,
      int to,
      ChunkHead.Spans spans,
      ProfileRowsUnion.Rows rows) {
    // By number of the span, equal ones together.
    var order = new long[to - from];
    int count = 0;
    for (int s = samples.nextSetBit(from); s >= 0 && s < to; s = samples.nextSetBit(s + 1)) {
      int number = spans.numbers()[s];
      if (spans.ids()[number] != 0) {
        order[count++] = (long) number << 32 | s;
      }
    }
    Arrays.sort(order, 0, count);
    for (int i = 0; i < count; ) {
      int number = (int) (order[i] >>> 32);
      long sum = 0;
      for (; i < count && (int) (order[i] >>> 32) == number; i++) {
        sum += values[(int) order[i]];
      }
      rows.add(
          head.times[profile],
          sum,
          ids.highs()[profile],
          ids.lows()[profile],
          spans.ids()[number],
          spans.traceHighs()[number],
          spans.traceLows()[number]);
    }
  }
}
