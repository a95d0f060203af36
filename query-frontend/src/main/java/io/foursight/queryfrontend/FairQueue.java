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
import java.util.function.ToIntFunction;

/// A number of slots shared fairly: tenants with waiting work take turns, work of one tenant goes
/// in order of arrival. A tenant may have a bounded number of requests under way, and of slots; one
/// request may use several slots. Safe from any thread; waiting threads are meant to be virtual.
public final class FairQueue {
  private static final long GLANCE_MILLIS = 50;

  private final int maxRequests;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> requests = new HashMap<>();
  private final Map<String, Integer> running = new HashMap<>();
  private final LinkedHashMap<String, ArrayDeque<Waiter>> waiting = new LinkedHashMap<>();
  private ToIntFunction<String> mostSlots = tenant -> Integer.MAX_VALUE;
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

  /// Bounds the slots that one tenant has at a time; asked whenever one is given. At least one.
  public void mostSlots(ToIntFunction<String> most) {
    lock.lock();
    try {
      mostSlots = most;
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
        release(tenant);
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
      if (free > 0 && waitingCount == 0 && !isFull(tenant)) {
        give(tenant);
        return;
      }
      var waiter = new Waiter(lock.newCondition());
      waiting.computeIfAbsent(tenant, t -> new ArrayDeque<>()).add(waiter);
      waitingCount++;
      callNext();
      while (!waiter.called) {
        try {
          budget.check();
          callNext();
          if (waiter.called) {
            break;
          }
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
      takeBack(tenant);
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

  private void release(String tenant) {
    lock.lock();
    try {
      takeBack(tenant);
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull(String tenant) {
    return running.getOrDefault(tenant, 0) >= Math.max(1, mostSlots.applyAsInt(tenant));
  }

  private void give(String tenant) {
    free--;
    running.merge(tenant, 1, Integer::sum);
  }

  private void takeBack(String tenant) {
    free++;
    running.merge(tenant, -1, (a, b) -> a + b == 0 ? null : a + b);
    callNext();
  }

  /// Gives free slots to the tenants whose turn it is; a tenant served goes to the end of the line,
  /// and so does one that has all it may have.
  private void callNext() {
    int passed = 0;
    while (free > 0 && passed < waiting.size()) {
      var first = waiting.pollFirstEntry();
      if (isFull(first.getKey())) {
        waiting.putLast(first.getKey(), first.getValue());
        passed++;
        continue;
      }
      passed = 0;
      Waiter waiter = first.getValue().poll();
      if (!first.getValue().isEmpty()) {
        waiting.putLast(first.getKey(), first.getValue());
      }
      waitingCount--;
      give(first.getKey());
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
