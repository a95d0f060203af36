package io.foursight.compactor.logs;

import io.foursight.compactor.BlockMerger;
import io.foursight.compactor.MergeInputs;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.logs.block.v1.LogsBlockFormat;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storage.logs.block.v1.LogsBlockWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/// Merges blocks of logs in their own order of streams: entries by time, equal times in the order
/// of the inputs, each entry once; without those that have to go.
public final class LogsMerger implements BlockMerger {
  /// Keeps or drops entries of one input.
  private interface Keep {
    Keep ALL =
        new Keep() {
          @Override
          public void page(LogsPage page) {}

          @Override
          public boolean stays(int row) {
            return true;
          }
        };

    void page(LogsPage page);

    boolean stays(int row);
  }

  /// An input that stands on an entry.
  private static final class Scan {
    final LogsCursor cursor;
    final int order;
    final Keep keep;
    LogsPage page;
    int row = -1;

    Scan(LogsCursor cursor, int order, Keep keep) {
      this.cursor = cursor;
      this.order = order;
      this.keep = keep;
    }

    boolean next() {
      while (true) {
        row++;
        while (page == null || row == page.rows()) {
          if (!cursor.next()) {
            return false;
          }
          page = cursor.page();
          keep.page(page);
          row = 0;
        }
        if (keep.stays(row)) {
          return true;
        }
      }
    }

    Labels labels() {
      return page.labels(row);
    }

    long time() {
      return page.timestamps()[row];
    }
  }

  private static final Comparator<Scan> ORDER =
      Comparator.comparing(Scan::labels, LogsBlockFormat.STREAM_ORDER)
          .thenComparingInt(scan -> scan.order);

  private final LogsRewrites rewrites;

  LogsMerger(LogsRewrites rewrites) {
    this.rewrites = rewrites;
  }

  @Override
  public BlockMeta merge(List<Input> inputs, Output output, BooleanSupplier cancelled) {
    return merge(inputs, output, cancelled, () -> Keep.ALL);
  }

  @Override
  public BlockMeta merge(
      TenantId tenant, List<Input> inputs, Output output, BooleanSupplier cancelled) {
    // Requests that come from here on are not in the statistics and will be done later.
    var statistics = rewrites.statistics(tenant, Map.of());
    BlockMeta written = merge(inputs, output, cancelled, () -> keep(rewrites.start(tenant)));
    var all = new HashMap<>(written.stats());
    all.putAll(statistics);
    return new BlockMeta(
        written.version(),
        written.id(),
        written.format(),
        written.minTimeMillis(),
        written.maxTimeMillis(),
        written.level(),
        written.sources(),
        written.parents(),
        written.files(),
        all,
        written.createdMillis());
  }

  private static Keep keep(LogsRewrites.Check check) {
    return new Keep() {
      @Override
      public void page(LogsPage page) {
        check.page(page);
      }

      @Override
      public boolean stays(int row) {
        return check.stays(row);
      }
    };
  }

  private interface Keeps {
    Keep start();
  }

  private static BlockMeta merge(
      List<Input> inputs, Output output, BooleanSupplier cancelled, Keeps keeps) {
    try (var open = new MergeInputs();
        var writer = new LogsBlockWriter(output.directory(), output.blockId())) {
      var queue = new PriorityQueue<>(ORDER);
      for (int i = 0; i < inputs.size(); i++) {
        Input input = inputs.get(i);
        LogsBlockReader reader = open.opened(LogsBlockReader.open(input.meta(), open.files(input)));
        LogsCursor cursor = reader.scan();
        open.opened(cursor);
        var scan = new Scan(cursor, i, keeps.start());
        if (scan.next()) {
          queue.add(scan);
        }
      }
      mergeStreams(queue, new MergedRows(writer), cancelled);
      return writer.finish(
          output.level(), output.sources(), output.parents(), output.createdMillis());
    }
  }

  private static void mergeStreams(
      PriorityQueue<Scan> queue, MergedRows out, BooleanSupplier cancelled) {
    var group = new ArrayList<Scan>();
    while (!queue.isEmpty()) {
      MergeInputs.check(cancelled);
      group.clear();
      Labels labels = queue.peek().labels();
      while (!queue.isEmpty() && queue.peek().labels().equals(labels)) {
        group.add(queue.poll());
      }
      out.begin(labels);
      while (!group.isEmpty()) {
        Scan oldest = oldest(group);
        out.add(oldest.page, oldest.row);
        if (!oldest.next()) {
          group.remove(oldest);
        } else if (oldest.labels() != labels && !oldest.labels().equals(labels)) {
          group.remove(oldest);
          queue.add(oldest);
        }
      }
    }
    out.flush();
  }

  /// The first of those with the smallest time: they are in the order of the inputs.
  private static Scan oldest(List<Scan> group) {
    Scan oldest = group.getFirst();
    for (int i = 1; i < group.size(); i++) {
      if (group.get(i).time() < oldest.time()) {
        oldest = group.get(i);
      }
    }
    return oldest;
  }
}
