package io.foursight.compactor.traces;

import io.foursight.compactor.BlockMerger;
import io.foursight.compactor.MergeInputs;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.traces.block.v1.MergingSpanStream;
import io.foursight.storage.traces.block.v1.SpanStream;
import io.foursight.storage.traces.block.v1.TracesBlockReader;
import io.foursight.storage.traces.block.v1.TracesBlockWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Merges blocks of traces in the order of trace ids: the pieces of a trace come together, and a
/// span that several blocks have (same origin, same bytes: copies of replicas and of senders that
/// repeated themselves) is written once. Spans that only share their id all stay.
public final class TracesMerger implements BlockMerger {
  private static final int CHECK_SPANS = 1024;

  @Override
  public BlockMeta merge(List<Input> inputs, Output output, BooleanSupplier cancelled) {
    try (var open = new MergeInputs();
        var writer = new TracesBlockWriter(output.directory(), output.blockId())) {
      var streams = new ArrayList<SpanStream>();
      for (Input input : inputs) {
        TracesBlockReader reader =
            open.opened(TracesBlockReader.open(input.meta(), open.files(input)));
        streams.add(open.opened(reader.scan()));
      }
      var spans = new MergingSpanStream(streams);
      for (long n = 0; spans.next(); n++) {
        if (n % CHECK_SPANS == 0) {
          MergeInputs.check(cancelled);
        }
        writer.add(
            spans.origin(),
            spans.traceHigh(),
            spans.traceLow(),
            spans.startNanos(),
            spans.bytes(),
            spans.offset(),
            spans.length());
      }
      return writer.finish(
          output.level(), output.sources(), output.parents(), output.createdMillis());
    }
  }
}
