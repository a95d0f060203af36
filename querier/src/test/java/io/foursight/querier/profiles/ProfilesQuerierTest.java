package io.foursight.querier.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesQueryRunner.Aggregation;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplar;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplars;
import io.foursight.model.profiles.ProfilesQueryRunner.Heatmap;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.model.profiles.ProfilesQueryRunner.Query;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.querier.QuerierConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Against the plain walk over all samples.
final class ProfilesQuerierTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");
  private static final String CPU = RandomProfiles.CPU.id();
  private static final long SECOND = 1_000_000_000L;

  private final MemoryProfilesSource head = new MemoryProfilesSource();
  private final MemoryProfilesSource blocks = new MemoryProfilesSource();
  private final List<ProfilesBatch> written = new ArrayList<>();
  private final ProfilesQuerier querier =
      new ProfilesQuerier(
          new ProfilesFanIn(head, blocks), QuerierConfig.defaults(), new SimpleMeterRegistry());

  @AfterEach
  void stop() {
    querier.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  /// Most profiles are in the head, in blocks, or in both because the head did not let go yet.
  private void write(Random random, int batches) {
    var profiles = new RandomProfiles(random);
    var covered = new TreeSet<String>();
    for (int i = 0; i < batches; i++) {
      ProfilesBatch batch = profiles.batch(random.nextInt(20));
      written.add(batch);
      String block = "block-" + i;
      int place = random.nextInt(3);
      if (place != 0) {
        blocks.add(A, block, batch);
      }
      if (place != 1) {
        head.add(A, block, batch);
        covered.add(block);
      }
    }
    head.covered = covered;
  }

  private static Query query(String type, String selector, long start, long end) {
    return query(type, selector, start, end, Set.of(), SampleFilter.ALL);
  }

  private static Query query(
      String type,
      String selector,
      long start,
      long end,
      Set<ProfileId> ids,
      SampleFilter samples) {
    return new Query(List.of(A), type, selector, start, end, ids, samples, QueryBudget.unlimited());
  }

  /// Calls for each sample of the profiles of a query.
  private void samples(Query query, String service, BiConsumer<ProfilesBatch, int[]> each) {
    for (ProfilesBatch batch : written) {
      for (int p = 0; p < batch.profiles(); p++) {
        if (batch.timeNanos(p) < query.startNanos()
            || batch.timeNanos(p) >= query.endNanos()
            || !batch.labels(p).get(ProfileType.LABEL).equals(query.profileType())
            || !service.isEmpty() && !batch.labels(p).get("service_name").equals(service)
            || !query.ids().isEmpty()
                && !query.ids().contains(new ProfileId(batch.idHigh(p), batch.idLow(p)))) {
          continue;
        }
        for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
          List<String> frames = MemoryProfilesSource.frames(batch.symbols(), batch.stack(s));
          List<String> site = query.samples().callSite();
          if (query.samples().passesIds(batch.spanId(s), batch.traceHigh(s), batch.traceLow(s))
              && frames.size() >= site.size()
              && frames.subList(0, site.size()).equals(site)) {
            each.accept(batch, new int[] {p, s});
          }
        }
      }
    }
  }

  private static Map<List<String>, Long> byFrames(MergedStacks stacks) {
    var sums = new HashMap<List<String>, Long>();
    for (int stack = 0; stack < stacks.symbols().stacks(); stack++) {
      if (stacks.value(stack) != 0) {
        sums.merge(
            MemoryProfilesSource.frames(stacks.symbols(), stack), stacks.value(stack), Long::sum);
      }
    }
    return sums;
  }

  private static SampleFilter filter(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new SampleFilter(Set.of(1L + random.nextInt(5)), Set.of(), List.of());
      case 1 ->
          new SampleFilter(
              Set.of(), Set.of(new SampleFilter.TraceId(random.nextInt(2), 7)), List.of());
      case 2 -> new SampleFilter(Set.of(), Set.of(), List.of("f" + random.nextInt(9)));
      default -> SampleFilter.ALL;
    };
  }

  /// The sum over head and blocks, each profile once, is that of the plain walk.
  @Test
  void mergeOfRandomProfiles_isTheNaiveSum() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    write(random, 200);
    int found = 0;
    for (int round = 0; round < 200; round++) {
      long start = Math.abs(random.nextLong()) % RandomProfiles.RANGE_NANOS;
      long end = start + Math.abs(random.nextLong()) % RandomProfiles.RANGE_NANOS;
      String service = random.nextBoolean() ? "" : "service-" + random.nextInt(3);
      String selector = service.isEmpty() ? "{}" : "{service_name=\"" + service + "\"}";
      var ids = new TreeSet<ProfileId>();
      if (random.nextInt(5) == 0) {
        ProfilesBatch batch = written.get(random.nextInt(written.size()));
        for (int p = 0; p < batch.profiles(); p += 2) {
          ids.add(new ProfileId(batch.idHigh(p), batch.idLow(p)));
        }
      }
      Query query = query(CPU, selector, start, end, ids, filter(random));
      var expected = new HashMap<List<String>, Long>();
      samples(
          query,
          service,
          (batch, at) ->
              expected.merge(
                  MemoryProfilesSource.frames(batch.symbols(), batch.stack(at[1])),
                  batch.value(at[1]),
                  Long::sum));
      MergedStacks sum = querier.merge(query);
      assertThat(byFrames(sum)).as("seed %d round %d", seed, round).isEqualTo(expected);
      assertThat(sum.total())
          .isEqualTo(expected.values().stream().mapToLong(Long::longValue).sum());
      found += expected.isEmpty() ? 0 : 1;
    }
    assertThat(found).as("seed %d", seed).isGreaterThan(50);
  }

  private record Cell(Labels labels, long timeMillis) {}

  /// Points at `start + k * step` stand for `(point - step, point]`; what is empty has no point.
  @Test
  void seriesOfRandomProfiles_areTheNaiveSums() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    write(random, 150);
    for (int round = 0; round < 60; round++) {
      long startMillis = random.nextInt(300_000);
      long endMillis = startMillis + random.nextInt(300_000);
      long stepMillis = 1 + random.nextInt(30_000);
      List<String> groupBy =
          List.of(List.<String>of(), List.of("service_name"), List.of("pod", "thread.name"))
              .get(random.nextInt(3));
      SampleFilter filter = filter(random);
      Query naive =
          query(
              CPU,
              "",
              (startMillis - stepMillis) * 1_000_000,
              (endMillis + 1) * 1_000_000,
              Set.of(),
              filter);
      Map<Cell, Long> sums = new HashMap<>();
      Map<Cell, Set<Long>> profiles = new HashMap<>();
      samples(
          naive,
          "",
          (batch, at) -> {
            long millis = batch.timeNanos(at[0]) / 1_000_000;
            for (long point = startMillis; point <= endMillis; point += stepMillis) {
              if (millis > point - stepMillis && millis <= point) {
                var cell = new Cell(batch.labels(at[0]).keep(groupBy), point);
                sums.merge(cell, batch.value(at[1]), Long::sum);
                profiles.computeIfAbsent(cell, c -> new TreeSet<>()).add(batch.idLow(at[0]));
              }
            }
          });
      Query query =
          query(CPU, "{}", startMillis * 1_000_000, (endMillis + 1) * 1_000_000, Set.of(), filter);
      Map<Cell, Double> found = cells(query, groupBy, stepMillis, Aggregation.SUM);
      var expected = new HashMap<Cell, Double>();
      sums.forEach((cell, sum) -> expected.put(cell, (double) sum));
      assertThat(found).as("seed %d round %d", seed, round).isEqualTo(expected);
      var averages = new HashMap<Cell, Double>();
      sums.forEach((cell, sum) -> averages.put(cell, (double) sum / profiles.get(cell).size()));
      assertThat(cells(query, groupBy, stepMillis, Aggregation.AVERAGE))
          .as("seed %d round %d", seed, round)
          .isEqualTo(averages);
    }
  }

  private Map<Cell, Double> cells(
      Query query, List<String> groupBy, long stepMillis, Aggregation aggregation) {
    var found = new HashMap<Cell, Double>();
    for (Points points :
        querier.series(query, groupBy, stepMillis * 1_000_000, aggregation, Exemplars.NONE, 0)) {
      assertThat(points.timesMillis()).isSorted();
      for (int i = 0; i < points.timesMillis().length; i++) {
        found.put(new Cell(points.labels(), points.timesMillis()[i]), points.values()[i]);
      }
    }
    return found;
  }

  private ProfilesBatch one(Labels labels, long timeNanos, long id, long... valuesAndSpans) {
    var batch = new RandomProfiles(new Random(1)).batch(0);
    batch.beginProfile(RandomProfiles.CPU.label(labels), timeNanos, 0, 0, 0, id);
    for (int i = 0; i < valuesAndSpans.length; i += 2) {
      batch.addSample(0, valuesAndSpans[i], valuesAndSpans[i + 1], 0, 9);
    }
    return batch;
  }

  private static Labels shop(String pod) {
    return Labels.of("service_name", "shop", "pod", pod);
  }

  @Test
  void exemplar_isTheLargestProfileOfItsPoint_withTheLabelsThatSeriesDoNotTell() {
    head.add(A, "h", one(shop("a"), 10 * SECOND, 1, 5, 0));
    head.add(A, "h", one(shop("b"), 11 * SECOND, 2, 7, 0));
    blocks.add(A, "x", one(shop("c"), 40 * SECOND, 3, 1, 0));
    Query query = query(CPU, "", 15 * SECOND, 60 * SECOND);
    List<Points> series =
        querier.series(
            query, List.of("service_name"), 15 * SECOND, Aggregation.SUM, Exemplars.INDIVIDUAL, 0);
    assertThat(series).hasSize(1);
    Points points = series.getFirst();
    assertThat(points.timesMillis()).containsExactly(15_000, 45_000);
    assertThat(points.values()).containsExactly(12, 1);
    assertThat(points.exemplars()).extracting(e -> e.profile().low()).containsExactly(2L, 3L);
    Exemplar first = points.exemplars().getFirst();
    assertThat(first.value()).isEqualTo(7);
    assertThat(first.timeNanos()).isEqualTo(11 * SECOND);
    assertThat(first.labels().get("pod")).isEqualTo("b");
    assertThat(first.labels().has("service_name")).isFalse();
  }

  /// A file whose samples had labels became several series: it is one profile all the same.
  @Test
  void exemplarOfSeveralSeries_isOneProfileWithTheLabelsTheyShare() {
    head.add(A, "h", one(shop("a").with("thread", "x"), SECOND, 1, 5, 0));
    head.add(A, "h", one(shop("a").with("thread", "y"), SECOND, 1, 5, 0));
    head.add(A, "h", one(shop("b").with("thread", "x"), SECOND, 2, 8, 0));
    List<Points> series =
        querier.series(
            query(CPU, "", SECOND, 2 * SECOND),
            List.of(),
            SECOND,
            Aggregation.SUM,
            Exemplars.INDIVIDUAL,
            0);
    assertThat(series.getFirst().exemplars())
        .singleElement()
        .satisfies(exemplar -> {
          assertThat(exemplar.profile().low()).isEqualTo(1);
          assertThat(exemplar.value()).isEqualTo(10);
          assertThat(exemplar.labels().get("pod")).isEqualTo("a");
          assertThat(exemplar.labels().has("thread")).isFalse();
        });
  }

  @Test
  void spanExemplar_isTheLargestSpanOfItsPoint() {
    head.add(A, "h", one(shop("a"), SECOND, 1, 90, 0, 3, 11, 4, 11, 5, 12));
    Points points =
        querier
            .series(
                query(CPU, "", SECOND, 2 * SECOND),
                List.of(),
                SECOND,
                Aggregation.SUM,
                Exemplars.SPAN,
                0)
            .getFirst();
    assertThat(points.values()).containsExactly(102);
    assertThat(points.exemplars())
        .singleElement()
        .satisfies(exemplar -> {
          assertThat(exemplar.spanId()).isEqualTo(11);
          assertThat(exemplar.value()).isEqualTo(7);
          assertThat(exemplar.traceLow()).isEqualTo(9);
        });
  }

  @Test
  void limit_keepsTheSeriesWithTheLargestSums() {
    head.add(A, "h", one(shop("a"), SECOND, 1, 5, 0));
    head.add(A, "h", one(shop("b"), SECOND, 2, 9, 0));
    head.add(A, "h", one(shop("c"), SECOND, 3, 7, 0));
    Query query = query(CPU, "", SECOND, 2 * SECOND);
    assertThat(querier.series(query, List.of("pod"), SECOND, Aggregation.SUM, Exemplars.NONE, 2))
        .extracting(p -> p.labels().get("pod"))
        .containsExactly("b", "c");
  }

  @Test
  void heatmap_countsEveryProfileInOneBandAndColumn() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    write(random, 60);
    for (boolean bySpan : new boolean[] {false, true}) {
      Query query = query(CPU, "", 100 * SECOND, 400 * SECOND);
      var values = new TreeMap<String, Long>();
      samples(
          query(CPU, "", 90 * SECOND + 1_000_000, 400 * SECOND),
          "",
          (batch, at) -> {
            if (!bySpan || batch.spanId(at[1]) != 0) {
              values.merge(
                  batch.idHigh(at[0]) + "/" + (bySpan ? batch.spanId(at[1]) : 0),
                  batch.value(at[1]),
                  Long::sum);
            }
          });
      List<Heatmap> heatmaps =
          querier.heatmap(
              query,
              List.of("service_name"),
              10 * SECOND,
              bySpan,
              bySpan ? Exemplars.SPAN : Exemplars.INDIVIDUAL,
              20,
              0);
      assertThat(heatmaps).hasSize(3);
      long counted = 0;
      for (Heatmap heatmap : heatmaps) {
        assertThat(heatmap.bandStarts()).hasSize(20).isSorted();
        assertThat(heatmap.timesMillis()).isSorted();
        int cells = 0;
        for (int[] column : heatmap.counts()) {
          counted += Arrays.stream(column).sum();
          cells += (int) Arrays.stream(column).filter(n -> n > 0).count();
        }
        assertThat(heatmap.exemplars()).hasSize(cells);
      }
      assertThat(counted).as("seed %d bySpan %s", seed, bySpan).isEqualTo(values.size());
      assertThat(heatmaps.getFirst().bandStarts()[0])
          .isEqualTo(values.values().stream().mapToLong(Long::longValue).min().orElseThrow());
    }
  }

  /// Between the question to the head and that to the blocks a segment becomes a block: its
  /// profiles must count once.
  @Test
  void segmentThatGoesWhileTheHeadIsAsked_isReadOnce() {
    var moving = one(shop("a"), SECOND, 1, 5, 0);
    head.covered = Set.of("s");
    blocks.add(A, "s", moving);
    // The head has let go already when it answers, but said before that it covers the block.
    var reads = new AtomicInteger();
    head.afterRead =
        () -> {
          reads.incrementAndGet();
          head.covered = Set.of();
        };
    assertThat(querier.merge(query(CPU, "", 0, 2 * SECOND)).total()).isEqualTo(5);
    // Twice what it has, twice its sum.
    assertThat(reads).hasValue(4);
  }

  /// A segment that is cut while the head is asked has its profiles in that answer already.
  @Test
  void segmentThatComesWhileTheHeadIsAsked_isReadOnce() {
    var cut = one(shop("a"), SECOND, 1, 5, 0);
    head.add(A, "open", cut);
    blocks.add(A, "s", cut);
    head.afterRead = () -> head.covered = Set.of("s");
    assertThat(querier.merge(query(CPU, "", 0, 2 * SECOND)).total()).isEqualTo(5);
  }

  @Test
  void headThatNeverStandsStill_isAnErrorNotAWrongAnswer() {
    var turn = new AtomicInteger();
    head.covered = Set.of("0");
    head.afterRead = () -> head.covered = Set.of("" + turn.incrementAndGet());
    assertThatThrownBy(() -> querier.merge(query(CPU, "", 0, SECOND)))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
  }

  @Test
  void tenantsAreReadAsOneOnlyWhenAsked() {
    head.add(A, "h", one(shop("a"), SECOND, 1, 5, 0));
    head.add(B, "h", one(shop("a"), SECOND, 2, 6, 0));
    blocks.add(B, "x", one(shop("b"), SECOND, 3, 7, 0));
    Query own = query(CPU, "", 0, 2 * SECOND);
    assertThat(querier.merge(own).total()).isEqualTo(5);
    assertThat(querier.labelValues("pod", own)).containsExactly("a");
    var both =
        new Query(
            List.of(A, B),
            CPU,
            "",
            0,
            2 * SECOND,
            Set.of(),
            SampleFilter.ALL,
            QueryBudget.unlimited());
    assertThat(querier.merge(both).total()).isEqualTo(18);
    assertThat(querier.labelSets(both)).hasSize(2);
    assertThat(querier.labelValues("pod", both)).containsExactly("a", "b");
    assertThat(querier.stats(both)).isEqualTo(new ProfilesStats(3, 3, 3, 48, SECOND, SECOND));
    List<Points> series =
        querier.series(both, List.of("pod"), SECOND, Aggregation.SUM, Exemplars.NONE, 0);
    assertThat(series.stream().collect(Collectors.toMap(p -> p.labels().get("pod"), this::sum)))
        .isEqualTo(Map.of("a", 11.0, "b", 7.0));
  }

  private double sum(Points points) {
    return Arrays.stream(points.values()).sum();
  }

  @Test
  void unparsableTypeOrSelector_isBadData() {
    for (Query bad :
        List.of(query("cpu", "", 0, 1), query(CPU, "{a=}", 0, 1), query(CPU, "}", 0, 1))) {
      assertThatThrownBy(() -> querier.merge(bad))
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    }
  }

  @Test
  void memoryOfAQuery_isBounded_andGivenBack() {
    write(new Random(3), 100);
    var tight = new QueryBudget(2_000, 0, Deadline.NONE);
    var query =
        new Query(
            List.of(A), CPU, "", 0, RandomProfiles.RANGE_NANOS, Set.of(), SampleFilter.ALL, tight);
    assertThatThrownBy(() -> querier.merge(query))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT));
    assertThatThrownBy(
            () -> querier.series(query, List.of(), SECOND, Aggregation.SUM, Exemplars.NONE, 0))
        .isInstanceOf(FoursightException.class);
    assertThatThrownBy(() -> querier.heatmap(query, List.of(), SECOND, true, Exemplars.NONE, 20, 0))
        .isInstanceOf(FoursightException.class);
    assertThat(tight.memoryBytes()).isZero();
  }
}
