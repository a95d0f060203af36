package io.foursight.ingester.traces;

import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.traces.block.v1.SpanOrigin;
import io.foursight.storage.traces.block.v1.TracesBlockWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A sealed segment as a block: traces by id, the spans of each by start. Owned by one thread.
final class SegmentBlock {
  private final SegmentView view;
  private final SpanOrigin[] origins;

  SegmentBlock(TracesSegment segment) {
    this.view = segment.view();
    this.origins = new SpanOrigin[view.groupCount()];
  }

  BlockMeta write(Path directory, long createdMillis) {
    int n = view.traceCount();
    var traces = new int[n];
    for (int t = 0; t < n; t++) {
      traces[t] = t;
    }
    RowOrder.byId(view, traces, n);
    var rank = new int[n];
    for (int i = 0; i < n; i++) {
      rank[traces[i]] = i + 1;
    }
    var all = new int[view.rows()];
    for (int r = 0; r < all.length; r++) {
      all[r] = r;
    }
    int[] rows = RowOrder.byTrace(view, rank, n, all, all.length);
    String id = view.blockId();
    try (var writer = new TracesBlockWriter(directory, id)) {
      for (int from = 0; from < rows.length; ) {
        int to = from + 1;
        while (to < rows.length && view.trace(rows[to]) == view.trace(rows[from])) {
          to++;
        }
        byStart(rows, from, to);
        for (int i = from; i < to; i++) {
          add(writer, rows[i]);
        }
        from = to;
      }
      return writer.finish(1, List.of(id), List.of(), createdMillis);
    }
  }

  private void byStart(int[] rows, int from, int to) {
    if (to - from < 32) {
      for (int i = from + 1; i < to; i++) {
        int one = rows[i];
        int at = i;
        for (; at > from && view.start(rows[at - 1]) > view.start(one); at--) {
          rows[at] = rows[at - 1];
        }
        rows[at] = one;
      }
      return;
    }
    Integer[] boxed = new Integer[to - from];
    for (int i = from; i < to; i++) {
      boxed[i - from] = rows[i];
    }
    Arrays.sort(boxed, (a, b) -> Long.compare(view.start(a), view.start(b)));
    for (int i = from; i < to; i++) {
      rows[i] = boxed[i - from];
    }
  }

  private void add(TracesBlockWriter writer, int row) {
    int trace = view.trace(row);
    long place = view.place(row);
    writer.add(
        origin(view.group(row)),
        view.traceHighs()[trace],
        view.traceLows()[trace],
        view.start(row),
        view.chunk(place),
        SegmentBytes.offset(place),
        view.length(row));
  }

  private SpanOrigin origin(int group) {
    SpanOrigin origin = origins[group];
    if (origin == null) {
      Messages.View resources = view.resources();
      Messages.View scopes = view.scopes();
      int resource = view.groupResources()[group];
      int scope = view.groupScopes()[group];
      origin =
          new SpanOrigin(
              message(resources, resource),
              schema(resources, resource),
              message(scopes, scope),
              schema(scopes, scope));
      origins[group] = origin;
    }
    return origin;
  }

  private byte[] message(Messages.View messages, int number) {
    long place = messages.places()[number];
    int at = SegmentBytes.offset(place);
    return Arrays.copyOfRange(view.chunk(place), at, at + messages.messageLengths()[number]);
  }

  private String schema(Messages.View messages, int number) {
    long place = messages.places()[number];
    return new String(
        view.chunk(place),
        SegmentBytes.offset(place) + messages.messageLengths()[number],
        messages.schemaLength(number),
        StandardCharsets.UTF_8);
  }
}
