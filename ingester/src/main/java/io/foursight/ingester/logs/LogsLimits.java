package io.foursight.ingester.logs;

import io.foursight.config.Setting;

/// What a tenant may keep in the heads of its ingesters. 0 = unlimited.
public record LogsLimits(
    @Setting(
            "Streams of a tenant in a segment of the head. 0 = no limit but the memory of the"
                + " ingester.")
        int maxGlobalStreamsPerUser) {
  public static LogsLimits defaults() {
    return new LogsLimits(0);
  }
}
