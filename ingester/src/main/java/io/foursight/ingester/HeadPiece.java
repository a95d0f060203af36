package io.foursight.ingester;

import java.nio.charset.StandardCharsets;

/// Rows of one tenant that will be one block, under an id that is known from the first row on. It
/// takes rows until it is sealed; its part of the log lives and goes with it. Safe from any thread.
public abstract class HeadPiece {
  private final String blockId;
  private final byte[] blockIdBytes;
  private final long bucket;
  private final long firstSegment;
  private final long createdMillis;
  private volatile long lastAppendMillis;

  /// @param bucket the stretch of time that its rows are of, as the signal numbers them
  /// @param firstSegment no record of this piece lies in the log before it
  protected HeadPiece(String blockId, long bucket, long firstSegment, long createdMillis) {
    this.blockId = blockId;
    this.blockIdBytes = blockId.getBytes(StandardCharsets.US_ASCII);
    this.bucket = bucket;
    this.firstSegment = firstSegment;
    this.createdMillis = createdMillis;
    this.lastAppendMillis = createdMillis;
  }

  /// No more rows after this; waits for writers under way. Safe twice.
  public abstract void seal();

  public abstract boolean isSealed();

  /// Whether there is nothing to make a block of.
  public abstract boolean isEmpty();

  /// Whether it has as much as a block should have.
  public boolean isFull() {
    return false;
  }

  /// Memory, about.
  public abstract long sizeBytes();

  /// Gives its memory back to the sum; readers keep what they read. Safe twice.
  public abstract void release();

  /// What an operator wants to know of it, as `key=value`s.
  public abstract String description();

  protected final void appended(long nowMillis) {
    if (lastAppendMillis < nowMillis) {
      lastAppendMillis = nowMillis;
    }
  }

  public final String blockId() {
    return blockId;
  }

  public final byte[] blockIdBytes() {
    return blockIdBytes;
  }

  public final long bucket() {
    return bucket;
  }

  public final long firstSegment() {
    return firstSegment;
  }

  public final long createdMillis() {
    return createdMillis;
  }

  public final long lastAppendMillis() {
    return lastAppendMillis;
  }
}
