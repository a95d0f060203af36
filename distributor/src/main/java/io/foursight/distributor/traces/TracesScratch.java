package io.foursight.distributor.traces;

import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.otlp.OtlpTracesDecoder;
import io.foursight.wire.traces.JaegerDecoder;
import io.foursight.wire.traces.SpanRefusals;
import io.foursight.wire.traces.ZipkinDecoder;
import java.util.concurrent.ArrayBlockingQueue;

/// Everything that one push needs while it is decoded; reused so that a push allocates nothing that
/// lives on. Owned by one thread between `take` and `give`.
final class TracesScratch {
  private static final byte[] NOTHING = {};

  /// Scratches that worked on a larger body are let go: their arrays would stay as large.
  private static final int MAX_KEPT_BODY = 8 << 20;

  final TracesBatch batch = new TracesBatch(NOTHING);
  final OtlpTracesDecoder otlp = new OtlpTracesDecoder();
  final ZipkinDecoder zipkin = new ZipkinDecoder();
  final JaegerDecoder jaeger = new JaegerDecoder();
  final AttributeCutter cutter = new AttributeCutter();
  final SpanRefusals refusals = new SpanRefusals();

  /// A bounded pool. Safe from any thread.
  static final class Pool {
    private final ArrayBlockingQueue<TracesScratch> idle = new ArrayBlockingQueue<>(16);

    TracesScratch take() {
      var scratch = idle.poll();
      return scratch == null ? new TracesScratch() : scratch;
    }

    void give(TracesScratch scratch, int bodyBytes) {
      if (bodyBytes <= MAX_KEPT_BODY) {
        scratch.batch.reset(NOTHING, 0);
        scratch.refusals.clear();
        idle.offer(scratch);
      }
    }
  }
}
