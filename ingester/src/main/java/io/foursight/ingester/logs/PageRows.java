package io.foursight.ingester.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Picks rows of a head's page and puts them in the order of a [LogsPage]: streams together, each
/// ascending by time, equal times in order of arrival. Reusable; owned by one thread.
final class PageRows {
  private int[] picked = new int[256];
  private int[] scratch = new int[256];
  private int count;

  /// Keeps the rows of a page that the selection wants.
  ///
  /// @param streams numbers of matching streams
  /// @return bytes of the rows looked at
  long pick(HeadPage.View page, BitSet streams, LogsSelect select) {
    count = 0;
    long bytes = 0;
    boolean filtered = !select.lineFilters().isEmpty();
    boolean whole = page.minTime() >= select.startNanos() && page.maxTime() < select.endNanos();
    if (picked.length < page.rows()) {
      picked = new int[page.rows()];
    }
    for (int row = 0; row < page.rows(); row++) {
      long time = page.times()[row];
      if ((!whole && (time < select.startNanos() || time >= select.endNanos()))
          || !streams.get(page.streams()[row])) {
        continue;
      }
      bytes += page.sizes()[row];
      if (!filtered || select.passes(page.lines(), page.lineStarts()[row], page.lineLength(row))) {
        picked[count++] = row;
      }
    }
    return bytes;
  }

  int count() {
    return count;
  }

  /// The picked rows.
  LogsPage page(HeadPage.View page, List<Labels> streams, LogsSelect.Columns wanted) {
    sort(page, streams.size());
    int n = count;
    var times = new long[n];
    var streamOf = new int[n];
    var starts = new int[n];
    var lengths = new int[n];
    var labels = new ArrayList<Labels>();
    int current = -1;
    for (int i = 0; i < n; i++) {
      int row = picked[i];
      int stream = page.streams()[row];
      if (stream != current) {
        current = stream;
        labels.add(streams.get(stream));
      }
      times[i] = page.times()[row];
      streamOf[i] = labels.size() - 1;
      starts[i] = page.lineStarts()[row];
      lengths[i] = page.lineLength(row);
    }
    var columns = new ArrayList<LogsPage.MetadataColumn>();
    for (HeadColumn.View column : page.columns()) {
      if (wanted.reads(column.name())) {
        var codes = new int[n];
        boolean any = false;
        for (int i = 0; i < n; i++) {
          codes[i] = column.code(picked[i]);
          any |= codes[i] >= 0;
        }
        if (any) {
          columns.add(
              new LogsPage.MetadataColumn(column.name(), codes, column.values(), column.starts()));
        }
      }
    }
    return new LogsPage(n, times, labels, streamOf, page.lines(), starts, lengths, columns);
  }

  /// A column as it is, for rows `0..rows-1`.
  static LogsPage.MetadataColumn column(HeadColumn.View column, int rows) {
    var codes = new int[rows];
    for (int i = 0; i < rows; i++) {
      codes[i] = column.code(i);
    }
    return new LogsPage.MetadataColumn(column.name(), codes, column.values(), column.starts());
  }

  /// By stream with a counting sort, which keeps the order of arrival; then, where that is not the
  /// order of time, each stream by time.
  private void sort(HeadPage.View page, int streamCount) {
    if (scratch.length < picked.length) {
      scratch = new int[picked.length];
    }
    boolean sorted = true;
    for (int i = 1; i < count && sorted; i++) {
      sorted = follows(page, picked[i - 1], picked[i]);
    }
    if (sorted) {
      return;
    }
    int lowest = Integer.MAX_VALUE;
    int highest = 0;
    for (int i = 0; i < count; i++) {
      int stream = page.streams()[picked[i]];
      lowest = Math.min(lowest, stream);
      highest = Math.max(highest, stream);
    }
    var ends = new int[Math.min(streamCount, highest - lowest + 1) + 1];
    for (int i = 0; i < count; i++) {
      ends[page.streams()[picked[i]] - lowest + 1]++;
    }
    for (int s = 1; s < ends.length; s++) {
      ends[s] += ends[s - 1];
    }
    int[] next = Arrays.copyOf(ends, ends.length);
    for (int i = 0; i < count; i++) {
      scratch[next[page.streams()[picked[i]] - lowest]++] = picked[i];
    }
    int[] spare = picked;
    picked = scratch;
    scratch = spare;
    for (int s = 0; s + 1 < ends.length; s++) {
      byTime(page.times(), ends[s], ends[s + 1]);
    }
  }

  private static boolean follows(HeadPage.View page, int a, int b) {
    int x = page.streams()[a];
    int y = page.streams()[b];
    return x < y || (x == y && page.times()[a] <= page.times()[b]);
  }

  /// A stable merge sort of `picked[from..to)`; nothing to do for what is in order.
  private void byTime(long[] times, int from, int to) {
    boolean ordered = true;
    for (int i = from + 1; i < to && ordered; i++) {
      ordered = times[picked[i - 1]] <= times[picked[i]];
    }
    if (ordered) {
      return;
    }
    int middle = from + to >>> 1;
    byTime(times, from, middle);
    byTime(times, middle, to);
    System.arraycopy(picked, from, scratch, from, middle - from);
    int left = from;
    int right = middle;
    for (int at = from; left < middle; at++) {
      picked[at] =
          right < to && times[picked[right]] < times[scratch[left]]
              ? picked[right++]
              : scratch[left++];
    }
  }
}
