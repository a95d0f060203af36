package io.foursight.ingester.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The streams of a segment, and what is needed to find an entry that is there already.
///
/// An entry newer than all of its stream cannot be a repetition: that is the way of nearly all of
/// them. One as old as the newest is compared with the few rows of that time. Anything else (a
/// retried request, a late sender) makes a set of the stream's hashes, which is kept up from then
/// on. Used under the segment's lock.
final class SegmentStreams {
  private static final int MAX_WALK = 16;

  private final Map<Labels, Integer> numbers = new HashMap<>();
  private final StreamPostings postings = new StreamPostings();
  private Labels[] labels = new Labels[16];
  private long[] newest = new long[16];
  private int[] last = new int[16];
  private LongSet[] known = new LongSet[16];
  private final EntryHash hash;
  private final List<HeadPage> pages;
  private long setBytes;
  private long labelBytes;

  SegmentStreams(EntryHash hash, List<HeadPage> pages) {
    this.hash = hash;
    this.pages = pages;
  }

  int size() {
    return numbers.size();
  }

  boolean has(Labels stream) {
    return numbers.containsKey(stream);
  }

  int number(Labels stream) {
    Integer there = numbers.get(stream);
    if (there != null) {
      return there;
    }
    int number = numbers.size();
    if (number == labels.length) {
      labels = Arrays.copyOf(labels, 2 * number);
      newest = Arrays.copyOf(newest, 2 * number);
      last = Arrays.copyOf(last, 2 * number);
      known = Arrays.copyOf(known, 2 * number);
    }
    labels[number] = stream;
    newest[number] = Long.MIN_VALUE;
    last[number] = -1;
    numbers.put(stream, number);
    postings.add(stream, number);
    labelBytes += 150 + 130L * stream.size();
    return number;
  }

  /// The streams as they are now; the array may be longer and is never changed below that number.
  List<Labels> list() {
    return Arrays.asList(labels).subList(0, numbers.size());
  }

  /// What may satisfy the matchers.
  StreamPostings.Candidates candidates(List<LabelMatcher> matchers) {
    return postings.candidates(matchers, list());
  }

  int last(int stream) {
    return last[stream];
  }

  void added(int stream, long time, int row) {
    last[stream] = row;
    newest[stream] = Math.max(newest[stream], time);
  }

  /// Whether the entry is there already; remembers it where that is needed.
  boolean isRepeated(LogsBatch batch, int entry, int stream) {
    long time = batch.timestamps()[entry];
    LongSet set = known[stream];
    if (set == null) {
      if (time > newest[stream] || last[stream] < 0) {
        return false;
      }
      if (time == newest[stream]) {
        int answer = amongNewest(batch, entry, stream);
        if (answer >= 0) {
          return answer > 0;
        }
      }
      set = index(stream);
      known[stream] = set;
    }
    long before = set.allocatedBytes();
    boolean fresh = set.add(hash.of(batch, entry));
    setBytes += set.allocatedBytes() - before;
    return !fresh;
  }

  /// @return 1 when there, 0 when not, -1 when there are too many to look through
  private int amongNewest(LogsBatch batch, int entry, int stream) {
    long time = newest[stream];
    int row = last[stream];
    long wanted = 0;
    boolean hashed = false;
    int pageNumber = -1;
    HeadPage.View page = null;
    for (int i = 0; i < MAX_WALK; i++) {
      if (row >>> HeadPage.ROW_BITS != pageNumber) {
        pageNumber = row >>> HeadPage.ROW_BITS;
        page = pages.get(pageNumber).view();
      }
      int at = row & HeadPage.MAX_ROWS - 1;
      if (page.times()[at] != time) {
        return 0;
      }
      if (page.lineLength(at) == batch.lineLength(entry)) {
        if (!hashed) {
          wanted = hash.of(batch, entry);
          hashed = true;
        }
        if (hash.of(page, at) == wanted) {
          return 1;
        }
      }
      row = page.previous()[at];
      if (row < 0) {
        return 0;
      }
    }
    return -1;
  }

  private LongSet index(int stream) {
    var set = new LongSet();
    int row = last[stream];
    int pageNumber = -1;
    HeadPage.View page = null;
    while (row >= 0) {
      if (row >>> HeadPage.ROW_BITS != pageNumber) {
        pageNumber = row >>> HeadPage.ROW_BITS;
        page = pages.get(pageNumber).view();
      }
      int at = row & HeadPage.MAX_ROWS - 1;
      set.add(hash.of(page, at));
      row = page.previous()[at];
    }
    setBytes += set.allocatedBytes();
    return set;
  }

  long allocatedBytes() {
    return setBytes + labelBytes;
  }
}
