package io.foursight.storage.block;

import io.foursight.model.FoursightException;
import io.foursight.storage.object.ObjectRangedReader;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// An object read through a [PageCache]. Pages that are missing are fetched in as few requests as
/// their places allow: runs whose gap is small become one, long ones are split, and several go in
/// parallel. Pieces larger than the cache should hold bypass it.
final class CachedRangedReader implements RangedReader {
  private static final int PAGE = PageCache.PAGE_BYTES;

  /// Reading through a gap of so many bytes is cheaper than another request.
  private static final int GAP = 512 << 10;

  /// Longest single request.
  private static final int REQUEST = 8 << 20;

  /// Larger pieces are bulk reads: they would only push other pages out.
  private static final int BULK = 16 << 20;

  private final ObjectRangedReader object;
  private final PageCache cache;

  CachedRangedReader(ObjectStore store, String key, long size, PageCache cache) {
    this.object = new ObjectRangedReader(store, key, size);
    this.cache = cache;
  }

  @Override
  public String name() {
    return object.name();
  }

  @Override
  public long size() {
    return object.size();
  }

  @Override
  public byte[] read(long offset, int length) {
    return readAll(List.of(new Range(offset, length))).getFirst();
  }

  @Override
  public List<byte[]> readAll(List<Range> ranges) {
    var pages = new TreeMap<Long, byte[]>();
    var missing = new TreeSet<Long>();
    for (Range range : ranges) {
      if (range.offset() < 0 || range.length() < 0 || range.offset() > size() - range.length()) {
        throw FoursightException.corrupt(
            "range at "
                + range.offset()
                + " of "
                + range.length()
                + " bytes lies outside of "
                + name()
                + " with "
                + size()
                + " bytes");
      }
      if (range.length() > 0 && range.length() < BULK) {
        for (long p = range.offset() / PAGE; p <= (range.end() - 1) / PAGE; p++) {
          missing.add(p);
        }
      }
    }
    cache
        .get(name(), missing)
        .forEach((page, bytes) -> {
          if (bytes.length == run(page, page).length()) {
            pages.put(page, bytes);
          }
        });
    missing.removeAll(pages.keySet());
    fetch(runs(missing), pages);
    var pieces = new ArrayList<byte[]>(ranges.size());
    for (Range range : ranges) {
      pieces.add(
          range.length() < BULK
              ? piece(range, pages)
              : object.read(range.offset(), range.length()));
    }
    return pieces;
  }

  private static byte[] piece(Range range, TreeMap<Long, byte[]> pages) {
    byte[] piece = new byte[range.length()];
    int done = 0;
    while (done < piece.length) {
      long at = range.offset() + done;
      byte[] page = pages.get(at / PAGE);
      int from = (int) (at % PAGE);
      int n = Math.min(page.length - from, piece.length - done);
      System.arraycopy(page, from, piece, done, n);
      done += n;
    }
    return piece;
  }

  /// Page runs to request, as byte ranges.
  private List<Range> runs(TreeSet<Long> missing) {
    var runs = new ArrayList<Range>();
    long start = -1;
    long last = -1;
    for (long page : missing) {
      if (start >= 0 && (page - last - 1) * PAGE <= GAP && (page - start + 1) * PAGE <= REQUEST) {
        last = page;
        continue;
      }
      if (start >= 0) {
        runs.add(run(start, last));
      }
      start = page;
      last = page;
    }
    if (start >= 0) {
      runs.add(run(start, last));
    }
    return runs;
  }

  private Range run(long firstPage, long lastPage) {
    long start = firstPage * PAGE;
    return new Range(start, (int) (Math.min(size(), (lastPage + 1) * PAGE) - start));
  }

  private void fetch(List<Range> runs, TreeMap<Long, byte[]> pages) {
    if (runs.size() <= 1) {
      runs.forEach(run -> keep(run, object.read(run.offset(), run.length()), pages));
      return;
    }
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var reads = new ArrayList<Future<byte[]>>();
      for (Range run : runs) {
        reads.add(tasks.submit(() -> object.read(run.offset(), run.length())));
      }
      for (int i = 0; i < runs.size(); i++) {
        keep(runs.get(i), reads.get(i).get(), pages);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FoursightException failure) {
        throw failure;
      }
      throw FoursightException.unavailable("cannot read " + name() + ": " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while reading " + name());
    }
  }

  private void keep(Range run, byte[] bytes, TreeMap<Long, byte[]> pages) {
    for (int at = 0; at < bytes.length; at += PAGE) {
      byte[] page = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PAGE));
      long number = (run.offset() + at) / PAGE;
      pages.put(number, page);
      cache.put(name(), number, page);
    }
  }
}
