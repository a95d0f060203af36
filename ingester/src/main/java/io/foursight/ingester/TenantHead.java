package io.foursight.ingester;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/// What one tenant has in memory of one signal: pieces, the open one of each bucket among them.
/// Safe from any thread; [#replay] only before anybody else.
///
/// @param <P> the signal's pieces
public abstract class TenantHead<P extends HeadPiece> {
  private static final int RETIRED = Integer.MIN_VALUE;

  private final TenantId tenant;
  private final LongFunction<P> opener;
  private final Clock clock;
  private final Map<Long, P> open = new ConcurrentHashMap<>();
  private volatile List<P> pieces = List.of();

  /// Writes under way; negative for good when the head was given up.
  private final AtomicInteger writers = new AtomicInteger();

  private volatile long lastWriteMillis;

  /// @param opener makes a new piece for a bucket
  protected TenantHead(TenantId tenant, LongFunction<P> opener, Clock clock) {
    this.tenant = tenant;
    this.opener = opener;
    this.clock = clock;
    this.lastWriteMillis = clock.millis();
  }

  public final TenantId tenant() {
    return tenant;
  }

  /// In the order of [#place].
  public final List<P> pieces() {
    return pieces;
  }

  /// The piece that takes the bucket's rows now. Who finds it sealed calls [#seal] and asks again.
  protected final P openPiece(long bucket) {
    P piece = open.get(bucket);
    return piece != null ? piece : create(bucket);
  }

  private synchronized P create(long bucket) {
    return open.computeIfAbsent(
        bucket,
        b -> {
          P piece = opener.apply(b);
          add(piece);
          return piece;
        });
  }

  private synchronized void add(P piece) {
    var all = new ArrayList<>(pieces);
    place(all, piece);
    pieces = Collections.unmodifiableList(all);
  }

  /// Adds a piece to the list: at its end, in order of opening.
  protected void place(List<P> all, P piece) {
    all.add(piece);
  }

  /// The piece takes no more rows.
  protected final void seal(P piece) {
    open.remove(piece.bucket(), piece);
    piece.seal();
  }

  /// Lets go of a piece; running readers keep what they read.
  protected final synchronized void drop(P piece) {
    open.remove(piece.bucket(), piece);
    var all = new ArrayList<>(pieces);
    if (all.remove(piece)) {
      pieces = Collections.unmodifiableList(all);
      piece.release();
      dropped(piece);
    }
  }

  /// A piece has gone.
  protected void dropped(P piece) {}

  // ---- replay ----

  /// Makes a piece that was there before.
  @FunctionalInterface
  public interface Restorer<P> {
    P restore(String blockId, long bucket, long firstSegment);
  }

  final void replay(Wal.Record r, Restorer<P> restore) {
    switch (r.type()) {
      case PieceRecords.ROWS -> {
        String id = PieceRecords.blockId(r.payload(), r.offset());
        P piece =
            piece(id)
                .orElseGet(() -> {
                  long bucket = PieceRecords.bucket(r.payload(), r.offset(), r.length());
                  P restored = restore.restore(id, bucket, r.position().segment());
                  add(restored);
                  return restored;
                });
        replayRows(r, piece);
      }
      case PieceRecords.SEALED ->
          piece(PieceRecords.blockId(r.payload(), r.offset())).ifPresent(HeadPiece::seal);
      case PieceRecords.DROPPED ->
          piece(PieceRecords.blockId(r.payload(), r.offset())).ifPresent(this::drop);
      default -> replayOther(r);
    }
  }

  /// Rows of a piece, which may be sealed by now.
  protected abstract void replayRows(Wal.Record r, P piece);

  /// A record of the signal's own.
  protected void replayOther(Wal.Record r) {
    throw FoursightException.corrupt(
        "the log has a record of "
            + r.signal().plural()
            + " of unknown type "
            + r.type()
            + " at "
            + r.position());
  }

  private Optional<P> piece(String id) {
    for (P piece : pieces.reversed()) {
      if (piece.blockId().equals(id)) {
        return Optional.of(piece);
      }
    }
    return Optional.empty();
  }

  /// The whole log has been read.
  protected void replayed() {
    for (P piece : pieces) {
      if (piece.isFull()) {
        piece.seal();
      }
      if (!piece.isSealed()) {
        P before = open.put(piece.bucket(), piece);
        if (before != null) {
          before.seal();
        }
      }
    }
  }

  /// Writes to the log again what must outlive its pieces, before the log is truncated.
  protected void keepInLog(Wal wal) {}

  // ---- life of the head ----

  /// Begins a write. Every successful call is followed by one of [#leave()].
  ///
  /// @return false when the head was given up: there is another one by now, or will be
  public final boolean enter() {
    for (int n = writers.get(); n >= 0; n = writers.get()) {
      if (writers.compareAndSet(n, n + 1)) {
        return true;
      }
    }
    return false;
  }

  public final void leave() {
    lastWriteMillis = clock.millis();
    writers.decrementAndGet();
  }

  /// Whether nothing would be lost with the head.
  protected boolean isEmpty() {
    return pieces.isEmpty();
  }

  /// Gives the head up when it holds nothing and nobody has written for `idleMillis`; for good.
  public final boolean retire(long idleMillis) {
    return isEmpty()
        && clock.millis() - lastWriteMillis >= idleMillis
        && writers.compareAndSet(0, RETIRED)
        && stillEmpty();
  }

  /// A write may have come and gone between the first look and the last.
  private boolean stillEmpty() {
    if (isEmpty()) {
      return true;
    }
    writers.set(0);
    return false;
  }
}
