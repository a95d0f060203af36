package io.foursight.distributor.metrics;

import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.runtime.http.BodyBuffer;
import io.foursight.wire.metrics.RemoteWriteV1Decoder;
import io.foursight.wire.metrics.RemoteWriteV2Decoder;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/// Everything that one request needs while it is decoded and validated; reused so that a request
/// allocates nothing that lives on. Owned by one thread between `take` and `give`.
final class PushScratch {
  private static final byte[] NOTHING = {};

  /// Scratches that worked on a larger body are let go: their arrays would stay as large.
  private static final int MAX_KEPT_BODY = 4 << 20;

  /// Kept between requests; more may be in use.
  private static final int MAX_IDLE = 32;

  final BodyBuffer body = new BodyBuffer();

  final MetricsBatch batch = new MetricsBatch(NOTHING);
  final RemoteWriteV1Decoder v1 = new RemoteWriteV1Decoder();
  final RemoteWriteV2Decoder v2 = new RemoteWriteV2Decoder();
  final MetricsValidator validator;
  final SeriesWalk walk;
  final Rejections rejections = new Rejections();

  private PushScratch(SeriesHash hash) {
    validator = new MetricsValidator(hash);
    walk = new SeriesWalk(hash);
  }

  /// A bounded pool; the scratch given last is taken first, while the caches still hold it. Safe
  /// from any thread.
  static final class Pool {
    private final SeriesHash hash;
    private final ConcurrentLinkedDeque<PushScratch> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    Pool(SeriesHash hash) {
      this.hash = hash;
    }

    PushScratch take() {
      var scratch = idle.pollFirst();
      if (scratch == null) {
        return new PushScratch(hash);
      }
      idleCount.decrementAndGet();
      return scratch;
    }

    void give(PushScratch scratch, int bodyBytes) {
      if (bodyBytes > MAX_KEPT_BODY) {
        return;
      }
      scratch.batch.reset(NOTHING);
      scratch.rejections.clear();
      scratch.walk.end();
      scratch.body.trim(MAX_KEPT_BODY);
      if (idleCount.incrementAndGet() <= MAX_IDLE) {
        idle.addFirst(scratch);
      } else {
        idleCount.decrementAndGet();
      }
    }
  }
}
