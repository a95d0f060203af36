package io.foursight.model.logs;

/// What a selection touches.
///
/// @param streams distinct streams; a merge of Sources may count one more than once
/// @param chunks pages or row groups
/// @param bytes of lines and structured metadata, uncompressed
public record LogsStats(long streams, long chunks, long bytes, long entries) {
  public static final LogsStats NONE = new LogsStats(0, 0, 0, 0);

  public LogsStats plus(LogsStats other) {
    return new LogsStats(
        streams + other.streams,
        chunks + other.chunks,
        bytes + other.bytes,
        entries + other.entries);
  }
}
