package io.foursight.queryfrontend.profiles;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import io.foursight.wire.profiles.pyroscope.QuerierMessages.Progress;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Async;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Merge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/// Sums that nobody waits for: a request begins one and gets its id, later ones ask with it.
/// Answers are kept in memory for ten minutes, all together at most [#MAX_BYTES]. Safe from any
/// thread.
final class AsyncQueries {
  static final long KEPT_MILLIS = 600_000;
  static final long MAX_BYTES = 64 << 20;

  private final BiFunction<UnaryCall, Merge, byte[]> queries;
  private final BiFunction<UnaryCall, Merge, Integer> limit;
  private final LongSupplier clock;

  /// In the order in which they began.
  private final Map<String, Begun> begun = new LinkedHashMap<>();

  private static final class Begun {
    final List<TenantId> tenants;
    final long atMillis;
    Progress progress = Progress.IN_PROGRESS;
    String error = "";
    byte[] result = {};

    Begun(List<TenantId> tenants, long atMillis) {
      this.tenants = tenants;
      this.atMillis = atMillis;
    }
  }

  /// @param queries answers a request that is waited for
  /// @param limit how many may run at once for the tenant of a request
  AsyncQueries(
      BiFunction<UnaryCall, Merge, byte[]> queries,
      BiFunction<UnaryCall, Merge, Integer> limit,
      LongSupplier clockMillis) {
    this.queries = queries;
    this.limit = limit;
    this.clock = clockMillis;
  }

  /// Answers at once, begins, or tells how far it is, as the request says.
  byte[] answer(UnaryCall call, Merge asked) {
    Async async = asked.async().filter(Async::force).orElse(null);
    if (async == null) {
      return queries.apply(call, asked);
    }
    return async.requestId().isEmpty() ? begin(call, asked) : poll(call, async.requestId());
  }

  private byte[] begin(UnaryCall call, Merge asked) {
    String id = UUID.randomUUID().toString();
    var query = new Begun(call.tenants(), clock.getAsLong());
    synchronized (begun) {
      forget();
      int most = limit.apply(call, asked);
      long running =
          begun.values().stream()
              .filter(b -> b.tenants.equals(call.tenants()))
              .filter(b -> b.progress == Progress.IN_PROGRESS)
              .count();
      if (running >= most) {
        throw new FoursightException(
            ErrorKind.LIMIT_EXCEEDED,
            "too many queries run whose answers are fetched later: "
                + running
                + ", the limit is "
                + most
                + " (limits.max_async_query_concurrency)");
      }
      begun.put(id, query);
    }
    var alone = new UnaryCall(call.tenants(), Deadline.NONE, unused -> {}, call.anyLabelName());
    Thread.ofVirtual().name("profiles-async-" + id).start(() -> run(alone, asked, query));
    return QuerierMessages.async(id, Progress.IN_PROGRESS, "", QuerierMessages.NOTHING);
  }

  private void run(UnaryCall call, Merge asked, Begun query) {
    try {
      byte[] result = queries.apply(call, asked);
      synchronized (begun) {
        query.result = result;
        query.progress = Progress.SUCCESS;
        forget();
      }
    } catch (RuntimeException e) {
      synchronized (begun) {
        query.error = String.valueOf(e.getMessage());
        query.progress = Progress.FAILURE;
      }
    }
  }

  private byte[] poll(UnaryCall call, String id) {
    synchronized (begun) {
      forget();
      Begun query = begun.get(id);
      // Whose query it is must not be told to others.
      if (query == null || !query.tenants.equals(call.tenants())) {
        throw new FoursightException(ErrorKind.NOT_FOUND, "async query not found");
      }
      return QuerierMessages.async(id, query.progress, query.error, query.result);
    }
  }

  /// Drops what is too old, then the oldest answers until the rest is small enough.
  private void forget() {
    long oldest = clock.getAsLong() - KEPT_MILLIS;
    begun.values().removeIf(b -> b.progress != Progress.IN_PROGRESS && b.atMillis < oldest);
    long bytes = begun.values().stream().mapToLong(b -> b.result.length).sum();
    var all = begun.values().iterator();
    while (bytes > MAX_BYTES && all.hasNext()) {
      Begun query = all.next();
      if (query.result.length > 0) {
        bytes -= query.result.length;
        all.remove();
      }
    }
  }
}
