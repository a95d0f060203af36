package io.foursight.wire.traces.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.FoundTrace.ServiceStats;
import io.foursight.model.traces.FoundTrace.Span;
import io.foursight.model.traces.FoundTrace.SpanSet;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanTextMatcher;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesSeries.Exemplar;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.wire.otlp.OtlpTracesDecoder;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.Loopback;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.traces.RandomTraces;
import io.foursight.wire.traces.SpanRefusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes in on one side comes out on the other, byte by byte.
@Timeout(60)
class TracesRpcTest {
  private static final TenantId TENANT = new TenantId("t1");
  private static final TraceId ID = new TraceId(-5, Long.MIN_VALUE);
  private static final TracesStats STATS = new TracesStats(1L << 40, 2, 3, 4, 5);

  /// A test that is its text.
  private record Test1(String text) implements SpanTextMatcher {
    @Override
    public boolean matches(String other) {
      return false;
    }
  }

  // ---- batches ----

  private static TracesBatch batch(Random random) {
    byte[] body = new RandomTraces(random).request().toByteArray();
    var batch = new TracesBatch(body);
    new OtlpTracesDecoder().decode(body, body.length, batch, new SpanRefusals());
    return batch;
  }

  private static String slice(TracesBatch batch, int offset, int length) {
    return Arrays.toString(Arrays.copyOfRange(batch.body(), offset, offset + length));
  }

  private static List<String> texts(TracesBatch batch) {
    var all = new ArrayList<String>();
    for (int i = 0; i < batch.spanCount(); i++) {
      int s = batch.scopeOf(i);
      int r = batch.resourceOf(s);
      all.add(
          String.join(
              "|",
              slice(batch, batch.resourceOffset(r), batch.resourceLength(r)),
              slice(batch, batch.resourceSchemaOffset(r), batch.resourceSchemaLength(r)),
              slice(batch, batch.scopeOffset(s), batch.scopeLength(s)),
              slice(batch, batch.scopeSchemaOffset(s), batch.scopeSchemaLength(s)),
              slice(batch, batch.spanOffset(i), batch.spanLength(i)),
              new TraceId(batch.traceHigh(i), batch.traceLow(i)).toString(),
              TraceId.hex(batch.spanId(i)),
              String.valueOf(batch.startNanos(i)),
              String.valueOf(batch.endNanos(i))));
    }
    return all;
  }

  @RepeatedTest(50)
  void aBatch_arrivesWhole_andInParts(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    TracesBatch batch = batch(random);
    TracesBatch whole = TracesBatchCodec.decode(TracesBatchCodec.encode(TENANT, batch)).batch();
    assertThat(texts(whole)).as("seed %d", seed).isEqualTo(texts(batch));
    int[] chosen = new int[batch.spanCount()];
    int count = 0;
    var expected = new ArrayList<String>();
    for (int i = 0; i < batch.spanCount(); i++) {
      if (random.nextBoolean()) {
        chosen[count++] = i;
        expected.add(texts(batch).get(i));
      }
    }
    byte[] part = TracesBatchCodec.encode(TENANT, batch, chosen, count);
    assertThat(texts(TracesBatchCodec.decode(part).batch()))
        .as("seed %d", seed)
        .isEqualTo(expected);
  }

  @RepeatedTest(20)
  void aMessageCutShort_isBadData_andNothingElse(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    byte[] message = TracesBatchCodec.encode(TENANT, batch(random));
    byte[] broken = Arrays.copyOf(message, random.nextInt(message.length));
    try {
      TracesBatchCodec.decode(broken);
    } catch (FoursightException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("tenant");
    }
  }

  @Test
  void aNewerSendersFields_areSkipped() {
    TracesBatch batch = batch(new Random(3));
    var out = new ProtoWriter();
    out.varint(99, 7);
    byte[] known = TracesBatchCodec.encode(TENANT, batch);
    out.raw(known, 0, known.length);
    out.string(98, "later");
    assertThat(texts(TracesBatchCodec.decode(out.toByteArray()).batch())).isEqualTo(texts(batch));
  }

  @Test
  void aRemoteSink_answersAsTheLocalOne() {
    var rejection = new Rejection("trace_too_large", ErrorKind.LIMIT_EXCEEDED, "7 > 6 é", 4);
    var result = new TracesWriteResult(3, List.of(rejection));
    TracesBatch batch = batch(new Random(5));
    var service = new RpcService(TracesSourceMethods.INGESTER.service());
    var seen = new ArrayList<List<String>>();
    TracesSinkService.register(
        service,
        (tenant, received) -> {
          assertThat(tenant).isEqualTo(TENANT);
          seen.add(texts(received));
          return result;
        });
    try (var loopback = new Loopback(service)) {
      var remote = TracesSinkService.remote(loopback.caller(), Duration.ofSeconds(10));
      assertThat(remote.write(TracesBatchCodec.encode(TENANT, batch))).isEqualTo(result);
      assertThat(seen).containsExactly(texts(batch));
    }
  }

  // ---- reading ----

  /// Answers the same to everybody; what was asked is kept.
  private static final class RecordingSource implements TracesSource {
    private final List<SpanPage> pages = new ArrayList<>();
    private TraceCandidates candidates = TraceCandidates.NONE;
    private TracePieces pieces = TracePieces.NONE;
    private TracesSelect last;
    private List<Object> details = List.of();
    private boolean closed;

    @Override
    public TracesCursor select(TracesSelect select) {
      last = select;
      return new TracesCursor() {
        private int at = -1;

        @Override
        public boolean next() {
          return ++at < pages.size();
        }

        @Override
        public SpanPage page() {
          return pages.get(at);
        }

        @Override
        public TracesStats scanned() {
          return STATS;
        }

        @Override
        public void close() {
          closed = true;
        }
      };
    }

    @Override
    public TraceCandidates candidates(TracesSelect select, int limit) {
      last = select;
      details = List.of(limit);
      return candidates;
    }

    @Override
    public TracePieces trace(
        TenantId tenant,
        TraceId id,
        long startNanos,
        long endNanos,
        long maxBytes,
        QueryBudget budget) {
      details = List.of(tenant, id, startNanos, endNanos, maxBytes);
      return pieces;
    }

    @Override
    public List<TracesTags> tagNames(TracesSelect select) {
      last = select;
      return List.of(
          new TracesTags(SpanField.Scope.RESOURCE, List.of("a", "é")),
          new TracesTags(SpanField.Scope.LINK, List.of()));
    }

    @Override
    public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
      last = select;
      details = List.of(field, limit);
      return VALUES;
    }

    @Override
    public Set<String> coveredBlocks(TracesSelect select) {
      last = select;
      return Set.of("b1", "b2");
    }
  }

  private static final List<SpanValue> VALUES =
      List.of(
          new SpanValue.Text(""),
          new SpanValue.Text("é€"),
          new SpanValue.Int(0),
          new SpanValue.Int(Long.MIN_VALUE),
          new SpanValue.Decimal(0),
          new SpanValue.Decimal(-0.0),
          new SpanValue.Decimal(Double.NaN),
          new SpanValue.Bool(false),
          new SpanValue.Bool(true),
          new SpanValue.Duration(-1),
          new SpanValue.Status(0),
          new SpanValue.Kind(3),
          new SpanValue.Nil(),
          new SpanValue.Many(
              List.of(new SpanValue.Int(1), new SpanValue.Many(List.of()), new SpanValue.Nil())));

  private static final SpanFilter FILTER =
      new SpanFilter.And(
          List.of(
              new SpanFilter.Or(List.of()),
              new SpanFilter.Or(
                  List.of(
                      new SpanFilter.Exists(SpanField.Intrinsic.TRACE_STATE),
                      new SpanFilter.TextTest(SpanField.SERVICE_NAME, new Test1("=~ a b")))),
              new SpanFilter.NumberRange(
                  RandomPages.FIELDS.getLast(), Double.NEGATIVE_INFINITY, -0.5),
              new SpanFilter.BoolTest(SpanField.SERVICE_NAME, false),
              new SpanFilter.DurationRange(0, Long.MAX_VALUE),
              new SpanFilter.KindIn(0),
              new SpanFilter.StatusIn(-1),
              new SpanFilter.Root()));

  private static TracesSelect select(SpanFilter filter) {
    return new TracesSelect(
        TENANT,
        -7,
        Long.MAX_VALUE,
        List.of(new TraceId(0, 1), ID),
        filter,
        true,
        RandomPages.FIELDS,
        Set.of("w1", "w2"),
        QueryBudget.unlimited());
  }

  private interface Use {
    void with(RecordingSource local, RemoteTracesSource remote);
  }

  private static void overLoopback(Use use) {
    var local = new RecordingSource();
    var service = new RpcService(TracesSourceMethods.STORE_GATEWAY.service());
    var blocks = new ArrayList<String>();
    TracesSourceService.register(
        service,
        TracesSourceMethods.STORE_GATEWAY,
        asked -> {
          blocks.addAll(asked);
          return local;
        },
        Test1::new);
    try (var loopback = new Loopback(service)) {
      use.with(
          local,
          new RemoteTracesSource(
              loopback.caller(), TracesSourceMethods.STORE_GATEWAY, List.of("block")));
    }
    assertThat(blocks).isNotEmpty().containsOnly("block");
  }

  private static void same(TracesSelect seen, TracesSelect asked) {
    assertThat(seen).usingRecursiveComparison().ignoringFields("budget").isEqualTo(asked);
  }

  @RepeatedTest(10)
  void pages_arriveRowByRow(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    overLoopback((local, remote) -> {
      for (int n = random.nextInt(4); n > 0; n--) {
        local.pages.add(RandomPages.page(random, 1 + random.nextInt(n == 3 ? 9_000 : 50)));
      }
      var rows = new ArrayList<String>();
      try (TracesCursor cursor = remote.select(select(FILTER))) {
        while (cursor.next()) {
          rows.addAll(RandomPages.rows(cursor.page()));
        }
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.scanned()).isEqualTo(STATS);
      }
      assertThat(rows).as("seed %d", seed).isEqualTo(RandomPages.rows(local.pages));
      same(local.last, select(FILTER));
      assertThat(local.closed).isTrue();
    });
  }

  @Test
  void aFrameThatIsCutShort_isBadData() {
    var frames = new ArrayList<byte[]>();
    new SpanPageWriter(frames::add).page(RandomPages.page(new Random(4), 60), STATS);
    byte[] frame = frames.getFirst();
    for (int length = 1; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      try {
        new SpanPageReader(RandomPages.FIELDS).frame(cut);
      } catch (FoursightException e) {
        assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA);
      }
    }
    assertThatThrownBy(() ->
            new SpanPageReader(RandomPages.FIELDS).frame(Arrays.copyOf(frame, frame.length / 2)))
        .isInstanceOf(FoursightException.class);
  }

  @Test
  void aTestThatCannotBeWritten_isSentAsAFilterThatLetsMorePass() {
    var out = new ProtoWriter();
    SpanFilterCodec.write(
        out, 1, new SpanFilter.TextTest(SpanField.SERVICE_NAME, text -> text.length() == 3));
    var in = new io.foursight.wire.protobuf.ProtoReader(out.toByteArray());
    in.tag();
    assertThat(SpanFilterCodec.readFilter(in, Test1::new))
        .isEqualTo(new SpanFilter.Exists(SpanField.SERVICE_NAME));
  }

  @Test
  void aConditionThatIsNotKnownHere_letsEverythingPass() {
    var out = new ProtoWriter();
    int mark = out.begin(1);
    out.end(out.begin(77));
    out.end(mark);
    var in = new io.foursight.wire.protobuf.ProtoReader(out.toByteArray());
    in.tag();
    assertThat(SpanFilterCodec.readFilter(in, Test1::new)).isEqualTo(SpanFilter.ALL);
  }

  @Test
  void aFilterThatNestsTooDeep_letsMorePass() {
    SpanFilter filter = new SpanFilter.Root();
    for (int i = 0; i < 5000; i++) {
      filter = new SpanFilter.And(List.of(filter));
    }
    var out = new ProtoWriter();
    SpanFilterCodec.write(out, 1, filter);
    var in = new io.foursight.wire.protobuf.ProtoReader(out.toByteArray());
    in.tag();
    SpanFilter received = SpanFilterCodec.readFilter(in, Test1::new);
    while (received instanceof SpanFilter.And(List<SpanFilter> terms) && !terms.isEmpty()) {
      received = terms.getFirst();
    }
    assertThat(received).isEqualTo(SpanFilter.ALL);
  }

  @Test
  void candidates_arrive_howeverManyTheyAre() {
    overLoopback((local, remote) -> {
      for (int count : new int[] {0, 1, 40_000}) {
        var all = new ArrayList<Candidate>();
        for (int i = count; i > 0; i--) {
          all.add(new Candidate(new TraceId(i, -i), i * 1_000_000_007L));
        }
        local.candidates = new TraceCandidates(all, count == 1, STATS);
        assertThat(remote.candidates(select(FILTER), 12)).isEqualTo(local.candidates);
        same(local.last, select(FILTER));
        assertThat(local.details).isEqualTo(List.of(12));
      }
    });
  }

  @Test
  void thePiecesOfATrace_arrive_howeverLargeTheyAre() {
    overLoopback((local, remote) -> {
      var large = new byte[3_000_001];
      new Random(8).nextBytes(large);
      local.pieces = new TracePieces(List.of(new byte[] {1}, large, new byte[0]), true, STATS);
      TracePieces found = remote.trace(TENANT, ID, 5, -5, 99, QueryBudget.unlimited());
      assertThat(found.pieces()).hasSize(3);
      for (int i = 0; i < 3; i++) {
        assertThat(found.pieces().get(i)).isEqualTo(local.pieces.pieces().get(i));
      }
      assertThat(found.truncated()).isTrue();
      assertThat(found.scanned()).isEqualTo(STATS);
      assertThat(local.details).isEqualTo(List.of(TENANT, ID, 5L, -5L, 99L));
      local.pieces = TracePieces.NONE;
      assertThat(remote.trace(TENANT, ID, 0, 1, 0, QueryBudget.unlimited()))
          .isEqualTo(TracePieces.NONE);
    });
  }

  @Test
  void tags_theirValues_andCoveredBlocks_arrive() {
    overLoopback((local, remote) -> {
      assertThat(remote.tagNames(select(FILTER))).isEqualTo(local.tagNames(select(FILTER)));
      assertThat(remote.tagValues(SpanField.Intrinsic.NAME, select(FILTER), 9)).isEqualTo(VALUES);
      assertThat(local.details).isEqualTo(List.of(SpanField.Intrinsic.NAME, 9));
      assertThat(remote.coveredBlocks(select(SpanFilter.ALL)))
          .containsExactlyInAnyOrder("b1", "b2");
      same(local.last, select(SpanFilter.ALL));
    });
  }

  // ---- queries ----

  private static FoundTrace found(int n) {
    var span =
        new Span(-n, "op é" + n, n, 0, List.of(new Attribute("k", VALUES.get(n % VALUES.size()))));
    return new FoundTrace(
        new TraceId(n, -1),
        n % 2 == 0 ? "" : "shop",
        "root",
        -n,
        n,
        List.of(
            new SpanSet(List.of(span, span), 7, List.of(new Attribute("by(x)", VALUES.get(1)))),
            new SpanSet(List.of(), 0, List.of())),
        Map.of("", new ServiceStats(0, 0), "é", new ServiceStats(n, 1)));
  }

  private static final class RecordingRunner implements TracesQueryRunner {
    private final List<Found> progress = new ArrayList<>();
    private Found found = new Found(List.of(), TracesStats.NONE);
    private MetricsFound series = new MetricsFound(List.of(), "", TracesStats.NONE);
    private Object last;

    @Override
    public Found search(Search search, Consumer<Found> taken) {
      last = search;
      progress.forEach(taken);
      if (search.query().isEmpty()) {
        throw new FoursightException(ErrorKind.EXECUTION, "too hard é");
      }
      return found;
    }

    @Override
    public MetricsFound metrics(Metrics metrics) {
      last = metrics;
      return series;
    }

    @Override
    public TracePieces trace(
        List<TenantId> tenants,
        TraceId id,
        long startNanos,
        long endNanos,
        String filter,
        long maxBytes,
        QueryBudget budget) {
      last = List.of(tenants, id, startNanos, endNanos, filter, maxBytes);
      return new TracePieces(List.of(), true, STATS);
    }

    @Override
    public List<TracesTags> tagNames(Tags tags) {
      last = tags;
      return List.of(new TracesTags(SpanField.Scope.EVENT, List.of("x")));
    }

    @Override
    public List<SpanValue> tagValues(String identifier, Tags tags) {
      last = List.of(identifier, tags);
      return VALUES;
    }
  }

  private static final List<TenantId> TENANTS = List.of(TENANT, new TenantId("t2"));
  private static final QueryBudget BUDGET = QueryBudget.unlimited();

  private void query(java.util.function.BiConsumer<RecordingRunner, TracesQueryRunner> use) {
    var local = new RecordingRunner();
    try (var loopback = new Loopback(TracesRunnerService.of(local))) {
      use.accept(local, TracesRunnerService.remote(loopback.caller()));
    }
  }

  private static void sameAsked(Object seen, Object asked) {
    assertThat(seen)
        .usingRecursiveComparison()
        .ignoringFieldsOfTypes(QueryBudget.class)
        .isEqualTo(asked);
  }

  @Test
  void aSearch_showsItsProgress_thenTheAnswer() {
    query((local, remote) -> {
      for (int count : new int[] {0, 3, 4000}) {
        var all = new ArrayList<FoundTrace>();
        for (int i = 0; i < count; i++) {
          all.add(found(i));
        }
        local.progress.add(new TracesQueryRunner.Found(all, new TracesStats(count, 0, 0, 0, 0)));
        local.found = new TracesQueryRunner.Found(all, STATS);
        var shown = new ArrayList<FoundTrace>();
        var search = new TracesQueryRunner.Search(TENANTS, "{é}", -1, 1L << 60, 20, 3, BUDGET);
        assertThat(remote.search(search, part -> shown.addAll(part.traces())))
            .isEqualTo(local.found);
        assertThat(shown)
            .isEqualTo(local.progress.stream().flatMap(p -> p.traces().stream()).toList());
        sameAsked(local.last, search);
      }
    });
  }

  @Test
  void aSearchThatFails_keepsItsKindAndMessage_afterWhatItShowed() {
    query((local, remote) -> {
      local.progress.add(new TracesQueryRunner.Found(List.of(found(1)), STATS));
      var shown = new ArrayList<FoundTrace>();
      var search = new TracesQueryRunner.Search(TENANTS, "", 0, 1, 20, 3, BUDGET);
      assertThatThrownBy(() -> remote.search(search, part -> shown.addAll(part.traces())))
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.EXECUTION))
          .hasMessageContaining("too hard é");
      assertThat(shown).containsExactly(found(1));
    });
  }

  @Test
  void series_arriveBitByBit() {
    query((local, remote) -> {
      var series =
          new TracesSeries(
              List.of(
                  new Attribute("__name__", new SpanValue.Text("rate")),
                  new Attribute("", VALUES.get(5))),
              new long[] {-1, 0, 1L << 50},
              new double[] {Double.NaN, -0.0, 1e300},
              List.of(new Exemplar(List.of(new Attribute("trace:id", VALUES.get(1))), 0.5, -3)));
      var none = new TracesSeries(List.of(), new long[0], new double[0], List.of());
      local.series = new TracesQueryRunner.MetricsFound(List.of(series, none), "cut é", STATS);
      var asked =
          new TracesQueryRunner.Metrics(TENANTS, "{} | rate()", 1, 2, 1_000_000_000, 5, 6, BUDGET);
      TracesQueryRunner.MetricsFound found = remote.metrics(asked);
      assertThat(found.message()).isEqualTo("cut é");
      assertThat(found.stats()).isEqualTo(STATS);
      assertThat(found.series()).hasSize(2);
      for (int i = 0; i < 2; i++) {
        TracesSeries wanted = local.series.series().get(i);
        assertThat(found.series().get(i).labels()).isEqualTo(wanted.labels());
        assertThat(found.series().get(i).timestampsMillis()).isEqualTo(wanted.timestampsMillis());
        assertThat(found.series().get(i).values()).isEqualTo(wanted.values());
        assertThat(found.series().get(i).exemplars()).isEqualTo(wanted.exemplars());
      }
      sameAsked(local.last, asked);
    });
  }

  @Test
  void aTraceAndTags_areAskedOfTheRunner() {
    query((local, remote) -> {
      assertThat(remote.trace(TENANTS, ID, 1, 2, "{ x }", 3, BUDGET))
          .isEqualTo(new TracePieces(List.of(), true, STATS));
      assertThat(local.last).isEqualTo(List.of(TENANTS, ID, 1L, 2L, "{ x }", 3L));
      var tags = new TracesQueryRunner.Tags(TENANTS, "{ .a = ", 1, 2, 3, BUDGET);
      assertThat(remote.tagNames(tags))
          .containsExactly(new TracesTags(SpanField.Scope.EVENT, List.of("x")));
      sameAsked(local.last, tags);
      assertThat(remote.tagValues("event:name", tags)).isEqualTo(VALUES);
      sameAsked(local.last, List.of("event:name", tags));
    });
  }
}
