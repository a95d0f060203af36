package io.foursight.wire.profiles.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.Loopback;
import io.foursight.wire.rpc.RpcService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes in on one side comes out on the other, number by number.
@Timeout(60)
class ProfilesRpcTest {
  private static final TenantId TENANT = new TenantId("t1");
  private static final ProfilesStats STATS = new ProfilesStats(1L << 40, 2, 3, 4, -5, 6);

  private static ProfileSymbols symbols(Random random) {
    var symbols = new ProfileSymbols();
    for (int i = random.nextInt(9) + 1; i > 0; i--) {
      symbols.addString("é" + "x".repeat(random.nextInt(9)) + i);
    }
    int strings = symbols.strings();
    for (int i = random.nextInt(3); i > 0; i--) {
      symbols.addMapping(
          random.nextLong(), -1, 7, random.nextInt(strings), random.nextInt(strings));
    }
    for (int i = random.nextInt(6) + 1; i > 0; i--) {
      symbols.addFunction(
          random.nextInt(strings), random.nextInt(strings), random.nextInt(strings), -i);
    }
    for (int i = random.nextInt(6) + 1; i > 0; i--) {
      symbols.addLocation(random.nextInt(symbols.mappings() + 1) - 1, random.nextLong());
      for (int n = random.nextInt(3); n > 0; n--) {
        symbols.addLine(random.nextInt(symbols.functions()), random.nextInt());
      }
    }
    for (int i = 0; i < 20; i++) {
      symbols.addStack(random.nextInt(i + 1) - 1, random.nextInt(symbols.locations()));
    }
    return symbols;
  }

  /// A stack with everything that it says.
  private static String stack(ProfileSymbols symbols, int stack) {
    var out = new StringBuilder();
    for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
      int l = symbols.stackLocation(s);
      int m = symbols.locationMapping(l);
      out.append('|').append(symbols.locationAddress(l));
      if (m >= 0) {
        out.append('@').append(symbols.mappingStart(m)).append(symbols.mappingLimit(m));
        out.append(symbols.mappingFileOffset(m)).append(symbols.string(symbols.mappingFileName(m)));
        out.append(symbols.string(symbols.mappingBuildId(m)));
      }
      for (int line = symbols.lineStart(l); line < symbols.lineEnd(l); line++) {
        int f = symbols.lineFunction(line);
        out.append(',').append(symbols.lineNumber(line)).append(symbols.functionStartLine(f));
        out.append(symbols.string(symbols.functionName(f)));
        out.append(symbols.string(symbols.functionSystemName(f)));
        out.append(symbols.string(symbols.functionFileName(f)));
      }
    }
    return out.toString();
  }

  private static ProfilesBatch batch(Random random) {
    var batch = new ProfilesBatch(symbols(random));
    boolean spans = random.nextBoolean();
    for (int p = random.nextInt(7); p >= 0; p--) {
      batch.beginProfile(
          Labels.of("service_name", "é" + p, "__profile_type__", "a:b:c:d:e"),
          random.nextLong(),
          random.nextLong(),
          -1,
          random.nextLong(),
          random.nextLong());
      for (int s = random.nextInt(5); s > 0; s--) {
        boolean span = spans && random.nextBoolean();
        batch.addSample(
            random.nextInt(batch.symbols().stacks()),
            random.nextLong(),
            span ? random.nextLong() : 0,
            span ? random.nextLong() : 0,
            span ? 9 : 0);
      }
    }
    return batch;
  }

  private static List<String> texts(ProfilesBatch batch) {
    var all = new ArrayList<String>();
    for (int p = 0; p < batch.profiles(); p++) {
      var out = new StringBuilder(batch.labels(p).toString());
      out.append(batch.timeNanos(p)).append(' ').append(batch.durationNanos(p));
      out.append(' ').append(batch.period(p));
      out.append(new ProfileId(batch.idHigh(p), batch.idLow(p)));
      for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
        out.append('\n').append(stack(batch.symbols(), batch.stack(s)));
        out.append('=').append(batch.value(s)).append(' ').append(batch.spanId(s));
        out.append(' ').append(batch.traceHigh(s)).append(' ').append(batch.traceLow(s));
      }
      all.add(out.toString());
    }
    return all;
  }

  @RepeatedTest(50)
  void aBatch_arrivesWhole_andInParts(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    ProfilesBatch batch = batch(random);
    ProfilesBatch whole =
        ProfilesBatchCodec.decode(ProfilesBatchCodec.encode(TENANT, batch)).batch();
    assertThat(texts(whole)).as("seed %d", seed).isEqualTo(texts(batch));
    int[] chosen = new int[batch.profiles()];
    int count = 0;
    var expected = new ArrayList<String>();
    for (int p = 0; p < batch.profiles(); p++) {
      if (random.nextBoolean()) {
        chosen[count++] = p;
        expected.add(texts(batch).get(p));
      }
    }
    byte[] part = ProfilesBatchCodec.encode(TENANT, batch, chosen, count);
    assertThat(texts(ProfilesBatchCodec.decode(part).batch()))
        .as("seed %d", seed)
        .isEqualTo(expected);
  }

  @RepeatedTest(30)
  void aMessageCutShort_isBadData_andNothingElse(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    byte[] message = ProfilesBatchCodec.encode(TENANT, batch(random));
    byte[] broken = Arrays.copyOf(message, random.nextInt(message.length));
    try {
      ProfilesBatchCodec.decode(broken);
    } catch (FoursightException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("tenant");
    }
  }

  @Test
  void aNewerSendersFields_areSkipped() {
    ProfilesBatch batch = batch(new Random(3));
    var out = new ProtoWriter();
    out.varint(99, 7);
    byte[] known = ProfilesBatchCodec.encode(TENANT, batch);
    out.raw(known, 0, known.length);
    out.string(98, "later");
    assertThat(texts(ProfilesBatchCodec.decode(out.toByteArray()).batch())).isEqualTo(texts(batch));
  }

  @Test
  void aRemoteSink_answersAsTheLocalOne() {
    var result =
        new ProfilesWriteResult(
            3, List.of(new Rejection("series_limit", ErrorKind.LIMIT_EXCEEDED, "7 > 6 é", 4)));
    ProfilesBatch batch = batch(new Random(5));
    var service = new RpcService(ProfilesSourceMethods.INGESTER.service());
    var seen = new ArrayList<List<String>>();
    ProfilesSinkService.register(
        service,
        (tenant, received) -> {
          assertThat(tenant).isEqualTo(TENANT);
          seen.add(texts(received));
          return result;
        });
    try (var loopback = new Loopback(service)) {
      var remote = ProfilesSinkService.remote(loopback.caller(), Duration.ofSeconds(10));
      assertThat(remote.write(ProfilesBatchCodec.encode(TENANT, batch))).isEqualTo(result);
      assertThat(seen).containsExactly(texts(batch));
    }
  }

  // ---- reading ----

  private static MergedStacks stacks(Random random, int many) {
    var sum = new MergedStacks();
    for (int i = 0; i < many; i++) {
      ProfileSymbols symbols = symbols(random);
      var from = sum.from(symbols);
      for (int stack = 0; stack < symbols.stacks(); stack += 2) {
        sum.add(from.stack(stack), random.nextInt());
      }
    }
    return sum;
  }

  private static List<String> texts(MergedStacks stacks) {
    var all = new ArrayList<String>();
    for (int stack = 0; stack < stacks.symbols().stacks(); stack++) {
      if (stacks.value(stack) != 0) {
        all.add(stack(stacks.symbols(), stack) + "=" + stacks.value(stack));
      }
    }
    all.sort(null);
    return all;
  }

  private static ProfileRows rows(Random random, String service, int rows, boolean bySpan) {
    long[][] columns = new long[bySpan ? 7 : 4][rows + 3];
    for (long[] column : columns) {
      Arrays.setAll(column, i -> random.nextLong());
    }
    long[] none = {};
    return new ProfileRows(
        Labels.of("service_name", service),
        rows,
        columns[0],
        columns[1],
        columns[2],
        columns[3],
        bySpan ? columns[4] : none,
        bySpan ? columns[5] : none,
        bySpan ? columns[6] : none);
  }

  private static String text(ProfileRows rows) {
    var out = new StringBuilder(rows.labels().toString());
    for (long[] column :
        List.of(
            rows.timesNanos(),
            rows.values(),
            rows.idHighs(),
            rows.idLows(),
            rows.spanIds(),
            rows.traceHighs(),
            rows.traceLows())) {
      out.append(Arrays.toString(Arrays.copyOf(column, Math.min(column.length, rows.rows()))));
    }
    return out.toString();
  }

  /// Answers the same to everybody; what was asked is kept.
  private static final class RecordingSource implements ProfilesSource {
    private MergedStacks stacks = new MergedStacks();
    private final List<ProfileRows> rows = new ArrayList<>();
    private ProfilesSelect last;
    private Object detail = "";

    @Override
    public MergedStacks merge(ProfilesSelect select) {
      last = select;
      return stacks;
    }

    @Override
    public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
      last = select;
      detail = bySpan;
      rows.forEach(each);
    }

    @Override
    public List<Labels> series(ProfilesSelect select) {
      return List.of(Labels.EMPTY, Labels.of("a", "é"));
    }

    @Override
    public List<String> labelNames(ProfilesSelect select) {
      return List.of("a", "é");
    }

    @Override
    public List<String> labelValues(String label, ProfilesSelect select) {
      return List.of(label + "1", "");
    }

    @Override
    public ProfilesStats stats(ProfilesSelect select) {
      return STATS;
    }

    @Override
    public Set<String> coveredBlocks(ProfilesSelect select) {
      return Set.of("b1", "b2");
    }
  }

  private static final SampleFilter SAMPLES =
      new SampleFilter(
          Set.of(1L, -1L), Set.of(new SampleFilter.TraceId(5, -6)), List.of("main", "", "é"));

  private static ProfilesSelect select(SampleFilter samples, Set<ProfileId> ids) {
    return new ProfilesSelect(
        TENANT,
        -7,
        Long.MAX_VALUE,
        List.of(LabelMatcher.equal("a", "é"), LabelMatcher.notEqual("b", "")),
        ids,
        samples,
        Set.of("w1", "w2"),
        QueryBudget.unlimited());
  }

  @Test
  void everythingThatASourceIsAsked_arrives_andItsAnswers() {
    var local = new RecordingSource();
    var service = new RpcService(ProfilesSourceMethods.STORE_GATEWAY.service());
    var blocks = new ArrayList<String>();
    ProfilesSourceService.register(
        service,
        ProfilesSourceMethods.STORE_GATEWAY,
        asked -> {
          blocks.addAll(asked);
          return local;
        },
        text -> text::equals);
    var random = new Random(11);
    try (var loopback = new Loopback(service)) {
      var remote =
          new RemoteProfilesSource(
              loopback.caller(), ProfilesSourceMethods.STORE_GATEWAY, List.of("block"));
      for (int many : new int[] {0, 1, 300}) {
        local.stacks = stacks(random, many);
        ProfilesSelect asked = select(SAMPLES, Set.of(new ProfileId(1, -1), new ProfileId(0, 0)));
        MergedStacks received = remote.merge(asked);
        assertThat(texts(received)).isEqualTo(texts(local.stacks));
        assertThat(received.total()).isEqualTo(local.stacks.total());
        assertThat(local.last).usingRecursiveComparison().ignoringFields("budget").isEqualTo(asked);
      }
      for (boolean bySpan : new boolean[] {false, true}) {
        local.rows.clear();
        local.rows.add(rows(random, "one", 1, bySpan));
        local.rows.add(rows(random, "many", 20_000, bySpan));
        local.rows.add(rows(random, "last", 17, bySpan));
        ProfilesSelect asked = select(SampleFilter.ALL, Set.of());
        var received = new ArrayList<String>();
        remote.rows(asked, bySpan, rows -> received.add(text(rows)));
        assertThat(received).isEqualTo(local.rows.stream().map(ProfilesRpcTest::text).toList());
        assertThat(local.detail).isEqualTo(bySpan);
        assertThat(local.last).usingRecursiveComparison().ignoringFields("budget").isEqualTo(asked);
        assertThat(asked.budget().memoryBytes()).isZero();
      }
      ProfilesSelect asked = select(SampleFilter.ALL, Set.of());
      assertThat(remote.series(asked)).isEqualTo(local.series(asked));
      assertThat(remote.labelNames(asked)).isEqualTo(local.labelNames(asked));
      assertThat(remote.labelValues("pod", asked)).containsExactly("pod1", "");
      assertThat(remote.stats(asked)).isEqualTo(STATS);
      assertThat(remote.coveredBlocks(asked)).containsExactlyInAnyOrder("b1", "b2");
    }
    assertThat(blocks).isNotEmpty().containsOnly("block");
  }

  // ---- queries ----

  private static final class RecordingRunner implements ProfilesQueryRunner {
    private final MergedStacks stacks = stacks(new Random(2), 3);
    private Object last = "";

    private static Exemplar exemplar() {
      return new Exemplar(-1, new ProfileId(2, -3), 4, -5, 6, -7, Labels.of("pod", "é"));
    }

    @Override
    public MergedStacks merge(Query query) {
      last = query;
      return stacks;
    }

    @Override
    public List<Points> series(
        Query query,
        List<String> groupBy,
        long stepNanos,
        Aggregation aggregation,
        Exemplars exemplars,
        int limit) {
      last = List.of(query, groupBy, stepNanos, aggregation, exemplars, limit);
      return List.of(
          new Points(
              Labels.of("a", "b"), new long[] {-1, 1L << 50}, new double[] {0.5, -0.0}, List.of()),
          new Points(Labels.EMPTY, new long[0], new double[0], List.of(exemplar(), exemplar())));
    }

    @Override
    public List<Heatmap> heatmap(
        Query query,
        List<String> groupBy,
        long stepNanos,
        boolean bySpan,
        Exemplars exemplars,
        int bands,
        int limit) {
      last = List.of(query, groupBy, stepNanos, bySpan, exemplars, bands, limit);
      return List.of(
          new Heatmap(
              Labels.of("a", "b"),
              new long[] {5, 6},
              new double[] {0, 1.5},
              new int[][] {{0, 1}, {1 << 30, 0}},
              List.of(exemplar())));
    }

    @Override
    public List<Labels> labelSets(Query query) {
      return List.of(Labels.of("a", "b"), Labels.EMPTY);
    }

    @Override
    public List<String> labelNames(Query query) {
      return List.of("x");
    }

    @Override
    public List<String> labelValues(String label, Query query) {
      last = List.of(label, query);
      return List.of("", "y");
    }

    @Override
    public ProfilesStats stats(Query query) {
      return STATS;
    }
  }

  private static void sameAsked(Object seen, Object asked) {
    assertThat(seen)
        .usingRecursiveComparison()
        .ignoringFieldsOfTypes(QueryBudget.class)
        .isEqualTo(asked);
  }

  @Test
  void queries_areAnsweredAsByTheRunnerItself() {
    var local = new RecordingRunner();
    try (var loopback = new Loopback(ProfilesRunnerService.of(local))) {
      ProfilesQueryRunner remote = ProfilesRunnerService.remote(loopback.caller());
      var query =
          new ProfilesQueryRunner.Query(
              List.of(TENANT, new TenantId("t2")),
              "a:b:c:d:e",
              "{x=\"é\"}",
              -1,
              1L << 60,
              Set.of(new ProfileId(7, 8)),
              SAMPLES,
              QueryBudget.unlimited());
      assertThat(texts(remote.merge(query))).isEqualTo(texts(local.stacks));
      sameAsked(local.last, query);
      var points =
          remote.series(
              query,
              List.of("pod", "é"),
              15,
              ProfilesQueryRunner.Aggregation.AVERAGE,
              ProfilesQueryRunner.Exemplars.SPAN,
              3);
      sameAsked(
          local.last,
          List.of(
              query,
              List.of("pod", "é"),
              15L,
              ProfilesQueryRunner.Aggregation.AVERAGE,
              ProfilesQueryRunner.Exemplars.SPAN,
              3));
      sameAsked(
          points,
          local.series(
              query,
              List.of(),
              1,
              ProfilesQueryRunner.Aggregation.SUM,
              ProfilesQueryRunner.Exemplars.NONE,
              0));
      var maps =
          remote.heatmap(
              query, List.of(), 15, true, ProfilesQueryRunner.Exemplars.INDIVIDUAL, 20, 9);
      sameAsked(
          local.last,
          List.of(query, List.of(), 15L, true, ProfilesQueryRunner.Exemplars.INDIVIDUAL, 20, 9));
      sameAsked(
          maps,
          local.heatmap(query, List.of(), 1, false, ProfilesQueryRunner.Exemplars.NONE, 1, 1));
      assertThat(remote.labelSets(query)).isEqualTo(local.labelSets(query));
      assertThat(remote.labelNames(query)).containsExactly("x");
      assertThat(remote.labelValues("pod", query)).containsExactly("", "y");
      sameAsked(local.last, List.of("pod", query));
      assertThat(remote.stats(query)).isEqualTo(STATS);
    }
  }
}
