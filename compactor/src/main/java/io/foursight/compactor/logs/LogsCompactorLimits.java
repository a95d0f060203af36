package io.foursight.compactor.logs;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.storage.logs.StreamRetention;
import java.time.Duration;
import java.util.List;

/// Per-tenant limits of the compactor for logs.
public record LogsCompactorLimits(
    @Setting(
            "Age at which log entries are deleted, unless retention_stream says otherwise; 0 = kept"
                + " for ever.")
        Duration retentionPeriod,
    @Setting(
            "Ages at which log entries of some streams are deleted; of selectors that match the one"
                + " with the greatest priority counts.")
        List<StreamRetention> retentionStream,
    @Setting("Stored bytes of logs; past it the oldest blocks are deleted. 0 = no limit.")
        ByteSize retentionBytes,
    @Setting("What delete requests for logs do: filter-and-delete, filter-only or disabled.")
        DeletionMode deletionMode) {

  /// What delete requests do.
  public enum DeletionMode {
    FILTER_AND_DELETE,
    FILTER_ONLY,
    DISABLED
  }

  public LogsCompactorLimits {
    retentionStream = List.copyOf(retentionStream);
  }

  public static LogsCompactorLimits defaults() {
    return new LogsCompactorLimits(
        Duration.ZERO, List.of(), new ByteSize(0), DeletionMode.FILTER_AND_DELETE);
  }

  /// The longest of the ages, at which whole blocks go; zero when anything is kept for ever.
  public Duration longest() {
    return StreamRetention.longest(retentionPeriod, retentionStream);
  }
}
