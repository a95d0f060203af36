package io.foursight.querier.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Blocks;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesSource;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querylanguages.traceql.eval.TraceqlEngine;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Copies of replicas, in heads and in blocks, are read as one; what is away is not missed, or the
/// read fails.
@Timeout(60)
class ReplicatedTracesTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final QueryBudget BUDGET = QueryBudget.unlimited();
  private static final long SECOND = 1_000_000_000;

  private final long seed = Long.getLong("traces.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<String, MemoryTraces> heads = new TreeMap<>();
  private final Map<String, MemoryTraces> blocks = new LinkedHashMap<>();
  private final Set<String> gone = new HashSet<>();

  private static RingView ring(RingName name, int factor, String... ids) {
    var all = new ArrayList<InstanceDescriptor>();
    var tokens = new Random(7);
    for (String id : ids) {
      all.add(
          new InstanceDescriptor(
              id,
              "host:" + id,
              "",
              InstanceState.ACTIVE,
              Tokens.of(tokens.ints(64).distinct().sorted().toArray()),
              Instant.EPOCH,
              Instant.EPOCH,
              false,
              Instant.EPOCH,
              "",
              1,
              1));
    }
    return RingView.fixed(name, Ring.of(all, Set.of(), new RingRules(factor, false)));
  }

  private TracesSource head(InstanceDescriptor instance) {
    if (gone.contains(instance.id())) {
      throw FoursightException.unavailable(instance.id() + " is gone");
    }
    return heads.get(instance.id());
  }

  /// Every gateway reads every block.
  private Blocks<TracesSource> gateway(InstanceDescriptor instance) {
    if (gone.contains(instance.id())) {
      throw FoursightException.unavailable(instance.id() + " is gone");
    }
    return new Blocks<>() {
      @Override
      public List<Planned> plan(TenantId tenant, TimeRange range, boolean fresh) {
        return blocks.keySet().stream().map(id -> new Planned(id, range, 1)).toList();
      }

      @Override
      public TracesSource only(List<String> ids) {
        // A gateway merges its own blocks.
        return ids.stream()
            .map(id -> (TracesSource) blocks.get(id))
            .reduce(TracesFanIn::new)
            .orElseThrow();
      }
    };
  }

  private TracesFanIn source() {
    var limits = ReplicationLimits.defaults();
    return new TracesFanIn(
        new ReplicatedTracesSource(
            new Ingesters<>(
                ring(RingName.INGESTER, 3, "a", "b", "c"),
                this::head,
                tenant -> limits,
                Clock.systemUTC())),
        new ShardedTracesBlocks(
            new StoreGateways<>(
                ring(RingName.STORE_GATEWAY, 1, "g", "h"),
                this::gateway,
                tenant -> limits,
                gateway -> false)));
  }

  private List<MemorySpan> spans(int traces, int each) {
    var spans = new ArrayList<MemorySpan>();
    for (int t = 0; t < traces; t++) {
      for (int n = 0; n < each; n++) {
        long start = (100L + 3 * t) * SECOND + random.nextInt(1_000_000);
        spans.add(
            new MemorySpan(
                new TraceId(t % 3, t + 1L),
                n + 1L,
                n == 0 ? 0 : 1 + random.nextInt(n),
                start,
                start + random.nextInt(1_000_000_000),
                (byte) random.nextInt(3),
                "op" + random.nextInt(3),
                "s" + random.nextInt(2),
                "/r" + random.nextInt(4)));
      }
    }
    return spans;
  }

  /// Each span on two replicas of three at least, in a head or in a block that was cut from it; a
  /// block may be covered by its head still.
  private void spread(List<MemorySpan> spans) {
    for (String id : List.of("a", "b", "c")) {
      heads.put(id, new MemoryTraces(List.of()));
      blocks.put("block-" + id, new MemoryTraces(List.of()));
    }
    blocks.put("merged", new MemoryTraces(List.of()));
    String covering = List.of("a", "b", "c", "none").get(random.nextInt(4));
    for (MemorySpan span : spans) {
      int missing = random.nextInt(5);
      boolean merged = random.nextInt(6) == 0;
      for (int i = 0; i < 3; i++) {
        if (i == missing) {
          continue;
        }
        String id = List.of("a", "b", "c").get(i);
        boolean cut = random.nextInt(3) == 0;
        if (cut && !merged) {
          blocks.get("block-" + id).spans.add(span);
        }
        if (!cut || id.equals(covering)) {
          heads.get(id).spans.add(span);
        }
        if (cut && merged && !blocks.get("merged").spans.contains(span)) {
          blocks.get("merged").spans.add(span);
        }
      }
    }
    if (!covering.equals("none")) {
      heads.get(covering).covered.add("block-" + covering);
    }
  }

  private static TracesSelect all() {
    return TracesSelect.spans(
        TENANT,
        0,
        Long.MAX_VALUE,
        SpanFilter.ALL,
        List.of(io.foursight.model.traces.SpanField.Intrinsic.NAME),
        BUDGET);
  }

  private static Map<String, Integer> read(TracesSource source, TracesSelect select) {
    var seen = new TreeMap<String, Integer>();
    try (TracesCursor cursor = source.select(select)) {
      while (cursor.next()) {
        SpanPage page = cursor.page();
        for (int r = 0; r < page.rows(); r++) {
          var id = new TraceId(page.traceHighs()[r], page.traceLows()[r]);
          seen.merge(id + "/" + page.spanIds()[r], 1, Integer::sum);
        }
      }
    }
    return seen;
  }

  private static Map<String, Integer> once(Collection<MemorySpan> spans) {
    var seen = new TreeMap<String, Integer>();
    spans.forEach(s -> seen.merge(s.trace() + "/" + s.id(), 1, Integer::sum));
    return seen;
  }

  private static String text(TracesSeries series) {
    return series.labels()
        + Arrays.toString(series.timestampsMillis())
        + Arrays.toString(series.values());
  }

  /// What a query answers, as text.
  private static List<String> metrics(TracesSource source, String query) {
    var asked =
        new Metrics(List.of(TENANT), query, 90 * SECOND, 240 * SECOND, 10 * SECOND, 0, 0, BUDGET);
    return new TraceqlEngine(source)
        .metrics(asked).series().stream().map(ReplicatedTracesTest::text).toList();
  }

  private static List<String> search(TracesSource source, String query, int limit) {
    var asked = new Search(List.of(TENANT), query, 0, Long.MAX_VALUE, limit, 100, BUDGET);
    Found found = new TraceqlEngine(source).search(asked, unused -> {});
    return found.traces().stream()
        .map(t ->
            t.id()
                + t.rootName()
                + t.durationNanos()
                + new TreeMap<>(t.services())
                + t.spanSets().stream()
                    .map(set -> set.matched() + " " + set.spans().size())
                    .sorted()
                    .toList())
        .toList();
  }

  private void same(List<MemorySpan> spans) {
    var one = new MemoryTraces(spans);
    TracesFanIn many = source();
    assertThat(read(many, all())).as("seed %d", seed).isEqualTo(once(spans));
    for (String query :
        List.of(
            "{} | rate() by (name)",
            "{ status = error } | count_over_time()",
            "{} | quantile_over_time(duration, .5, .99)",
            "{} | histogram_over_time(duration)",
            "{ name = \"op1\" } > {} | rate() by (span.route)",
            "{} | compare({ status = error })")) {
      assertThat(metrics(many, query))
          .as("seed %d: %s", seed, query)
          .isEqualTo(metrics(one, query));
    }
    for (String query :
        List.of("{}", "{ name = \"op1\" } >> { status = error }", "{} | count() > 3")) {
      for (int limit : new int[] {3, 1000}) {
        assertThat(search(many, query, limit))
            .as("seed %d: %s", seed, query)
            .isEqualTo(search(one, query, limit));
      }
    }
    var tags = new Tags(List.of(TENANT), "", 0, Long.MAX_VALUE, 0, BUDGET);
    assertThat(new HashSet<>(new TraceqlEngine(many).tagValues("span.route", tags)))
        .isEqualTo(new HashSet<>(new TraceqlEngine(one).tagValues("span.route", tags)));
    assertThat(new TraceqlEngine(many).tagNames(tags))
        .hasSameElementsAs(new TraceqlEngine(one).tagNames(tags));
  }

  @Test
  void anySpreadOfCopies_answersAsOneSource() {
    for (int round = 0; round < 15; round++) {
      heads.clear();
      blocks.clear();
      List<MemorySpan> spans = spans(30, 1 + random.nextInt(6));
      spread(spans);
      same(spans);
    }
  }

  @Test
  void anIngesterAndAGatewayThatAreAway_areNotMissed() {
    List<MemorySpan> spans = spans(20, 4);
    for (String id : List.of("a", "b", "c")) {
      heads.put(id, new MemoryTraces(spans));
    }
    blocks.put("old", new MemoryTraces(spans.subList(0, 30)));
    for (String away : List.of("a", "b", "c")) {
      gone.clear();
      gone.add(away);
      gone.add("g");
      same(spans);
    }
  }

  @Test
  void twoIngestersAway_isAnError_notAShorterAnswer() {
    List<MemorySpan> spans = spans(3, 4);
    for (String id : List.of("a", "b", "c")) {
      heads.put(id, new MemoryTraces(spans));
    }
    gone.addAll(List.of("a", "c"));
    for (Runnable read :
        List.<Runnable>of(
            () -> read(source(), all()),
            () -> source().candidates(all(), 5),
            () -> source().trace(TENANT, new TraceId(0, 1), 0, 0, 0, BUDGET),
            () -> source().tagNames(all()))) {
      assertThatThrownBy(read::run)
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
    }
  }

  /// Fails after its first page.
  private static final class Dying extends MemoryTraces {
    Dying(Collection<MemorySpan> spans) {
      super(spans);
    }

    @Override
    public TracesCursor select(TracesSelect select) {
      TracesCursor cursor = super.select(select);
      return new TracesCursor() {
        private int pages;

        @Override
        public boolean next() {
          if (pages++ > 0) {
            throw FoursightException.unavailable("died under the reader");
          }
          return cursor.next();
        }

        @Override
        public SpanPage page() {
          return cursor.page();
        }

        @Override
        public void close() {
          cursor.close();
        }
      };
    }
  }

  @Test
  void anIngesterThatDiesUnderTheReader_isNotMissed_andTwoAre() {
    List<MemorySpan> spans = spans(40, 3);
    heads.put("a", new MemoryTraces(spans));
    heads.put("b", new Dying(spans));
    heads.put("c", new MemoryTraces(spans));
    assertThat(read(source(), all())).isEqualTo(once(spans));
    heads.put("c", new Dying(spans));
    assertThatThrownBy(() -> read(source(), all()))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("died under the reader");
  }

  @Test
  void aTraceById_hasEachSpanOnce_whereverItsPiecesLie() throws Exception {
    List<MemorySpan> spans = spans(5, 9);
    spread(spans);
    for (int t = 0; t < 5; t++) {
      var id = new TraceId(t % 3, t + 1L);
      TracePieces found = source().trace(TENANT, id, 0, 0, 0, BUDGET);
      assertThat(found.truncated()).isFalse();
      assertThat(found.pieces()).hasSize(1);
      var ids = new ArrayList<Long>();
      for (ResourceSpans resource :
          TracesData.parseFrom(found.pieces().getFirst()).getResourceSpansList()) {
        resource
            .getScopeSpansList()
            .forEach(scope ->
                scope
                    .getSpansList()
                    .forEach(s -> ids.add(s.getSpanId().asReadOnlyByteBuffer().getLong())));
      }
      assertThat(ids)
          .as("seed %d", seed)
          .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }
    assertThat(source().trace(TENANT, new TraceId(99, 99), 0, 0, 0, BUDGET).isEmpty()).isTrue();
  }

  /// Lets go of its segment when it has been asked once: its block answers from then on.
  @Test
  void aHeadThatLetsGoWhileItIsAsked_losesAndDoublesNothing() {
    List<MemorySpan> spans = spans(10, 3);
    var released =
        new MemoryTraces(spans) {
          private int asked;

          @Override
          public Set<String> coveredBlocks(TracesSelect select) {
            return asked == 0 ? Set.of("b1") : Set.of();
          }

          @Override
          public TracesCursor select(TracesSelect select) {
            return asked++ == 0 ? super.select(select) : TracesCursor.empty();
          }
        };
    blocks.put("b1", new MemoryTraces(spans));
    for (String id : List.of("a", "b", "c")) {
      heads.put(id, new MemoryTraces(List.of()));
    }
    heads.put("b", released);
    assertThat(read(source(), all())).isEqualTo(once(spans));
  }

  @Test
  void spansThatOnlyLookAlike_areBothCounted_thoughAReplicaLacksOne() {
    var one =
        new MemorySpan(new TraceId(0, 1), 5, 0, SECOND, 2 * SECOND, (byte) 0, "op", "s", "/a");
    var other =
        new MemorySpan(new TraceId(0, 1), 5, 0, SECOND, 2 * SECOND, (byte) 0, "op", "s", "/b");
    heads.put("a", new MemoryTraces(List.of(one)));
    heads.put("b", new MemoryTraces(List.of(one, other)));
    heads.put("c", new MemoryTraces(List.of(other, one)));
    assertThat(read(source(), all())).containsOnly(Map.entry(new TraceId(0, 1) + "/5", 2));
  }
}
