package io.foursight.model.traces;

/// What an answer has cost: counts for the statistics of a reply.
///
/// @param bytes read from blocks and heads
/// @param spans looked at
/// @param traces looked at
/// @param blocks asked
/// @param blockBytes size of the blocks in the range
public record TracesStats(long bytes, long spans, long traces, long blocks, long blockBytes) {
  public static final TracesStats NONE = new TracesStats(0, 0, 0, 0, 0);

  public TracesStats plus(TracesStats other) {
    return new TracesStats(
        bytes + other.bytes,
        spans + other.spans,
        traces + other.traces,
        blocks + other.blocks,
        blockBytes + other.blockBytes);
  }
}
