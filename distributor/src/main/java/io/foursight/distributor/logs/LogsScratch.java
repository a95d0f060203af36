package io.foursight.distributor.logs;

import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.PushDecoder;
import io.foursight.wire.logs.PushJson;
import io.foursight.wire.otlp.OtlpLogsDecoder;
import java.util.concurrent.ArrayBlockingQueue;

/// Everything that one push needs while it is decoded and validated; reused so that a push
/// allocates nothing that lives on. Owned by one thread between `take` and `give`.
final class LogsScratch {
  private static final byte[] NOTHING = {};

  /// Scratches that worked on a larger body are let go: their arrays would stay as large.
  private static final int MAX_KEPT_BODY = 8 << 20;

  final LogsBatch batch = new LogsBatch(NOTHING);
  final PushDecoder protobuf = new PushDecoder();
  final PushJson json = new PushJson();
  final OtlpLogsDecoder otlp = new OtlpLogsDecoder();
  final LogsValidator validator = new LogsValidator();
  final LogsRejections rejections = new LogsRejections();

  /// A bounded pool. Safe from any thread.
  static final class Pool {
    private final ArrayBlockingQueue<LogsScratch> idle = new ArrayBlockingQueue<>(16);

    LogsScratch take() {
      var scratch = idle.poll();
      return scratch == null ? new LogsScratch() : scratch;
    }

    void give(LogsScratch scratch, int bodyBytes) {
      if (bodyBytes <= MAX_KEPT_BODY) {
        scratch.batch.reset(NOTHING);
        scratch.rejections.clear();
        idle.offer(scratch);
      }
    }
  }
}
