package io.foursight.querier.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.Ingesters.Replica;
import io.foursight.ring.InstanceDescriptor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Entries as the ingesters of a ring accept them, each once. Ingesters that come later are
/// followed too, and one that is lost is tried again, as long as somebody polls. Safe from any
/// thread.
public final class ReplicatedLogsTails implements LogsTailSource {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicatedLogsTails.class);
  private static final int WAITING_PAGES = 16;
  private static final int MAX_DROPPED = 1000;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Ingesters<LogsTailSource> ingesters;

  public ReplicatedLogsTails(Ingesters<LogsTailSource> ingesters) {
    this.ingesters = ingesters;
  }

  /// Begins when as many ingesters are followed as a read needs.
  @Override
  public Subscription subscribe(
      TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    var merged = new Merged(tenant, matchers, maxBufferedBytes);
    List<Replica<Subscription>> replicas =
        ingesters.open(
            tenant,
            QueryBudget.unlimited(),
            source -> source.subscribe(tenant, matchers, maxBufferedBytes),
            Subscription::close);
    replicas.forEach(replica -> merged.follow(replica.instance(), replica.opened()));
    return merged;
  }

  private final class Merged implements Subscription {
    private final TenantId tenant;
    private final List<LabelMatcher> matchers;
    private final long maxBufferedBytes;
    private final ArrayBlockingQueue<LogsPage> waiting = new ArrayBlockingQueue<>(WAITING_PAGES);
    private final Map<String, Subscription> followed = new HashMap<>();
    private final ArrayDeque<Dropped> dropped = new ArrayDeque<>();
    private final RecentEntries shown = new RecentEntries();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;
    private long lookedNanos = System.nanoTime();

    Merged(TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
      this.tenant = tenant;
      this.matchers = List.copyOf(matchers);
      this.maxBufferedBytes = maxBufferedBytes;
    }

    synchronized void follow(InstanceDescriptor instance, Subscription subscription) {
      if (closed || followed.putIfAbsent(instance.id(), subscription) != null) {
        subscription.close();
        return;
      }
      threads.removeIf(thread -> !thread.isAlive());
      threads.add(
          Thread.ofVirtual()
              .name("tail-" + instance.id())
              .start(() -> pump(instance, subscription)));
    }

    /// A reader that does not come keeps this waiting; the ingester then drops, and says so.
    private void pump(InstanceDescriptor instance, Subscription subscription) {
      try (subscription) {
        while (!closed) {
          Optional<LogsPage> page = subscription.poll(LOOK_AGAIN);
          if (page.isPresent()) {
            waiting.put(page.get());
          }
          keep(subscription.takeDropped(MAX_DROPPED));
        }
      } catch (FoursightException e) {
        LOG.debug("an ingester is not followed any more: {} {}", instance.id(), e.getMessage());
      } catch (InterruptedException e) {
        // Closed.
      } finally {
        lost(instance, subscription);
      }
    }

    private synchronized void keep(List<Dropped> more) {
      for (Dropped one : more) {
        if (dropped.size() < MAX_DROPPED) {
          dropped.add(one);
        }
      }
    }

    private synchronized void lost(InstanceDescriptor instance, Subscription subscription) {
      followed.remove(instance.id(), subscription);
    }

    /// Follows who is in the ring and is not followed.
    private void lookAgain() {
      long now = System.nanoTime();
      if (now - lookedNanos < LOOK_AGAIN.toNanos()) {
        return;
      }
      lookedNanos = now;
      for (InstanceDescriptor instance : ingesters.replicas(tenant).instances()) {
        synchronized (this) {
          if (closed || followed.containsKey(instance.id())) {
            continue;
          }
        }
        try {
          LogsTailSource source = ingesters.source(instance);
          follow(instance, source.subscribe(tenant, matchers, maxBufferedBytes));
        } catch (FoursightException e) {
          LOG.debug("an ingester cannot be followed yet: {} {}", instance.id(), e.getMessage());
        }
      }
    }

    @Override
    public Optional<LogsPage> poll(Duration wait) throws InterruptedException {
      lookAgain();
      long end = System.nanoTime() + wait.toNanos();
      while (true) {
        LogsPage page = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (page == null) {
          return Optional.empty();
        }
        Optional<LogsPage> fresh = shown.withoutShown(page);
        if (fresh.isPresent()) {
          return fresh;
        }
      }
    }

    @Override
    public synchronized List<Dropped> takeDropped(int limit) {
      var taken = new ArrayList<Dropped>();
      while (taken.size() < limit && !dropped.isEmpty()) {
        taken.add(dropped.poll());
      }
      dropped.clear();
      return taken;
    }

    @Override
    public synchronized void close() {
      closed = true;
      threads.forEach(Thread::interrupt);
      followed.values().forEach(Subscription::close);
      waiting.clear();
    }
  }
}
