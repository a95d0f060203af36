package io.foursight.storage.profiles.block.v1;

import java.util.ArrayList;
import java.util.List;

/// Chunks of a merge, handed out in batches that are worth a request. Safe from any thread.
final class ChunkQueue {
  private static final long BATCH_BYTES = 4L << 20;

  private final List<List<ChunkMeta>> batches = new ArrayList<>();
  private int next;

  ChunkQueue(List<ChunkMeta> chunks) {
    var batch = new ArrayList<ChunkMeta>();
    long bytes = 0;
    for (ChunkMeta chunk : chunks) {
      if (bytes + chunk.sizeBytes() > BATCH_BYTES && !batch.isEmpty()) {
        batches.add(List.copyOf(batch));
        batch.clear();
        bytes = 0;
      }
      batch.add(chunk);
      bytes += chunk.sizeBytes();
    }
    if (!batch.isEmpty()) {
      batches.add(List.copyOf(batch));
    }
  }

  int batches() {
    return batches.size();
  }

  /// The next batch; empty when there is none.
  synchronized List<ChunkMeta> next() {
    return next < batches.size() ? batches.get(next++) : List.of();
  }

  /// Hands out nothing any more.
  synchronized void close() {
    next = batches.size();
  }
}
