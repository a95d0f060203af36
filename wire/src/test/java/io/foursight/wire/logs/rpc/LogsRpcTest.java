package io.foursight.wire.logs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LineTest;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSelect.Columns;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsTailRunner;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsTailSource.Dropped;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import io.foursight.model.logs.StreamVolume;
import io.foursight.wire.rpc.Loopback;
import io.foursight.wire.rpc.RpcService;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes in on one side comes out on the other, byte by byte.
@Timeout(120)
class LogsRpcTest {
  private static final TenantId TENANT = new TenantId("t1");
  private static final LogsExpressions EXPRESSIONS =
      new LogsExpressions(text -> text::equals, Test1::new);

  /// A line test that is its text.
  private record Test1(String text) implements LineTest {
    @Override
    public boolean matches(byte[] bytes, int offset, int length) {
      return false;
    }

    @Override
    public byte[] substring() {
      return new byte[0];
    }

    @Override
    public List<byte[]> requiredLiterals() {
      return List.of();
    }
  }

  private static String text(Random random, int most) {
    int n = random.nextInt(most + 1);
    var out = new StringBuilder();
    for (int i = 0; i < n; i++) {
      out.append((char) ('a' + random.nextInt(26)));
    }
    return random.nextInt(10) == 0 ? out + "é€" : out.toString();
  }

  private static LogsBatch batch(Random random) {
    var body = new ByteArrayOutputStream();
    record Row(long time, int[] line, List<int[]> pairs) {}
    var streams = new ArrayList<List<Row>>();
    for (int s = random.nextInt(6); s >= 0; s--) {
      var rows = new ArrayList<Row>();
      for (int e = random.nextInt(8); e > 0; e--) {
        int[] line = put(body, text(random, 80));
        var pairs = new ArrayList<int[]>();
        for (int p = random.nextInt(4); p > 0; p--) {
          pairs.add(put(body, "name" + p));
          pairs.add(put(body, text(random, 10)));
        }
        rows.add(new Row(random.nextLong(), line, pairs));
      }
      streams.add(rows);
    }
    var batch = new LogsBatch(body.toByteArray());
    for (int s = 0; s < streams.size(); s++) {
      batch.beginStream(Labels.of("app", "é" + s, "n", ""));
      for (Row row : streams.get(s)) {
        batch.addEntry(row.time, row.line[0], row.line[1]);
        for (int p = 0; p < row.pairs.size(); p += 2) {
          int[] name = row.pairs.get(p);
          int[] value = row.pairs.get(p + 1);
          batch.addMetadata(name[0], name[1], value[0], value[1]);
        }
      }
    }
    return batch;
  }

  private static int[] put(ByteArrayOutputStream body, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int at = body.size();
    body.writeBytes(bytes);
    return new int[] {at, bytes.length};
  }

  private static List<String> texts(LogsBatch batch) {
    var all = new ArrayList<String>();
    for (int s = 0; s < batch.streamCount(); s++) {
      var out = new StringBuilder(batch.labels(s).toString());
      for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
        out.append('|').append(batch.timestamps()[e]).append(' ');
        out.append(part(batch, batch.lineOffset(e), batch.lineLength(e)));
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          out.append(';').append(part(batch, batch.nameOffset(p), batch.nameLength(p)));
          out.append('=').append(part(batch, batch.valueOffset(p), batch.valueLength(p)));
        }
      }
      all.add(out.toString());
    }
    return all;
  }

  private static String part(LogsBatch batch, int offset, int length) {
    return new String(batch.body(), offset, length, StandardCharsets.UTF_8);
  }

  @RepeatedTest(50)
  void aBatch_arrivesWhole_andInParts(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    LogsBatch batch = batch(random);
    LogsBatch whole = LogsBatchCodec.decode(LogsBatchCodec.encode(TENANT, batch)).batch();
    assertThat(texts(whole)).as("seed %d", seed).isEqualTo(texts(batch));
    int[] chosen = new int[batch.streamCount()];
    int count = 0;
    var expected = new ArrayList<String>();
    for (int s = 0; s < batch.streamCount(); s++) {
      if (random.nextBoolean()) {
        chosen[count++] = s;
        expected.add(texts(batch).get(s));
      }
    }
    byte[] part = LogsBatchCodec.encode(TENANT, batch, chosen, count);
    assertThat(texts(LogsBatchCodec.decode(part).batch())).as("seed %d", seed).isEqualTo(expected);
  }

  @RepeatedTest(20)
  void aMessageCutShort_isBadData_andNothingElse(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    byte[] message = LogsBatchCodec.encode(TENANT, batch(random));
    byte[] broken = Arrays.copyOf(message, random.nextInt(message.length));
    try {
      LogsBatchCodec.decode(broken);
    } catch (FoursightException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("tenant");
    }
  }

  @Test
  void aRemoteSink_answersAsTheLocalOne() {
    var rejection = new Rejection("line_too_long", ErrorKind.LIMIT_EXCEEDED, "7 > 6 é", 4, 99);
    var result = new LogsWriteResult(3, List.of(rejection));
    LogsBatch batch = batch(new Random(5));
    var service = new RpcService(LogsSourceMethods.INGESTER.service());
    var seen = new ArrayList<List<String>>();
    LogsSinkService.register(
        service,
        (tenant, received) -> {
          assertThat(tenant).isEqualTo(TENANT);
          seen.add(texts(received));
          return result;
        });
    try (var loopback = new Loopback(service)) {
      var remote = LogsSinkService.remote(loopback.caller(), Duration.ofSeconds(10));
      assertThat(remote.write(LogsBatchCodec.encode(TENANT, batch))).isEqualTo(result);
      assertThat(seen).containsExactly(texts(batch));
    }
  }

  // ---- pages ----

  private static LogsPage page(Random random, int rows) {
    var times = new long[rows];
    var streamOf = new int[rows];
    var starts = new int[rows];
    var lengths = new int[rows];
    var lines = new ByteArrayOutputStream();
    var codes = new int[rows];
    int streams = 1 + random.nextInt(5);
    int values = 1 + random.nextInt(4);
    for (int row = 0; row < rows; row++) {
      times[row] = random.nextLong() >> 2;
      streamOf[row] = row * streams / rows;
      byte[] line = text(random, 200).getBytes(StandardCharsets.UTF_8);
      starts[row] = lines.size();
      lengths[row] = line.length;
      lines.writeBytes(line);
      codes[row] = random.nextInt(values + 1) - 1;
    }
    var labels = new ArrayList<Labels>();
    for (int s = 0; s < streams; s++) {
      labels.add(Labels.of("s", "" + s, "r", "" + random.nextInt(3)));
    }
    var bytes = new ByteArrayOutputStream();
    var ends = new int[values + 1];
    for (int v = 0; v < values; v++) {
      bytes.writeBytes(("value" + v).getBytes(StandardCharsets.UTF_8));
      ends[v + 1] = bytes.size();
    }
    var column = new MetadataColumn("trace_id", codes, bytes.toByteArray(), ends);
    return new LogsPage(
        rows, times, labels, streamOf, lines.toByteArray(), starts, lengths, List.of(column));
  }

  private static List<String> rows(LogsPage page) {
    var rows = new ArrayList<String>();
    for (int row = 0; row < page.rows(); row++) {
      var out = new StringBuilder(page.labels(row).toString()).append(page.timestamps()[row]);
      out.append(
          new String(
              page.lines(),
              page.lineStarts()[row],
              page.lineLengths()[row],
              StandardCharsets.UTF_8));
      for (MetadataColumn column : page.metadata()) {
        if (column.has(row)) {
          out.append(column.name());
          out.append(new String(column.bytes(), column.start(row), column.length(row)));
        }
      }
      rows.add(out.toString());
    }
    return rows;
  }

  /// Pages with falling bounds; what was asked is kept.
  private static final class RecordingSource implements LogsSource {
    private final List<LogsPage> pages = new ArrayList<>();
    private LogsSelect last;

    RecordingSource(Random random, int count, int rows) {
      LogsPage first = page(random, rows);
      LogsPage second = page(random, rows);
      for (int i = 0; i < count; i++) {
        pages.add(i % 2 == 0 ? first : second);
      }
    }

    @Override
    public LogsCursor select(LogsSelect select) {
      last = select;
      return new LogsCursor() {
        private int at = -1;

        @Override
        public boolean next() {
          return ++at < pages.size();
        }

        @Override
        public LogsPage page() {
          return pages.get(at);
        }

        @Override
        public long bound() {
          return 1000L - 10 * at;
        }

        @Override
        public boolean mayRepeat() {
          return true;
        }

        @Override
        public LogsStats scanned() {
          return new LogsStats(1, 2, 3, at);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<Labels> series(LogsSelect select) {
      last = select;
      return List.of(Labels.of("a", "é"), Labels.EMPTY);
    }

    @Override
    public List<String> labelNames(LogsSelect select) {
      return List.of("a", "b");
    }

    @Override
    public List<String> labelValues(String label, LogsSelect select) {
      return List.of(label + "1", "");
    }

    @Override
    public LogsStats stats(LogsSelect select) {
      return new LogsStats(1, 0, 1L << 40, 4);
    }

    @Override
    public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
      return List.of(
          new StreamVolume(Labels.of("a", "b"), new long[] {stepNanos, 0}, new long[] {1, 2}));
    }

    @Override
    public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
      return List.of(new LogsPattern("<_> x", "info", new long[] {limit, stepNanos}));
    }

    @Override
    public Set<String> coveredBlocks(LogsSelect select) {
      return Set.of("b1", "b2");
    }
  }

  private static LogsSelect select(QueryBudget budget) {
    return new LogsSelect(
        TENANT,
        -5,
        50_000_000_000L,
        List.of(LabelMatcher.equal("a", "b"), LabelMatcher.regex("c", "x", true, "x"::equals)),
        List.of(new LineFilter(true, List.of(new Test1("|= \"x\""), new Test1("|~ \"y\"")))),
        List.of(LabelMatcher.notEqual("level", "")),
        Columns.ALL,
        Direction.FORWARD,
        77,
        Set.of("w1"),
        budget);
  }

  @Test
  void aRemoteSource_answersAsTheLocalOne() {
    var local = new RecordingSource(new Random(3), 3, 40_000);
    var service = new RpcService(LogsSourceMethods.INGESTER.service());
    LogsSourceService.register(
        service,
        LogsSourceMethods.INGESTER,
        (tenants, blocks) -> {
          assertThat(tenants).containsExactly(TENANT);
          assertThat(blocks).containsExactly("b1", "b2");
          return local;
        },
        EXPRESSIONS);
    try (var loopback = new Loopback(service)) {
      var remote =
          new RemoteLogsSource(
              loopback.caller(), LogsSourceMethods.INGESTER, List.of(), List.of("b1", "b2"));
      LogsSelect select = select(new QueryBudget(1 << 30, 9, QueryBudget.unlimited().deadline()));
      var expected = new ArrayList<String>();
      local.pages.forEach(page -> expected.addAll(rows(page)));
      var received = new ArrayList<String>();
      try (LogsCursor cursor = remote.select(select)) {
        assertThat(cursor.bound()).isEqualTo(1010);
        assertThat(cursor.mayRepeat()).isTrue();
        while (cursor.next()) {
          received.addAll(rows(cursor.page()));
          // A page in pieces: behind the last of them the bound is the page's.
          if (received.size() == 40_000) {
            assertThat(cursor.bound()).isEqualTo(1000);
          } else if (received.size() < 40_000) {
            assertThat(cursor.bound()).isEqualTo(1010);
          }
        }
        assertThat(cursor.scanned()).isEqualTo(new LogsStats(1, 2, 3, 3));
      }
      assertThat(received).isEqualTo(expected);
      assertThat(select.budget().memoryBytes()).isZero();
      assertThat(local.last.matchers()).isEqualTo(select.matchers());
      assertThat(local.last.fields()).isEqualTo(select.fields());
      assertThat(local.last.lineFilters()).isEqualTo(select.lineFilters());
      assertThat(local.last.columns()).isEqualTo(select.columns());
      assertThat(local.last.withoutBlocks()).isEqualTo(select.withoutBlocks());
      assertThat(local.last.limit()).isEqualTo(77);
      assertThat(local.last.direction()).isEqualTo(Direction.FORWARD);
      assertThat(local.last.startNanos()).isEqualTo(-5);
      assertThat(local.last.endNanos()).isEqualTo(50_000_000_000L);
      assertThat(remote.series(select)).isEqualTo(local.series(select));
      assertThat(remote.labelNames(select)).isEqualTo(local.labelNames(select));
      assertThat(remote.labelValues("x", select)).isEqualTo(local.labelValues("x", select));
      assertThat(remote.stats(select)).isEqualTo(local.stats(select));
      assertThat(remote.volumes(select, 5))
          .usingRecursiveComparison()
          .isEqualTo(local.volumes(select, 5));
      assertThat(remote.patterns(select, 5, 6))
          .usingRecursiveComparison()
          .isEqualTo(local.patterns(select, 5, 6));
      assertThat(remote.coveredBlocks(select)).isEqualTo(Set.of("b1", "b2"));
    }
  }

  @Test
  void columnsThatNobodyReads_areNotSent() {
    var frames = new ArrayList<byte[]>();
    LogsPage page = page(new Random(1), 500);
    var all = new LogsPageWriter(Columns.ALL, frames::add);
    all.page(page, 2, 1, LogsStats.NONE);
    var times = new LogsPageWriter(Columns.TIMES, frames::add);
    times.page(page, 2, 1, LogsStats.NONE);
    assertThat(frames.get(1).length).isLessThan(frames.get(0).length / 4);
    LogsPage received = new LogsPageReader().frame(frames.get(1)).orElseThrow();
    assertThat(Arrays.copyOf(received.timestamps(), 500)).isEqualTo(page.timestamps());
  }

  /// A slow reader holds the sender up; nothing piles up between them.
  @Test
  void aReaderThatStops_stopsTheSender() throws Exception {
    var local = new RecordingSource(new Random(3), 1000, 4000);
    var service = new RpcService(LogsSourceMethods.INGESTER.service());
    LogsSourceService.register(
        service, LogsSourceMethods.INGESTER, (tenants, blocks) -> local, EXPRESSIONS);
    try (var loopback = new Loopback(service)) {
      var remote = new RemoteLogsSource(loopback.caller(), LogsSourceMethods.INGESTER);
      var budget = QueryBudget.unlimited();
      try (LogsCursor cursor = remote.select(select(budget))) {
        assertThat(cursor.next()).isTrue();
        // One frame and its columns, of 400 MB that are there.
        assertThat(budget.memoryBytes()).isLessThan(4 << 20);
      }
      assertThat(budget.memoryBytes()).isZero();
    }
  }

  // ---- results ----

  @Test
  void aRemoteRunner_bringsStreamsInPieces_seriesAndStatistics() {
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < 3000; i++) {
      byte[] line = ("line " + i + " ".repeat(300)).getBytes(StandardCharsets.UTF_8);
      entries.add(
          new Entry(
              i,
              line,
              Labels.of("m", "" + i),
              // What a stage made may be empty.
              Labels.ofSorted(new String[] {"e", "", "p", "q"})));
    }
    var streams =
        new Streams(
            List.of(
                new Stream(Labels.of("a", "1"), List.of()),
                new Stream(Labels.of("a", "2"), entries),
                new Stream(Labels.of("a", "3"), entries.subList(0, 1))));
    var matrix =
        new Matrix(
            List.of(
                new Series(
                    Labels.of("a", "1"),
                    new long[] {-5, 0, 9},
                    new double[] {1, Double.POSITIVE_INFINITY, -0.0})));
    var statistics = new Statistics(new LogsStats(1, 2, 3, 4), 5, 6);
    LogsQueryRunner local =
        request -> {
          assertThat(request.tenants()).containsExactly(TENANT, new TenantId("t2"));
          assertThat(request.limit()).isEqualTo(12);
          assertThat(request.direction()).isEqualTo(Direction.FORWARD);
          assertThat(request.maxSeriesPartial()).isTrue();
          if (request.query().equals("bad")) {
            throw FoursightException.badData("parse error at line 1, col 1: é");
          }
          return new LogsQueryResult(
              request.isInstant() ? matrix : streams, List.of("w"), statistics);
        };
    var service = new RpcService(LogsSourceMethods.QUERIER.service());
    LogsRunnerService.register(service, local);
    try (var loopback = new Loopback(service)) {
      LogsQueryRunner remote = LogsRunnerService.remote(loopback.caller());
      LogsQueryResult received = remote.run(request("{a=\"b\"}", 1));
      assertThat(texts((Streams) received.value())).isEqualTo(texts(streams));
      assertThat(received.warnings()).containsExactly("w");
      assertThat(received.statistics()).isEqualTo(statistics);
      assertThat(remote.run(request("rate", 0)))
          .usingRecursiveComparison()
          .isEqualTo(new LogsQueryResult(matrix, List.of("w"), statistics));
      assertThatThrownBy(() -> remote.run(request("bad", 0)))
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA))
          .hasMessage("parse error at line 1, col 1: é");
    }
  }

  private static List<String> texts(Streams streams) {
    var all = new ArrayList<String>();
    for (Stream stream : streams.streams()) {
      all.add(stream.labels().toString());
      for (Entry e : stream.entries()) {
        String line = new String(e.line(), StandardCharsets.UTF_8);
        all.add(e.timestampNanos() + line + e.metadata() + e.parsed());
      }
    }
    return all;
  }

  private static LogsQueryRunner.Request request(String query, long step) {
    return new LogsQueryRunner.Request(
        List.of(TENANT, new TenantId("t2")),
        query,
        1,
        100,
        step,
        0,
        12,
        Direction.FORWARD,
        5,
        true,
        QueryBudget.unlimited());
  }

  // ---- tails ----

  /// A subscription that a test feeds.
  private static final class FedTail implements LogsTailSource, LogsTailSource.Subscription {
    private final LinkedBlockingQueue<LogsPage> pages = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Dropped> dropped = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public Subscription subscribe(TenantId tenant, List<LabelMatcher> matchers, long bytes) {
      assertThat(tenant).isEqualTo(TENANT);
      assertThat(matchers).containsExactly(LabelMatcher.equal("a", "b"));
      assertThat(bytes).isEqualTo(1000);
      return this;
    }

    @Override
    public Optional<LogsPage> poll(Duration wait) throws InterruptedException {
      return Optional.ofNullable(pages.poll(20, TimeUnit.MILLISECONDS));
    }

    @Override
    public List<Dropped> takeDropped(int limit) {
      var taken = new ArrayList<Dropped>();
      dropped.drainTo(taken, limit);
      return taken;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void aRemoteTail_bringsPagesAndWhatWasDropped_andEndsTheSubscriptionWhenClosed()
      throws Exception {
    var local = new FedTail();
    var service = new RpcService(LogsSourceMethods.INGESTER.service());
    LogsTailService.register(service, local, text -> text::equals);
    try (var loopback = new Loopback(service)) {
      var remote = new RemoteLogsTailSource(loopback.caller());
      var tail = remote.subscribe(TENANT, List.of(LabelMatcher.equal("a", "b")), 1000);
      assertThat(tail.poll(Duration.ofMillis(1))).isEmpty();
      LogsPage page = page(new Random(9), 10);
      local.pages.add(page);
      assertThat(rows(tail.poll(Duration.ofSeconds(10)).orElseThrow())).isEqualTo(rows(page));
      var dropped = new Dropped(5, Labels.of("a", "b"));
      local.dropped.add(dropped);
      local.pages.add(page);
      var seen = new ArrayList<Dropped>();
      while (seen.isEmpty()) {
        var unused = tail.poll(Duration.ofMillis(100));
        seen.addAll(tail.takeDropped(10));
      }
      assertThat(seen).containsExactly(dropped);
      tail.close();
      assertThat(local.closed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aFollowedQuery_goesOverTheNetwork_withItsErrors() throws Exception {
    var stream =
        new Stream(
            Labels.of("a", "b"), List.of(new Entry(1, new byte[] {7}, Labels.EMPTY, Labels.EMPTY)));
    var batch =
        new LogsTailRunner.Batch(List.of(stream), List.of(new Dropped(3, Labels.of("c", "d"))));
    var closed = new CountDownLatch(1);
    LogsTailRunner local =
        request -> {
          assertThat(request.tenants()).containsExactly(TENANT);
          if (request.query().isEmpty()) {
            throw FoursightException.badData("no query");
          }
          return new LogsTailRunner.Tail() {
            private boolean given;

            @Override
            public LogsTailRunner.Batch poll(Duration wait) throws InterruptedException {
              if (!given) {
                given = true;
                return batch;
              }
              // Nothing comes any more.
              boolean unused = closed.await(10, TimeUnit.MILLISECONDS);
              return LogsTailRunner.Batch.EMPTY;
            }

            @Override
            public void close() {
              closed.countDown();
            }
          };
        };
    try (var loopback = new Loopback(LogsFollowService.of(local))) {
      LogsTailRunner remote = LogsFollowService.remote(loopback.caller());
      var good =
          new LogsTailRunner.Request(List.of(TENANT), "{a=\"b\"}", 0, 10, QueryBudget.unlimited());
      try (LogsTailRunner.Tail tail = remote.tail(good)) {
        assertThat(tail.poll(Duration.ofSeconds(10))).usingRecursiveComparison().isEqualTo(batch);
        assertThat(tail.poll(Duration.ofMillis(1)).isEmpty()).isTrue();
      }
      assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
      var bad = new LogsTailRunner.Request(List.of(TENANT), "", 0, 10, QueryBudget.unlimited());
      assertThatThrownBy(() -> remote.tail(bad)).hasMessage("no query");
    }
  }
}
