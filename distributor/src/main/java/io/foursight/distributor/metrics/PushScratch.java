package io.foursight.distributor.metrics;

import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.SeriesHash;
import io.foursight.wire.metrics.RemoteWriteV1Decoder;
import io.foursight.wire.metrics.RemoteWriteV2Decoder;
import java.util.concurrent.ArrayBlockingQueue;

/// Everything that one request needs while it is decoded and validated; reused so that a request
/// allocates nothing that lives on. Owned by one thread between `take` and `give`.
final class PushScratch {
  private static final byte[] NOTHING = {};

  /// Scratches that worked on a larger body are let go: their arrays would stay as large.
  private static final int MAX_KEPT_BODY = 8 << 20;

  final MetricsBatch batch = new MetricsBatch(NOTHING);
  final RemoteWriteV1Decoder v1 = new RemoteWriteV1Decoder();
  final RemoteWriteV2Decoder v2 = new RemoteWriteV2Decoder();
  final MetricsValidator validator;
  final Rejections rejections = new Rejections();

  private PushScratch(SeriesHash hash) {
    validator = new MetricsValidator(hash);
  }

  /// A bounded pool. Safe from any thread.
  static final class Pool {
    private final SeriesHash hash;
    private final ArrayBlockingQueue<PushScratch> idle = new ArrayBlockingQueue<>(32);

    Pool(SeriesHash hash) {
      this.hash = hash;
    }

    PushScratch take() {
      var scratch = idle.poll();
      return scratch == null ? new PushScratch(hash) : scratch;
    }

    void give(PushScratch scratch, int bodyBytes) {
      if (bodyBytes <= MAX_KEPT_BODY) {
        scratch.batch.reset(NOTHING);
        scratch.rejections.clear();
        idle.offer(scratch);
      }
    }
  }
}
