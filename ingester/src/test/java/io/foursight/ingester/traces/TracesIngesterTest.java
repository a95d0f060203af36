package io.foursight.ingester.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foursight.config.ByteSize;
import io.foursight.ingester.Flusher;
import io.foursight.ingester.Ingester;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalShelf;
import io.foursight.ingester.traces.RandomTraces.Sent;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanField.Attribute;
import io.foursight.model.traces.SpanField.Intrinsic;
import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesTags;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.object.MemoryObjectStore;
import io.foursight.storage.traces.block.v1.SpanStream;
import io.foursight.storage.traces.block.v1.TracesBlockReader;
import io.foursight.storage.wal.FileWal;
import io.foursight.storage.wal.WalConfig;
import io.foursight.wire.otlp.OtlpTracesDecoder;
import io.foursight.wire.traces.SpanRefusals;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Traces of one ingester over a real log: nothing is lost, nothing doubled, and every question is
/// answered as by somebody who looks through all spans that were sent.
class TracesIngesterTest {
  private static final TenantId TENANT = new TenantId("tenant-1");
  private static final SpanField SERVICE = SpanField.SERVICE_NAME;
  private static final SpanField K1 = new Attribute(Scope.SPAN, "k1");

  @TempDir Path directory;
  private final long now = Clock.systemUTC().millis() * 1_000_000;
  private final ObjectBlockStore blocks =
      new ObjectBlockStore(
          new MemoryObjectStore(),
          Clock.systemUTC(),
          new PageCache(1 << 20, new SimpleMeterRegistry()));
  private final BlockPickup pickup = (signal, tenant, id) -> true;
  private TracesLimits limits = TracesLimits.defaults();
  private ByteSize segmentSize = ByteSize.ofMebibytes(128);
  private TracesIngester traces;
  private Flusher flusher;
  private Ingester ingester;
  private FileWal wal;
  private int lives;

  @BeforeEach
  void open() {
    var registry = new SimpleMeterRegistry();
    Path wals = directory.resolve("wal-" + lives);
    wal = new FileWal(wals, WalConfig.defaults().withSegmentSize(new ByteSize(64 << 10)), registry);
    var config = IngesterConfig.defaults();
    var meters = new IngesterMetrics(registry, Signal.TRACES);
    traces =
        new TracesIngester(
            config,
            new TracesIngesterConfig(
                segmentSize, Duration.ofHours(1), Duration.ofHours(1), new ByteSize(0)),
            tenant -> limits,
            wal,
            new SeriesHash(1, 2),
            Clock.systemUTC(),
            new Random(5),
            meters);
    flusher =
        new Flusher(
            traces,
            config,
            wal,
            blocks,
            pickup,
            directory.resolve("blocks"),
            Clock.systemUTC(),
            meters);
    ingester =
        new Ingester(
            config, wal, List.of(new SignalShelf(traces, flusher)), directory.resolve("x"));
    ingester.start();
  }

  /// The log as it is on disk at this moment goes to a new life; the old one is closed unseen.
  private void crash() throws IOException {
    Path from = directory.resolve("wal-" + lives);
    Path to = directory.resolve("wal-" + ++lives);
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    wal.stop(Deadline.after(Duration.ofSeconds(5)));
    open();
  }

  @AfterEach
  void stop() {
    wal.stop(Deadline.after(Duration.ofSeconds(5)));
    ingester.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  private TracesWriteResult write(ExportTraceServiceRequest request) {
    byte[] body = request.toByteArray();
    var batch = new TracesBatch(body);
    new OtlpTracesDecoder().decode(body, body.length, batch, new SpanRefusals());
    return traces.write(TENANT, batch);
  }

  private TracesSelect select(SpanFilter filter, SpanField... fields) {
    return TracesSelect.spans(
        TENANT, 0, Long.MAX_VALUE, filter, List.of(fields), QueryBudget.unlimited());
  }

  // ---- what should be there ----

  private static List<Object> values(Sent sent, SpanField field) {
    return switch (field) {
      case Intrinsic i ->
          switch (i) {
            case NAME -> List.of(sent.span().getName());
            case INSTRUMENTATION_NAME -> List.of(sent.scope().getName());
            case EVENT_NAME ->
                sent.span().getEventsList().stream().map(e -> (Object) e.getName()).toList();
            default -> throw new AssertionError(i);
          };
      case Attribute a -> {
        var all = new ArrayList<KeyValue>();
        switch (a.scope()) {
          case SPAN -> all.addAll(sent.span().getAttributesList());
          case RESOURCE -> all.addAll(sent.resource().getAttributesList());
          case EVENT -> sent.span().getEventsList().forEach(e -> all.addAll(e.getAttributesList()));
          default -> throw new AssertionError(a);
        }
        var values = new ArrayList<Object>();
        for (KeyValue pair : all) {
          if (pair.getKey().equals(a.name())) {
            add(pair.getValue(), values);
          }
        }
        yield values;
      }
    };
  }

  private static void add(AnyValue value, List<Object> into) {
    switch (value.getValueCase()) {
      case STRING_VALUE -> into.add(value.getStringValue());
      case INT_VALUE -> into.add(value.getIntValue());
      case DOUBLE_VALUE -> into.add(value.getDoubleValue());
      case BOOL_VALUE -> into.add(value.getBoolValue());
      case ARRAY_VALUE -> value.getArrayValue().getValuesList().forEach(v -> add(v, into));
      default -> into.add("(other)");
    }
  }

  private static List<Object> values(SpanColumn column, int row) {
    var values = new ArrayList<Object>();
    for (int v = column.start(row); v < column.end(row); v++) {
      values.add(
          switch (column.types()[v]) {
            case SpanColumn.TEXT -> column.text(v);
            case SpanColumn.INT, SpanColumn.DURATION -> column.numbers()[v];
            case SpanColumn.DOUBLE -> column.decimal(v);
            case SpanColumn.BOOL -> column.numbers()[v] != 0;
            default -> "(other)";
          });
    }
    return values;
  }

  private static String line(TraceId trace, long span, long start, List<List<Object>> values) {
    return trace + " " + span + " " + start + " " + values;
  }

  private List<String> expected(Set<Sent> all, Predicate<Sent> passes, SpanField... fields) {
    var lines = new ArrayList<String>();
    for (Sent sent : all) {
      if (passes.test(sent)) {
        var values = new ArrayList<List<Object>>();
        for (SpanField field : fields) {
          values.add(values(sent, field));
        }
        lines.add(
            line(
                sent.trace(),
                sent.span().getSpanId().asReadOnlyByteBuffer().getLong(),
                sent.span().getStartTimeUnixNano(),
                values));
      }
    }
    lines.sort(null);
    return lines;
  }

  private List<String> read(TracesSelect select) {
    var lines = new ArrayList<String>();
    TraceId before = TraceId.NONE;
    try (TracesCursor cursor = traces.select(select)) {
      while (cursor.next()) {
        SpanPage page = cursor.page();
        for (int r = 0; r < page.rows(); r++) {
          var id = new TraceId(page.traceHighs()[r], page.traceLows()[r]);
          assertThat(id).isGreaterThanOrEqualTo(before);
          before = id;
          var values = new ArrayList<List<Object>>();
          for (SpanColumn column : page.columns()) {
            values.add(values(column, r));
          }
          lines.add(line(id, page.spanIds()[r], page.startNanos()[r], values));
        }
      }
    }
    lines.sort(null);
    return lines;
  }

  private static TextMatcher equalTo(String text) {
    return text::equals;
  }

  private void verify(Set<Sent> all, String what) throws InvalidProtocolBufferException {
    SpanField[] fields = {
      Intrinsic.NAME,
      SERVICE,
      K1,
      new Attribute(Scope.RESOURCE, "zone"),
      Intrinsic.EVENT_NAME,
      new Attribute(Scope.EVENT, "k1"),
      Intrinsic.INSTRUMENTATION_NAME
    };
    assertThat(read(select(SpanFilter.ALL, fields)))
        .as(what)
        .isEqualTo(expected(all, s -> true, fields));
    SpanFilter text =
        new SpanFilter.And(
            List.of(
                new SpanFilter.TextTest(SERVICE, equalTo("s1")),
                new SpanFilter.Or(
                    List.of(
                        new SpanFilter.TextTest(K1, equalTo("v1")),
                        new SpanFilter.NumberRange(K1, 1, 2),
                        new SpanFilter.BoolTest(K1, true)))));
    Predicate<Sent> passes =
        s ->
            values(s, SERVICE).contains("s1")
                && values(s, K1).stream()
                    .anyMatch(v ->
                        v.equals("v1")
                            || v.equals(true)
                            || v instanceof Number n
                                && n.doubleValue() >= 1
                                && n.doubleValue() <= 2);
    assertThat(read(select(text, K1))).as(what).isEqualTo(expected(all, passes, K1));

    var byTrace = new HashMap<TraceId, Set<Sent>>();
    var newest = new HashMap<TraceId, Long>();
    for (Sent sent : all) {
      byTrace.computeIfAbsent(sent.trace(), t -> new HashSet<>()).add(sent);
      if (passes.test(sent)) {
        newest.merge(sent.trace(), sent.span().getStartTimeUnixNano(), Math::max);
      }
    }
    TraceCandidates candidates = traces.candidates(select(text), 0);
    assertThat(candidates.complete()).isTrue();
    var found = new TreeMap<TraceId, Long>();
    candidates.candidates().forEach(c -> found.put(c.id(), c.startNanos()));
    assertThat(found).as(what).isEqualTo(new TreeMap<>(newest));
    TraceCandidates two = traces.candidates(select(text), 2);
    assertThat(two.candidates())
        .isEqualTo(candidates.candidates().subList(0, Math.min(2, newest.size())));

    var wanted = byTrace.keySet().stream().sorted().limit(5).toList();
    assertThat(read(select(SpanFilter.ALL, SERVICE).traces(wanted)))
        .as(what)
        .isEqualTo(expected(all, s -> wanted.contains(s.trace()), SERVICE));
    for (Map.Entry<TraceId, Set<Sent>> one : byTrace.entrySet()) {
      assertThat(new HashSet<>(trace(one.getKey()))).as(what).isEqualTo(one.getValue());
    }
  }

  private List<Sent> trace(TraceId id) throws InvalidProtocolBufferException {
    var all = new ArrayList<ResourceSpans>();
    for (byte[] piece :
        traces.trace(TENANT, id, 0, Long.MAX_VALUE, 0, QueryBudget.unlimited()).pieces()) {
      all.addAll(TracesData.parseFrom(piece).getResourceSpansList());
    }
    return RandomTraces.spans(all);
  }

  @Test
  void whatWasAcknowledged_isAnsweredByEveryQuestion_alsoAfterCrashes() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var generator = new RandomTraces(random, now, 60);
    var sent = new LinkedHashSet<Sent>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 30; i++) {
        ExportTraceServiceRequest request = generator.request();
        TracesWriteResult result = write(request);
        var spans = RandomTraces.spans(request.getResourceSpansList());
        assertThat(result.spans()).isEqualTo(spans.size());
        sent.addAll(spans);
        if (i % 6 == 0) {
          // A sender that did not hear us sends again.
          assertThat(write(request).spans()).isEqualTo(spans.size());
        }
      }
      verify(sent, "seed " + seed + " round " + round);
      crash();
      verify(sent, "seed " + seed + " after crash " + round);
    }
  }

  @Test
  void tagNamesAndValues_areThoseOfTheSpansThatPass() {
    var generator = new RandomTraces(new Random(7), now, 20);
    var sent = new LinkedHashSet<Sent>();
    for (int i = 0; i < 30; i++) {
      ExportTraceServiceRequest request = generator.request();
      write(request);
      sent.addAll(RandomTraces.spans(request.getResourceSpansList()));
    }
    List<TracesTags> names = traces.tagNames(select(SpanFilter.ALL));
    assertThat(names)
        .extracting(TracesTags::scope)
        .containsExactly(Scope.SPAN, Scope.RESOURCE, Scope.EVENT, Scope.LINK);
    assertThat(names.get(0).names()).containsExactly("k1", "k2", "k3");
    assertThat(names.get(1).names()).containsExactly("service.name", "zone");

    SpanFilter s0 = new SpanFilter.TextTest(SERVICE, equalTo("s0"));
    var expected = new HashSet<Object>();
    for (Sent one : sent) {
      if (values(one, SERVICE).contains("s0")) {
        expected.addAll(values(one, K1));
      }
    }
    expected.remove("(other)");
    var values = new HashSet<Object>();
    for (SpanValue value : traces.tagValues(K1, select(s0), 0)) {
      values.add(
          switch (value) {
            case SpanValue.Text t -> t.value();
            case SpanValue.Int n -> n.value();
            case SpanValue.Decimal d -> d.value();
            case SpanValue.Bool b -> b.value();
            default -> throw new AssertionError(value);
          });
    }
    assertThat(values).isEqualTo(expected);
    assertThat(traces.tagValues(K1, select(SpanFilter.ALL), 2)).hasSize(2);
  }

  @Test
  void spansOfATraceThatIsTooLarge_areRefused_theOthersStored() throws IOException {
    limits = new TracesLimits(0, new ByteSize(500));
    var scope = new ArrayList<Span>();
    for (int i = 0; i < 20; i++) {
      scope.add(
          Span.newBuilder()
              .setTraceId(RandomTraces.id(1, i < 15 ? 1 : 2))
              .setSpanId(RandomTraces.id(i + 1))
              .setName("x".repeat(20))
              .setStartTimeUnixNano(now)
              .setEndTimeUnixNano(now)
              .build());
    }
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addAllSpans(scope);
    TracesWriteResult result = write(request.build());
    assertThat(result.rejections()).hasSize(1);
    assertThat(result.rejections().getFirst().reason()).isEqualTo("trace_too_large");
    assertThat(result.spans() + result.rejections().getFirst().spans()).isEqualTo(20);
    assertThat(trace(new TraceId(1, 2))).hasSize(5);
    int kept = trace(new TraceId(1, 1)).size();
    assertThat(kept).isEqualTo(result.spans() - 5).isPositive();
    crash();
    assertThat(trace(new TraceId(1, 1))).hasSize(kept);
  }

  @Test
  void whatWasFlushed_isInBlocksOnce_inTheirOrder_andGoneFromTheHead() throws IOException {
    long seed = System.nanoTime();
    var generator = new RandomTraces(new Random(seed), now, 30);
    var sent = new LinkedHashSet<Sent>();
    for (int i = 0; i < 40; i++) {
      ExportTraceServiceRequest request = generator.request();
      write(request);
      sent.addAll(RandomTraces.spans(request.getResourceSpansList()));
      if (i == 20) {
        assertThat(flusher.flush(Optional.empty())).isTrue();
      }
    }
    crash();
    assertThat(flusher.flush(Optional.of(TENANT))).isTrue();
    assertThat(read(select(SpanFilter.ALL))).as("left in the head").isEmpty();
    var stored = new HashSet<Sent>();
    for (BlockStore.Entry entry : blocks.blocks(TENANT)) {
      stored.addAll(scan(entry.meta(), "seed " + seed));
    }
    assertThat(stored).as("seed " + seed).isEqualTo(sent);
  }

  private List<Sent> scan(BlockMeta meta, String what) throws IOException {
    var all = new ArrayList<Sent>();
    try (var reader = TracesBlockReader.open(meta, name -> blocks.open(TENANT, meta, name));
        SpanStream spans = reader.scan()) {
      TraceId before = TraceId.NONE;
      while (spans.next()) {
        var id = new TraceId(spans.traceHigh(), spans.traceLow());
        assertThat(id).as(what).isGreaterThanOrEqualTo(before);
        before = id;
        all.add(
            new Sent(
                Resource.parseFrom(spans.origin().resource()),
                spans.origin().resourceSchemaUrl(),
                InstrumentationScope.parseFrom(spans.origin().scope()),
                Span.parseFrom(
                    Arrays.copyOfRange(
                        spans.bytes(), spans.offset(), spans.offset() + spans.length()))));
      }
    }
    assertThat(all).as(what).doesNotHaveDuplicates();
    return all;
  }

  @Test
  void aTraceBeyondTheBoundOfBytes_comesInPart() {
    var generator = new RandomTraces(new Random(3), now, 1);
    for (int i = 0; i < 40; i++) {
      write(generator.request());
    }
    TraceId id = traces.candidates(select(SpanFilter.ALL), 1).candidates().getFirst().id();
    var whole = traces.trace(TENANT, id, 0, Long.MAX_VALUE, 0, QueryBudget.unlimited());
    var part = traces.trace(TENANT, id, 0, Long.MAX_VALUE, 2000, QueryBudget.unlimited());
    assertThat(whole.truncated()).isFalse();
    assertThat(part.truncated()).isTrue();
    assertThat(part.pieces().stream().mapToInt(p -> p.length).sum()).isBetween(500, 2600);
  }
}
