package io.foursight.querier.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsTailRunner;
import io.foursight.model.logs.LogsTailRunner.Batch;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsTailSource.Dropped;
import io.foursight.model.logs.LogsTailSource.Subscription;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.pipeline.EntryLabels.Kind;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A log query that is followed: first what is there already, then what arrives. The subscription
/// begins before the history is read, so nothing falls between; an entry that arrives meanwhile may
/// be in both and is shown once more at worst. Owned by one reader.
final class FollowedQuery implements LogsTailRunner.Tail {
  private static final long BUFFER_BYTES = 4 << 20;
  private static final int MAX_DROPPED = 100;

  private final List<TenantId> tenants;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final PipelineRun run;
  private Batch history;

  FollowedQuery(
      LogsTailRunner.Request request,
      LogsTailSource arrivals,
      LogsQueryRunner runner,
      Clock clock) {
    LogQuery query = LogqlParser.parseLogQuery(request.query());
    this.tenants = request.tenants();
    this.run = Pipeline.compile(query.stages(), clock).startUnfiltered();
    try {
      for (TenantId tenant : tenants) {
        subscriptions.add(arrivals.subscribe(tenant, query.matchers(), BUFFER_BYTES));
      }
      this.history = history(request, runner, clock.instant());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Batch history(
      LogsTailRunner.Request request, LogsQueryRunner runner, Instant now) {
    long end = now.getEpochSecond() * 1_000_000_000 + now.getNano();
    if (request.startNanos() >= end) {
      return Batch.EMPTY;
    }
    var answer =
        runner.run(
            new LogsQueryRunner.Request(
                request.tenants(),
                request.query(),
                request.startNanos(),
                end,
                1_000_000_000,
                0,
                request.limit(),
                Direction.BACKWARD,
                0,
                false,
                request.budget()));
    if (!(answer.value() instanceof Streams streams)) {
      throw FoursightException.badData("only log queries can be followed: " + request.query());
    }
    return new Batch(
        streams.streams().stream()
            .map(s -> new Stream(s.labels(), s.entries().reversed()))
            .toList(),
        List.of());
  }

  @Override
  public Batch poll(Duration wait) throws InterruptedException {
    if (!history.isEmpty()) {
      Batch first = history;
      history = Batch.EMPTY;
      return first;
    }
    Map<Labels, List<Entry>> streams = new TreeMap<>();
    var dropped = new ArrayList<Dropped>();
    for (int i = 0; i < subscriptions.size(); i++) {
      Subscription subscription = subscriptions.get(i);
      TenantId tenant = tenants.get(i);
      subscription
          .poll(wait.dividedBy(subscriptions.size()))
          .ifPresent(page -> add(page, tenant, streams));
      dropped.addAll(subscription.takeDropped(MAX_DROPPED));
    }
    var shown = new ArrayList<Stream>();
    streams.forEach((labels, entries) -> {
      entries.sort(Comparator.comparingLong(Entry::timestampNanos));
      shown.add(new Stream(labels, entries));
    });
    return new Batch(shown, dropped);
  }

  private void add(LogsPage page, TenantId tenant, Map<Labels, List<Entry>> streams) {
    run.page(page);
    for (int row = 0; row < page.rows(); row++) {
      if (run.row(row)) {
        Labels labels =
            tenants.size() == 1 ? run.stream() : FederatedLogsSource.labelled(run.stream(), tenant);
        byte[] line =
            Arrays.copyOfRange(run.line(), run.lineOffset(), run.lineOffset() + run.lineLength());
        streams
            .computeIfAbsent(labels, l -> new ArrayList<>())
            .add(
                new Entry(
                    run.timestampNanos(),
                    line,
                    run.labels().labels(Kind.METADATA),
                    run.labels().labels(Kind.PARSED)));
      }
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(Subscription::close);
  }
}
