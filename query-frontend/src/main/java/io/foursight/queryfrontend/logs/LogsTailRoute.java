package io.foursight.queryfrontend.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsTailRunner;
import io.foursight.model.logs.LogsTailRunner.Batch;
import io.foursight.model.logs.LogsTailRunner.Tail;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.Socket;
import io.foursight.runtime.http.SocketHandler;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.logs.json.LokiJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `tail`: entries as they arrive, over a WebSocket. A frame is sent when the one before has been
/// taken; what arrives meanwhile waits in a bounded buffer, and what does not fit there is named in
/// `dropped_entries`. A client that takes nothing for half a minute is dropped.
final class LogsTailRoute implements SocketHandler {
  private static final int DEFAULT_LIMIT = 100;
  private static final Duration MAX_DELAY = Duration.ofSeconds(5);
  private static final Duration MAX_LIFE = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GLANCE = Duration.ofMillis(500);
  private static final String ENCODING_FLAGS = "x-loki-response-encoding-flags";

  private final LogsReadDesk desk;
  private final LogsTailRunner runner;
  private final Clock clock;
  private final Map<TenantId, Integer> open = new HashMap<>();

  LogsTailRoute(LogsReadDesk desk, LogsTailRunner runner, Clock clock) {
    this.desk = desk;
    this.runner = runner;
    this.clock = clock;
  }

  @Override
  public Session open(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    String query = parameters.query();
    LogqlParser.parseLogQuery(query);
    Duration delay = delay(parameters);
    int limit = parameters.limit("limit", DEFAULT_LIMIT);
    int most = desk.limits(tenants).maxEntriesLimitPerQuery();
    long start = parameters.range().startNanos();
    boolean categorize =
        call.header(ENCODING_FLAGS).filter(f -> f.contains("categorize-labels")).isPresent();
    QueryBudget budget = desk.budget(call, tenants);
    var request =
        new LogsTailRunner.Request(
            tenants, query, start, most > 0 ? Math.min(limit, most) : limit, budget);
    return socket -> {
      TenantId tenant = tenants.getFirst();
      enter(tenant);
      try (Tail tail = runner.tail(request)) {
        follow(tail, socket, delay, categorize);
      } finally {
        leave(tenant);
      }
    };
  }

  private static Duration delay(LogsParameters parameters) {
    String text = parameters.text("delay_for");
    Duration delay = parameters.duration("delay_for").orElse(Duration.ZERO);
    if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
      throw FoursightException.badData(
          "delay_for can't be greater than " + MAX_DELAY.toSeconds() + ": " + text);
    }
    return delay;
  }

  private void enter(TenantId tenant) {
    int most = desk.limits(List.of(tenant)).maxConcurrentTailRequests();
    synchronized (open) {
      int now = open.getOrDefault(tenant, 0);
      if (most > 0 && now >= most) {
        throw FoursightException.badData(
            "max concurrent tail requests limit exceeded, count > limit ("
                + (now + 1)
                + " > "
                + most
                + ")");
      }
      open.put(tenant, now + 1);
    }
    desk.metrics().tails.incrementAndGet();
  }

  private void leave(TenantId tenant) {
    synchronized (open) {
      open.merge(tenant, -1, (a, b) -> a + b == 0 ? null : a + b);
    }
    desk.metrics().tails.decrementAndGet();
  }

  /// A batch and when it may be sent.
  private record Due(Batch batch, Instant at) {}

  private void follow(Tail tail, Socket socket, Duration delay, boolean categorize)
      throws InterruptedException {
    Instant end = clock.instant().plus(MAX_LIFE);
    var waiting = new ArrayDeque<Due>();
    while (socket.isOpen()) {
      Instant now = clock.instant();
      if (now.isAfter(end)) {
        socket.close(Socket.Code.NORMAL, "reached tail max duration limit");
        return;
      }
      Due due = waiting.peek();
      if (due != null && !due.at().isAfter(now)) {
        waiting.poll();
        if (!socket.send(frame(due.batch(), categorize), PATIENCE)) {
          slow(socket);
          return;
        }
        continue;
      }
      Duration wait = due == null ? GLANCE : shorter(GLANCE, Duration.between(now, due.at()));
      Batch batch = tail.poll(wait);
      if (!batch.isEmpty()) {
        waiting.add(new Due(batch, clock.instant().plus(delay)));
      }
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void slow(Socket socket) {
    if (socket.isOpen()) {
      desk.metrics().slowTails.increment();
      socket.close(Socket.Code.GOING_AWAY, "the client reads too slowly");
    }
  }

  private byte[] frame(Batch batch, boolean categorize) {
    batch.streams().forEach(s -> desk.metrics().tailEntries.increment(s.entries().size()));
    desk.metrics().tailDropped.increment(batch.dropped().size());
    var out = new JsonBuffer();
    LokiJson.tailFrame(
        out,
        batch.streams(),
        batch.dropped().stream()
            .map(d -> new LokiJson.DroppedEntry(d.timestampNanos(), d.labels()))
            .toList(),
        categorize);
    return out.toByteArray();
  }
}
