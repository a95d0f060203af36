package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PprofTest {
  private static final Path FILES =
      Path.of(System.getProperty("conformance.dir", "../../shared/conformance"), "profiles");
  private static final Labels SERIES = Labels.of("__name__", "process_cpu", "service_name", "s");
  private static final PprofDecoder.Origin ORIGIN =
      new PprofDecoder.Origin(SERIES, 1_700_000_000_000_000_000L, 0, 1, 2);

  private static ProfilesBatch decode(byte[] file, PprofLimits limits) {
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(symbols.symbols());
    var decoder = new PprofDecoder(symbols, batch, limits);
    decoder.decode(decoder.unpack(file), ORIGIN);
    return batch;
  }

  /// Names from the root on, by value; frames without a name by address.
  private static Map<String, Long> paths(ProfilesBatch batch, int profile) {
    var merged = new MergedStacks();
    var from = merged.from(batch.symbols());
    for (int s = batch.sampleStart(profile); s < batch.sampleEnd(profile); s++) {
      merged.add(from.stack(batch.stack(s)), batch.value(s));
    }
    return paths(merged);
  }

  private static Map<String, Long> paths(MergedStacks merged) {
    var symbols = merged.symbols();
    var paths = new TreeMap<String, Long>();
    for (int stack = 0; stack < symbols.stacks(); stack++) {
      if (merged.value(stack) == 0) {
        continue;
      }
      var frames = new ArrayList<String>();
      for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
        int location = symbols.stackLocation(s);
        frames.add(Long.toHexString(symbols.locationAddress(location)));
        for (int l = symbols.lineStart(location); l < symbols.lineEnd(location); l++) {
          int function = symbols.lineFunction(l);
          frames.add(
              symbols.string(symbols.functionName(function))
                  + "@"
                  + symbols.string(symbols.functionFileName(function))
                  + ":"
                  + symbols.lineNumber(l));
        }
      }
      paths.merge(String.join(";", frames), merged.value(stack), Long::sum);
    }
    return paths;
  }

  @TestFactory
  Stream<DynamicTest> publishedFiles_haveTheirTypesAndSums() throws IOException {
    Path facts = FILES.resolve("facts.json");
    Assumptions.assumeTrue(Files.exists(facts), "no conformance data at " + FILES);
    var tests = new ArrayList<DynamicTest>();
    var known = new ObjectMapper().readTree(facts.toFile());
    known
        .properties()
        .forEach(file -> {
          JsonNode fact = file.getValue();
          // These two are refused, see below.
          if (fact.has("sums") && !file.getKey().matches(".*(dotnet|invalid_utf8).*")) {
            tests.add(DynamicTest.dynamicTest(file.getKey(), () -> check(file.getKey(), fact)));
          }
        });
    return tests.stream();
  }

  private static void check(String name, JsonNode fact) throws IOException {
    ProfilesBatch batch = decode(Files.readAllBytes(FILES.resolve(name)), PprofLimits.NONE);
    var sums = new TreeMap<String, Long>();
    for (int p = 0; p < batch.profiles(); p++) {
      Labels labels = batch.labels(p);
      String period = labels.get("__period_type__") + ":" + labels.get("__period_unit__");
      assertThat(period).isEqualTo(fact.path("period_type").asText());
      for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
        sums.merge(
            labels.get("__type__") + ":" + labels.get("__unit__"), batch.value(s), Long::sum);
      }
      for (String label : labels.names()) {
        assertThat(label).isNotIn("span_id", "profile_id", "trace_id");
      }
    }
    for (int t = 0; t < fact.path("sample_types").size(); t++) {
      assertThat(sums.getOrDefault(fact.path("sample_types").get(t).asText(), 0L))
          .as(fact.path("sample_types").get(t).asText())
          .isEqualTo(fact.path("sums").get(t).asLong());
    }
    assertRoundTrip(batch);
  }

  private static void assertRoundTrip(ProfilesBatch batch) {
    for (int p = 0; p < batch.profiles(); p++) {
      var merged = new MergedStacks();
      var from = merged.from(batch.symbols());
      for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
        merged.add(from.stack(batch.stack(s)), batch.value(s));
      }
      var type = ProfileType.parse(batch.labels(p).get(ProfileType.LABEL));
      byte[] file = PprofEncoder.encode(merged, type, batch.timeNanos(p), 5, batch.period(p));
      ProfilesBatch again = decode(file, PprofLimits.NONE);
      assertThat(again.profiles()).isEqualTo(merged.total() == 0 ? 0 : 1);
      if (merged.total() > 0) {
        assertThat(again.labels(0).get(ProfileType.LABEL)).isEqualTo(type.id());
        assertThat(again.durationNanos(0)).isEqualTo(5);
        assertThat(again.period(0)).isEqualTo(batch.period(p));
        assertThat(paths(again, 0)).isEqualTo(paths(batch, p));
      }
      FrameTree tree = FrameTree.of(merged);
      assertThat(tree.total(0)).isEqualTo(merged.total());
      assertThat(tree.truncate(10).total(0)).isEqualTo(merged.total());
      assertConsistent(FlameGraph.of(tree));
    }
  }

  /// Bars of a level lie beside each other inside those of the level above.
  private static void assertConsistent(FlameGraph graph) {
    assertThat(graph.levels().getFirst()).startsWith(0, graph.total()).hasSize(4);
    assertThat(graph.names().getFirst()).isEqualTo("total");
    long above = graph.total();
    long self = 0;
    for (long[] level : graph.levels()) {
      long sum = 0;
      long end = 0;
      for (int i = 0; i < level.length; i += 4) {
        assertThat(level[i]).isNotNegative();
        end += level[i] + level[i + 1];
        sum += level[i + 1];
        self += level[i + 2];
      }
      assertThat(end).isLessThanOrEqualTo(graph.total());
      assertThat(sum).isLessThanOrEqualTo(above);
      above = sum;
    }
    assertThat(self).isEqualTo(graph.total());
  }

  @Test
  void filesThatNobodyCanRead_areRefusedWithTheReason() throws IOException {
    Assumptions.assumeTrue(Files.exists(FILES), "no conformance data at " + FILES);
    var refused =
        Map.of(
            "pprof/dotnet-pprof-3.pb.gz", "function id is 0",
            "pprof/invalid_utf8.pb.gz", "is not UTF-8");
    for (var file : refused.entrySet()) {
      byte[] bytes = Files.readAllBytes(FILES.resolve(file.getKey()));
      assertThatThrownBy(() -> decode(bytes, PprofLimits.NONE))
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining(file.getValue());
    }
  }

  @Test
  void damagedFiles_areRefusedOrRead_neverAnythingElse() throws IOException {
    Path file = FILES.resolve("pprof/go.cpu.labels.pprof");
    Assumptions.assumeTrue(Files.exists(file), "no conformance data at " + FILES);
    var limits = new PprofLimits(1 << 20, 16000, 1000, 65535, 100);
    var decoder =
        new PprofDecoder(
            new SymbolsInterner(new ProfileSymbols()),
            new ProfilesBatch(new ProfileSymbols()),
            limits);
    byte[] whole = decoder.unpack(Files.readAllBytes(file));
    long seed = System.nanoTime();
    var random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = whole.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(3) == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      try {
        decode(damaged, limits);
      } catch (FoursightException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + i, e);
      }
    }
    assertThat(refused).as("seed %d", seed).isGreaterThan(100);
  }

  @Test
  void limits_cutFramesFarFromTheRoot_andRefuseTheRest() throws IOException {
    Path file = FILES.resolve("pprof/cpu.pb.gz");
    Assumptions.assumeTrue(Files.exists(file), "no conformance data at " + FILES);
    byte[] bytes = Files.readAllBytes(file);
    var cut = decode(bytes, new PprofLimits(0, 0, 2, 4, 0));
    var symbols = cut.symbols();
    for (int s = 0; s < cut.samples(); s++) {
      int depth = 0;
      for (int stack = cut.stack(s); stack >= 0; stack = symbols.stackParent(stack)) {
        depth++;
      }
      assertThat(depth).isLessThanOrEqualTo(2);
    }
    for (int f = 0; f < symbols.functions(); f++) {
      assertThat(symbols.stringLength(symbols.functionName(f))).isLessThanOrEqualTo(4);
    }
    assertThatThrownBy(() -> decode(bytes, new PprofLimits(0, 3, 0, 0, 0)))
        .hasMessageContaining("7 samples, the limit is 3");
    assertThatThrownBy(() -> decode(bytes, new PprofLimits(100, 0, 0, 0, 0)))
        .hasMessageContaining("more than 100 bytes uncompressed");
  }

  @Test
  void foldedStacks_areRead() throws IOException {
    Path file = FILES.resolve("collapsed/kafka_cpu_0.collapsed.txt");
    Assumptions.assumeTrue(Files.exists(file), "no conformance data at " + FILES);
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(symbols.symbols());
    batch.beginProfile(SERIES, 1, 0, 0, 0, 0);
    new FoldedDecoder(symbols, batch, PprofLimits.NONE).decode(Files.readString(file), true, 10);
    assertThat(batch.samples()).isEqualTo(316);
    assertThat(paths(batch, 0).values().stream().mapToLong(v -> v).sum()).isEqualTo(4780);
    assertThatThrownBy(
            () -> new FoldedDecoder(symbols, batch, PprofLimits.NONE).decode("a;b 1\nc x", true, 1))
        .hasMessageContaining("line 2 does not end in a count: \"x\"");
  }

  @Test
  void diff_padsWhatOneSideLacks() {
    FrameTree left = tree("a;b 3", "a;c 2");
    FrameTree right = tree("a;c 4", "d 1");
    FlameGraph graph = FlameGraph.diff(left, right);
    assertThat(graph.names()).containsExactly("total", "a", "d", "b", "c");
    assertThat(graph.levels())
        .containsExactly(
            new long[] {0, 5, 0, 0, 5, 0, 0},
            new long[] {0, 5, 0, 0, 4, 0, 1, 0, 0, 0, 0, 1, 1, 2},
            new long[] {0, 3, 3, 0, 0, 0, 3, 0, 2, 2, 0, 4, 4, 4});
    assertThat(List.of(graph.leftTotal(), graph.rightTotal(), graph.maxSelf()))
        .containsExactly(5L, 5L, 4L);
  }

  @Test
  void truncatedTree_keepsItsSumsUnderOther() {
    FrameTree tree = tree("a;b 30", "a;c 2", "a;d 1", "e 1").truncate(2);
    FlameGraph graph = FlameGraph.of(tree);
    assertThat(graph.names()).containsExactly("total", "a", "other", "b");
    assertThat(graph.levels())
        .containsExactly(
            new long[] {0, 34, 0, 0},
            new long[] {0, 33, 0, 1, 0, 1, 1, 2},
            new long[] {0, 30, 30, 3, 0, 3, 3, 2});
  }

  private static FrameTree tree(String... lines) {
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(symbols.symbols());
    batch.beginProfile(SERIES, 1, 0, 0, 0, 0);
    new FoldedDecoder(symbols, batch, PprofLimits.NONE).decode(String.join("\n", lines), true, 1);
    var merged = new MergedStacks();
    var from = merged.from(batch.symbols());
    for (int s = 0; s < batch.samples(); s++) {
      merged.add(from.stack(batch.stack(s)), batch.value(s));
    }
    return FrameTree.of(merged);
  }
}
