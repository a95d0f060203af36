package io.foursight.distributor.logs;

import io.foursight.model.TenantId;
import java.util.List;

/// What the OTLP doors share: decode a request under the tenant's options and push it. Safe from
/// any thread.
final class OtlpLogsWriter {
  private final LogsDistributor distributor;

  OtlpLogsWriter(LogsDistributor distributor) {
    this.distributor = distributor;
  }

  LogsDistributor distributor() {
    return distributor;
  }

  /// What a request came to.
  ///
  /// @param limited whether a rate or the number of streams refused any
  record Written(int stored, int rejected, boolean limited, String message) {
    boolean isWholeRejection() {
      return rejected > 0 && stored == 0;
    }
  }

  /// @param message an `ExportLogsServiceRequest`; may be changed
  Written write(TenantId tenant, byte[] message) {
    LogsScratch scratch = distributor.scratches().take();
    scratch.otlp.decode(
        message,
        distributor.limits(tenant).otlpConfig().options(),
        distributor.nowNanos(),
        scratch.batch);
    int stored = distributor.push(tenant, scratch, List.of());
    LogsRejections rejections = scratch.rejections;
    var written =
        new Written(
            stored,
            rejections.count(),
            rejections.isLimited(),
            rejections.isEmpty() ? "" : rejections.text(tenant.value()));
    // Not in a finally block: after an exception somebody may still hold on to the batch.
    distributor.scratches().give(scratch, message.length);
    return written;
  }
}
