package io.foursight.queryfrontend;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// A number of slots shared fairly: tenants with waiting work take turns, work of one tenant goes
/// in order of arrival. A tenant may have a bounded number of requests under way; one request may
/// use several slots. Safe from any thread; waiting threads are meant to be virtual.
public final class FairQueue {
  private static final long GLANCE_MILLIS = 50;

  private final int maxRequests;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> requests = new HashMap<>();
  private final LinkedHashMap<String, ArrayDeque<Waiter>> waiting = new LinkedHashMap<>();
  private int slots;
  private int free;
  private int waitingCount;

  private static final class Waiter {
    private final Condition turn;
    private boolean called;

    Waiter(Condition turn) {
      this.turn = turn;
    }
  }

  public FairQueue(int slots, int maxRequestsPerTenant) {
    this.slots = slots;
    this.free = slots;
    this.maxRequests = maxRequestsPerTenant;
  }

  /// Changes the number of slots; work that has one keeps it.
  public void slots(int now) {
    lock.lock();
    try {
      free += now - slots;
      slots = now;
      callNext();
    } finally {
      lock.unlock();
    }
  }

  /// One request's place; close it when the request is done.
  public final class Ticket implements AutoCloseable {
    private final String tenant;

    private Ticket(String tenant) {
      this.tenant = tenant;
    }

    /// Runs work in a slot, after waiting for it.
    ///
    /// @throws FoursightException `CANCELED` or `TIMEOUT` while waiting
    public <T> T run(QueryBudget budget, Supplier<T> work) {
      acquire(tenant, budget);
      try {
        return work.get();
      } finally {
        release();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        requests.merge(tenant, -1, (a, b) -> a + b == 0 ? null : a + b);
      } finally {
        lock.unlock();
      }
    }
  }

  /// @throws FoursightException `LIMIT_EXCEEDED` when the tenant has too many requests under way
  public Ticket admit(String tenant) {
    lock.lock();
    try {
      int now = requests.getOrDefault(tenant, 0);
      if (now >= maxRequests) {
        throw new FoursightException(
            ErrorKind.LIMIT_EXCEEDED,
            "too many outstanding requests: tenant "
                + tenant
                + " has "
                + now
                + " queries under way, the limit is "
                + maxRequests
                + " (query_frontend.max_outstanding_requests_per_tenant)");
      }
      requests.put(tenant, now + 1);
      return new Ticket(tenant);
    } finally {
      lock.unlock();
    }
  }

  private void acquire(String tenant, QueryBudget budget) {
    lock.lock();
    try {
      if (free > 0 && waitingCount == 0) {
        free--;
        return;
      }
      var waiter = new Waiter(lock.newCondition());
      waiting.computeIfAbsent(tenant, t -> new ArrayDeque<>()).add(waiter);
      waitingCount++;
      callNext();
      while (!waiter.called) {
        try {
          budget.check();
          waiter.turn.await(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          leave(tenant, waiter);
          Thread.currentThread().interrupt();
          throw FoursightException.unavailable("interrupted while waiting for a query slot");
        } catch (FoursightException e) {
          leave(tenant, waiter);
          throw e;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void leave(String tenant, Waiter waiter) {
    if (waiter.called) {
      free++;
      callNext();
      return;
    }
    ArrayDeque<Waiter> own = waiting.get(tenant);
    if (own != null && own.remove(waiter)) {
      waitingCount--;
      if (own.isEmpty()) {
        waiting.remove(tenant);
      }
    }
  }

  private void release() {
    lock.lock();
    try {
      free++;
      callNext();
    } finally {
      lock.unlock();
    }
  }

  /// Gives free slots to the tenants whose turn it is; a tenant served goes to the end of the line.
  private void callNext() {
    while (free > 0 && !waiting.isEmpty()) {
      var first = waiting.pollFirstEntry();
      Waiter waiter = first.getValue().poll();
      if (!first.getValue().isEmpty()) {
        waiting.putLast(first.getKey(), first.getValue());
      }
      waitingCount--;
      free--;
      waiter.called = true;
      waiter.turn.signal();
    }
  }

  /// Pieces of work that wait for a slot now.
  public int waiting() {
    lock.lock();
    try {
      return waitingCount;
    } finally {
      lock.unlock();
    }
  }
}
