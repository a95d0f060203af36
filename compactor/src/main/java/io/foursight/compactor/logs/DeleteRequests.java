package io.foursight.compactor.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsDeletions;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.object.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Delete requests of all tenants, as objects `<tenant>/delete-requests/<id>.json`. What this
/// process accepts is known at once; what others accept after [#MAX_AGE]. Safe from any thread;
/// calls may block on the object store.
public final class DeleteRequests implements LogsDeletions {
  /// Age at which a tenant's list is read again.
  static final Duration MAX_AGE = Duration.ofSeconds(15);

  /// Most requests of a tenant that are not done: each costs every query some time.
  private static final int MAX_PENDING = 1000;

  /// Readers know of a change by then: they read their lists as often as this one does.
  private static final Duration SETTLED = MAX_AGE.multipliedBy(2);

  /// @param changedNanos when what is pending was first seen to differ from before
  private record Known(Map<String, DeleteRequest> requests, long readNanos, long changedNanos) {
    long pendingHash() {
      long hash = 0;
      for (DeleteRequest request : requests.values()) {
        if (!request.processed()) {
          hash = LogsLateWrites.mix(hash, request.id().hashCode());
          hash = LogsLateWrites.mix(hash, request.query().hashCode());
        }
      }
      return hash;
    }
  }

  private final ObjectStore store;
  private final InstantSource clock;
  private final Ulids ids;
  private final Map<TenantId, Known> tenants = new ConcurrentHashMap<>();
  private final AtomicLong unsettled = new AtomicLong(System.nanoTime());

  /// @param store rooted at the place of logs
  public DeleteRequests(ObjectStore store, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.clock = clock;
    this.ids = new Ulids(clock, random);
  }

  private static String folder(TenantId tenant) {
    return tenant.value() + "/delete-requests/";
  }

  private static String key(TenantId tenant, String id) {
    return folder(tenant) + id + ".json";
  }

  /// Oldest first.
  public List<DeleteRequest> all(TenantId tenant) {
    return List.copyOf(known(tenant).requests.values());
  }

  private Known known(TenantId tenant) {
    Known known = tenants.get(tenant);
    if (known == null || System.nanoTime() - known.readNanos > MAX_AGE.toNanos()) {
      synchronized (this) {
        known = tenants.get(tenant);
        if (known == null || System.nanoTime() - known.readNanos > MAX_AGE.toNanos()) {
          known = read(tenant, known);
          tenants.put(tenant, known);
        }
      }
    }
    return known;
  }

  private Known read(TenantId tenant, Known before) {
    long now = System.nanoTime();
    var requests = new TreeMap<String, DeleteRequest>();
    for (ObjectStore.ObjectInfo object : store.list(folder(tenant))) {
      String name = object.key().substring(folder(tenant).length());
      String id = name.endsWith(".json") ? name.substring(0, name.length() - 5) : "";
      DeleteRequest old = before == null ? null : before.requests.get(id);
      if (old != null && old.processed()) {
        requests.put(id, old);
      } else if (!id.isEmpty()) {
        store
            .get(object.key())
            .ifPresent(b -> requests.put(id, DeleteRequest.decode(b, object.key())));
      }
    }
    var known = new Known(requests, now, now);
    return before != null && known.pendingHash() == before.pendingHash()
        ? new Known(requests, now, before.changedNanos)
        : known;
  }

  @Override
  public List<Deletion> pending(TenantId tenant) {
    var pending = new ArrayList<Deletion>();
    for (DeleteRequest request : known(tenant).requests.values()) {
      if (!request.processed()) {
        pending.add(request.deletion());
      }
    }
    return pending;
  }

  @Override
  public long version(TenantId tenant) {
    Known known = known(tenant);
    return System.nanoTime() - known.changedNanos > SETTLED.toNanos()
        ? known.pendingHash()
        : unsettled.incrementAndGet();
  }

  /// @throws FoursightException `LIMIT_EXCEEDED` when too many are not done
  public synchronized DeleteRequest add(
      TenantId tenant, String query, long startNanos, long endNanos) {
    if (pending(tenant).size() >= MAX_PENDING) {
      throw new FoursightException(
          ErrorKind.LIMIT_EXCEEDED,
          "there are " + MAX_PENDING + " delete requests that are not done; try again later");
    }
    var request = new DeleteRequest(ids.next(), query, startNanos, endNanos, clock.millis(), false);
    put(tenant, request);
    return request;
  }

  /// Stores that a request is done.
  synchronized void done(TenantId tenant, DeleteRequest request) {
    put(tenant, request.done());
  }

  private void put(TenantId tenant, DeleteRequest request) {
    store.put(key(tenant, request.id()), request.encode());
    tenants.put(tenant, read(tenant, tenants.get(tenant)));
  }

  public Optional<DeleteRequest> get(TenantId tenant, String id) {
    return Optional.ofNullable(known(tenant).requests.get(id));
  }

  /// Takes a request back; what was removed already stays removed.
  public synchronized void remove(TenantId tenant, String id) {
    store.delete(key(tenant, id));
    tenants.put(tenant, read(tenant, tenants.get(tenant)));
  }
}
