package io.foursight.compactor.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsDeletions;
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
import java.util.random.RandomGenerator;

/// Delete requests of all tenants, as objects `<tenant>/delete-requests/<id>.json`. What this
/// process accepts is known at once; what others accept after [#MAX_AGE]. Safe from any thread;
/// calls may block on the object store.
public final class DeleteRequests implements LogsDeletions {
  /// Age at which a tenant's list is read again.
  static final Duration MAX_AGE = Duration.ofSeconds(15);

  /// Most requests of a tenant that are not done: each costs every query some time.
  private static final int MAX_PENDING = 1000;

  private record Known(Map<String, DeleteRequest> requests, long readNanos) {}

  private final ObjectStore store;
  private final InstantSource clock;
  private final Ulids ids;
  private final Map<TenantId, Known> tenants = new ConcurrentHashMap<>();

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
    return new Known(requests, now);
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
    Known known = read(tenant, null);
    tenants.put(tenant, known);
  }

  public Optional<DeleteRequest> get(TenantId tenant, String id) {
    return Optional.ofNullable(known(tenant).requests.get(id));
  }

  /// Takes a request back; what was removed already stays removed.
  public synchronized void remove(TenantId tenant, String id) {
    store.delete(key(tenant, id));
    tenants.put(tenant, read(tenant, null));
  }
}
