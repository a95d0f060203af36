package io.foursight.storage.logs.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.StreamVolume;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/// Answers from the summaries of row groups alone. A slice that lies partly in a range or bucket
/// counts by its share of time.
final class BlockStatistics {
  private final LogsIndex index;
  private final LogsSelect select;
  private final StreamFilter streams;

  BlockStatistics(LogsIndex index, LogsSelect select) {
    this.index = index;
    this.select = select;
    streams = new StreamFilter(select, index.streams());
  }

  List<Labels> series() {
    var found = new BitSet();
    for (GroupSummary group : index.groups()) {
      for (GroupSummary.Run run : group.runs()) {
        if (streams.takes(run) && hasSlice(run)) {
          found.set(run.stream());
        }
      }
    }
    var series = new ArrayList<Labels>(found.cardinality());
    found.stream().forEach(s -> series.add(index.streams().get(s)));
    series.sort(Comparator.naturalOrder());
    return series;
  }

  private boolean hasSlice(GroupSummary.Run run) {
    for (GroupSummary.Slice slice : run.slices()) {
      if (slice.minTime() < select.endNanos() && slice.maxTime() >= select.startNanos()) {
        return true;
      }
    }
    return false;
  }

  LogsStats stats() {
    var seen = new BitSet();
    long chunks = 0;
    double bytes = 0;
    double entries = 0;
    for (GroupSummary group : index.groups()) {
      for (GroupSummary.Run run : group.runs()) {
        if (!streams.takes(run) || !hasSlice(run)) {
          continue;
        }
        seen.set(run.stream());
        chunks++;
        for (GroupSummary.Slice slice : run.slices()) {
          double share = share(slice, select.startNanos(), select.endNanos());
          bytes += slice.bytes() * share;
          entries += slice.rows() * share;
        }
      }
    }
    return new LogsStats(seen.cardinality(), chunks, Math.round(bytes), Math.round(entries));
  }

  /// The part of a slice's time, both ends included, that lies in `[from, to)`.
  private static double share(GroupSummary.Slice slice, long from, long to) {
    if (slice.minTime() >= from && slice.maxTime() < to) {
      return 1;
    }
    double start = Math.max(slice.minTime(), from);
    double end = Math.min(slice.maxTime() + 1.0, to);
    double length = (double) slice.maxTime() - slice.minTime() + 1;
    return end <= start ? 0 : Math.min(1, (end - start) / length);
  }

  List<StreamVolume> volumes(long stepNanos) {
    long length = select.endNanos() - select.startNanos();
    if (length <= 0) {
      return List.of();
    }
    int buckets = stepNanos <= 0 ? 1 : Math.toIntExact((length + stepNanos - 1) / stepNanos);
    long step = stepNanos <= 0 ? length : stepNanos;
    var sums = new TreeMap<Labels, double[][]>();
    for (GroupSummary group : index.groups()) {
      for (GroupSummary.Run run : group.runs()) {
        if (streams.takes(run) && hasSlice(run)) {
          double[][] sum =
              sums.computeIfAbsent(
                  index.streams().get(run.stream()), labels -> new double[2][buckets]);
          run.slices().forEach(slice -> add(slice, step, sum));
        }
      }
    }
    var volumes = new ArrayList<StreamVolume>();
    sums.forEach((labels, sum) -> {
      var volume = new StreamVolume(labels, rounded(sum[0]), rounded(sum[1]));
      for (long b : volume.bytes()) {
        if (b > 0) {
          volumes.add(volume);
          break;
        }
      }
    });
    return volumes;
  }

  private void add(GroupSummary.Slice slice, long step, double[][] sum) {
    int buckets = sum[0].length;
    long first = Math.max(0, Math.floorDiv(slice.minTime() - select.startNanos(), step));
    long last = Math.min(buckets - 1, Math.floorDiv(slice.maxTime() - select.startNanos(), step));
    for (long b = first; b <= last; b++) {
      long from = select.startNanos() + b * step;
      long to = b == buckets - 1 ? select.endNanos() : from + step;
      double share = share(slice, from, to);
      sum[0][(int) b] += slice.bytes() * share;
      sum[1][(int) b] += slice.rows() * share;
    }
  }

  private static long[] rounded(double[] sums) {
    var out = new long[sums.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.round(sums[i]);
    }
    return out;
  }
}
