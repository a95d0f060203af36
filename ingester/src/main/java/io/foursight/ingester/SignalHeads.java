package io.foursight.ingester;

import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// The heads of all tenants of one signal: their life, the bounds, replay, and what the flusher
/// sees. The signals' ingesters extend it with writing and reading. Safe from any thread.
///
/// @param <H> the signal's head of a tenant
/// @param <P> the pieces of that head
public abstract class SignalHeads<H extends TenantHead<P>, P extends HeadPiece>
    implements FlushedHeads {
  private final Signal signal;
  protected final IngesterConfig config;
  protected final Wal wal;
  protected final Clock clock;
  protected final WriteGate gate;
  private final IngesterMetrics metrics;
  private final Ulids ids;
  private final Map<TenantId, H> heads = new ConcurrentHashMap<>();

  protected SignalHeads(
      IngesterConfig config,
      WriteGate.Bounds bounds,
      Wal wal,
      Clock clock,
      RandomGenerator random,
      IngesterMetrics metrics) {
    this.signal = metrics.signal();
    this.config = config;
    this.wal = wal;
    this.clock = clock;
    this.metrics = metrics;
    this.ids = new Ulids(clock, random);
    this.gate = new WriteGate(signal, config, bounds, wal, metrics);
    metrics.watch(gate.headBytes()::get, heads::size);
  }

  // ---- what differs ----

  /// @param opener makes a new piece for a bucket
  protected abstract H newHead(TenantId tenant, LongFunction<P> opener);

  protected abstract P newPiece(String blockId, long bucket, long firstSegment);

  /// Whether an open piece should be cut now.
  protected abstract boolean isDue(P piece, long nowMillis);

  protected abstract BlockMeta write(H head, P piece, Path directory, long nowMillis);

  /// How long a tenant is silent before an empty head is given up.
  protected abstract Duration idle();

  /// A head is being given up.
  protected void retiring(H head) {}

  // ---- writing ----

  /// Runs a write with the tenant's head, which nobody gives up meanwhile.
  ///
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` when there is no room
  protected final <R> R writing(TenantId tenant, Function<H, R> write) {
    gate.enter();
    try {
      H head = entered(tenant);
      try {
        return write.apply(head);
      } finally {
        head.leave();
      }
    } finally {
      gate.leave();
    }
  }

  private H entered(TenantId tenant) {
    while (true) {
      H head = heads.get(tenant);
      if (head == null) {
        gate.checkTenants(heads.size());
        head = create(tenant);
      }
      if (head.enter()) {
        return head;
      }
      // It is being given up, by a few instructions of the flusher, which takes it off the map.
      Thread.yield();
    }
  }

  private H create(TenantId tenant) {
    return heads.computeIfAbsent(
        tenant, t -> newHead(t, bucket -> newPiece(ids.next(), bucket, gate.segment())));
  }

  // ---- reading ----

  /// The tenant's head, if it has one.
  ///
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` while the log is being read
  protected final Optional<H> readable(TenantId tenant) {
    gate.checkReadable();
    return Optional.ofNullable(heads.get(tenant));
  }

  /// As [#readable], whatever the phase.
  protected final Optional<H> head(TenantId tenant) {
    return Optional.ofNullable(heads.get(tenant));
  }

  protected final Collection<H> heads() {
    return heads.values();
  }

  // ---- life ----

  /// One record of the log, before anything else; records of different tenants may come at once.
  public final void replay(Wal.Record record) {
    metrics.replayedRecords.increment();
    create(record.tenant()).replay(record, this::newPiece);
  }

  /// The whole log has been read and ends before `currentSegment`: writes are welcome.
  public void replayed(long currentSegment) {
    heads.values().forEach(TenantHead::replayed);
    gate.started(currentSegment);
  }

  /// Refuses further writes and waits for those under way.
  public final void close(Deadline deadline) {
    gate.close(deadline);
  }

  /// Once a tick: what is measured from outside.
  ///
  /// @param seconds since the tick before
  public void tick(double seconds) {
    gate.measure();
  }

  /// Tenants with anything in memory, ascending.
  public final Set<TenantId> tenants() {
    return new TreeSet<>(heads.keySet());
  }

  // ---- flushing ----

  @Override
  public final Signal signal() {
    return signal;
  }

  @Override
  public final long maxHeadBytes() {
    return gate.maxHeadBytes();
  }

  /// The log is cut first and the floor computed afterwards, so that a piece opened meanwhile can
  /// only have records behind the cut.
  @Override
  public final void truncateLog() {
    long floor = wal.cut();
    gate.reached(floor);
    for (H head : heads.values()) {
      head.keepInLog(wal);
      for (P piece : head.pieces()) {
        floor = Math.min(floor, piece.firstSegment());
      }
    }
    wal.truncate(floor);
  }

  @Override
  public final void retireIdle() {
    long idleMillis = idle().toMillis();
    heads.forEach((tenant, head) -> {
      if (head.retire(idleMillis)) {
        retiring(head);
        heads.remove(tenant, head);
      }
    });
  }

  @Override
  public final List<Piece> pieces(Optional<TenantId> tenant) {
    var all = new ArrayList<Piece>();
    for (H head : heads.values()) {
      if (tenant.isEmpty() || tenant.get().equals(head.tenant())) {
        head.pieces().forEach(piece -> all.add(new PieceOf(head, piece)));
      }
    }
    return all;
  }

  private final class PieceOf implements Piece {
    private final H head;
    private final P piece;

    PieceOf(H head, P piece) {
      this.head = head;
      this.piece = piece;
    }

    @Override
    public TenantId tenant() {
      return head.tenant();
    }

    @Override
    public HeadPiece rows() {
      return piece;
    }

    @Override
    public boolean isDue(long nowMillis) {
      return piece.isSealed() || piece.isFull() || SignalHeads.this.isDue(piece, nowMillis);
    }

    @Override
    public void seal() {
      head.seal(piece);
    }

    @Override
    public BlockMeta write(Path directory, long nowMillis) {
      return SignalHeads.this.write(head, piece, directory, nowMillis);
    }

    @Override
    public void drop() {
      head.drop(piece);
    }
  }
}
