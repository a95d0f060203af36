package io.foursight.ingester.traces;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;

/// What a tenant may keep in the heads of its ingesters. 0 = unlimited.
public record TracesLimits(
    @Setting(
            "Traces of a tenant in a segment of the head. 0 = no limit but the memory of the"
                + " ingester.")
        int maxTracesPerUser,
    @Setting(
            "Bytes of the spans of one trace in a segment of the head; further spans are refused."
                + " 0 = no limit but the memory of the ingester.")
        ByteSize maxBytesPerTrace) {
  static final TracesLimits NONE = new TracesLimits(0, new ByteSize(0));

  public static TracesLimits defaults() {
    return NONE;
  }
}
