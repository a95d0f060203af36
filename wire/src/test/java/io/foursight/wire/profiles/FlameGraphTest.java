package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.profiles.MergedStacks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The encodings that Grafana draws from.
final class FlameGraphTest {
  private static FrameTree tree(String... lines) {
    return FrameTree.of(StackTexts.sum(lines));
  }

  private static List<List<Long>> levels(FlameGraph graph) {
    return graph.levels().stream().map(l -> Arrays.stream(l).boxed().toList()).toList();
  }

  /// Level 0 is one bar named `total`; offsets are from the end of the bar before.
  @Test
  void bars_areLaidOutByNameFromTheirParentsSelfOn() {
    FlameGraph graph = FlameGraph.of(tree("b 1", "a;y 3", "a;x 2", "a 4", "c;z;w 5"));
    assertThat(graph.names()).containsExactly("total", "a", "b", "c", "x", "y", "z", "w");
    assertThat(levels(graph))
        .containsExactly(
            List.of(0L, 15L, 0L, 0L),
            List.of(0L, 9L, 4L, 1L, 0L, 1L, 1L, 2L, 0L, 5L, 0L, 3L),
            List.of(4L, 2L, 2L, 4L, 0L, 3L, 3L, 5L, 1L, 5L, 0L, 6L),
            List.of(10L, 5L, 5L, 7L));
    assertThat(graph.total()).isEqualTo(15);
    assertThat(graph.maxSelf()).isEqualTo(5);
  }

  /// No data is a root without width, which Grafana shows as nothing.
  @Test
  void emptySum_isARootAlone() {
    FlameGraph graph = FlameGraph.of(FrameTree.of(new MergedStacks()));
    assertThat(graph.names()).containsExactly("total");
    assertThat(levels(graph)).containsExactly(List.of(0L, 0L, 0L, 0L));
  }

  @Test
  void smallNodes_becomeOneBarBesideTheirSiblings() {
    FrameTree tree = tree("a;x 10", "a;y 2", "a;z 1", "b 1").truncate(2);
    FlameGraph graph = FlameGraph.of(tree);
    assertThat(graph.names()).containsExactly("total", "a", "other", "x");
    assertThat(levels(graph))
        .containsExactly(
            List.of(0L, 14L, 0L, 0L),
            List.of(0L, 13L, 0L, 1L, 0L, 1L, 1L, 2L),
            List.of(0L, 3L, 3L, 2L, 0L, 10L, 10L, 3L));
  }

  /// Two trees share their layout; a bar that only one has is empty in the other.
  @Test
  void difference_hasBothTreesInSevens() {
    FlameGraph graph = FlameGraph.diff(tree("a;x 1", "b 2"), tree("a;y 4", "b 1"));
    assertThat(graph.names()).containsExactly("total", "a", "b", "x", "y");
    assertThat(levels(graph))
        .containsExactly(
            List.of(0L, 3L, 0L, 0L, 5L, 0L, 0L),
            List.of(0L, 1L, 0L, 0L, 4L, 0L, 1L, 0L, 2L, 2L, 0L, 1L, 1L, 2L),
            List.of(0L, 1L, 1L, 0L, 0L, 0L, 3L, 0L, 0L, 0L, 0L, 4L, 4L, 4L));
    assertThat(graph.leftTotal()).isEqualTo(3);
    assertThat(graph.rightTotal()).isEqualTo(5);
    assertThat(graph.total()).isEqualTo(8);
  }

  /// The bytes of the worked example in [TreeEncoder].
  @Test
  void tree_hasTheLastChildFirst() {
    assertThat(TreeEncoder.encode(tree("a 1", "a;b 2")))
        .containsExactly(0, 0, 1, 1, 'a', 1, 1, 1, 'b', 2, 0);
    assertThat(TreeEncoder.encode(tree("a;x 300", "b 2")))
        .containsExactly(0, 0, 2, 1, 'b', 2, 0, 1, 'a', 0, 1, 1, 'x', (byte) 0xac, 2, 0);
    assertThat(TreeEncoder.encode(FrameTree.of(new MergedStacks()))).isEmpty();
  }

  /// Draws the graph again and compares the stacks with those of the sum.
  @Test
  void randomSums_areReadBackFromTheirGraph() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      var lines = new ArrayList<String>();
      for (int i = 1 + random.nextInt(30); i > 0; i--) {
        var line = new ArrayList<String>();
        for (int d = 1 + random.nextInt(6); d > 0; d--) {
          line.add("f" + random.nextInt(5));
        }
        lines.add(String.join(";", line) + " " + (1 + random.nextInt(1000)));
      }
      MergedStacks sum = StackTexts.sum(lines.toArray(new String[0]));
      assertThat(stacks(FlameGraph.of(FrameTree.of(sum))))
          .as("seed %d round %d: %s", seed, round, lines)
          .isEqualTo(StackTexts.texts(sum));
      int most = 1 + random.nextInt(20);
      FrameTree cut = FrameTree.of(sum).truncate(most);
      assertThat(cut.total(0)).as("seed %d", seed).isEqualTo(sum.total());
      MergedStacks fewer = StackCut.largest(sum, most);
      assertThat(fewer.total()).as("seed %d %d of %s", seed, most, lines).isEqualTo(sum.total());
    }
  }

  private record Bar(long start, long end, String path) {}

  private static Map<String, Long> stacks(FlameGraph graph) {
    var found = new TreeMap<String, Long>();
    List<Bar> above = List.of(new Bar(0, Long.MAX_VALUE, ""));
    for (int level = 0; level < graph.levels().size(); level++) {
      long[] numbers = graph.levels().get(level);
      var bars = new ArrayList<Bar>();
      long x = 0;
      for (int i = 0; i < numbers.length; i += 4) {
        x += numbers[i];
        long start = x;
        long end = x + numbers[i + 1];
        Bar parent =
            above.stream()
                .filter(bar -> bar.start() <= start && end <= bar.end())
                .findFirst()
                .orElseThrow();
        String name = graph.names().get((int) numbers[i + 3]);
        String path = level == 0 ? "" : parent.path().isEmpty() ? name : parent.path() + ";" + name;
        bars.add(new Bar(start, end, path));
        if (numbers[i + 2] != 0) {
          found.merge(path, numbers[i + 2], Long::sum);
        }
        x = end;
      }
      above = bars;
    }
    return found;
  }

  @Test
  void goPgo_keepsInnermostCalls() {
    MergedStacks sum = StackTexts.sum("main;a;b;c 1", "main;x;b;c 2", "main;b 4");
    assertThat(StackTexts.texts(StackCut.innermost(sum, 2, false)))
        .isEqualTo(new TreeMap<>(Map.of("b;c", 3L, "main;b", 4L)));
    assertThat(StackTexts.texts(StackCut.innermost(sum, 0, true))).isEqualTo(StackTexts.texts(sum));
  }

  @Test
  void smallStacks_arePutTogetherUnderTheirCaller() {
    MergedStacks sum = StackTexts.sum("a;x 10", "a;y 2", "a;z;w 1", "b 1");
    assertThat(StackTexts.texts(StackCut.largest(sum, 2)))
        .isEqualTo(new TreeMap<>(Map.of("a;x", 10L, "a;other", 3L, "other", 1L)));
    assertThat(StackCut.largest(sum, 100)).isSameAs(sum);
  }

  @Test
  void dot_hasFunctionsAndTheirCalls() {
    String dot = DotGraph.of(tree("main;a;b 6", "main;b 3", "main;b;b 1"), "cpu", "count", 0);
    assertThat(dot)
        .startsWith("digraph \"unnamed\" {\n")
        .endsWith("}\n")
        .contains("label=\"main\\n0\\nof 10 (100%)\"")
        .contains("label=\"b\\n10 (100%)\"")
        .contains("label=\"a\\n0\\nof 6 (60.0%)\"")
        .contains("N2 -> N1 [label=\" 4\"")
        .contains("N1 -> N1 [label=\" 1\"");
    assertThat(dot.lines().filter(line -> line.contains(" -> N"))).hasSize(4);
  }

  @Test
  void dotOfFewNodes_hasDottedCallsThroughThoseLeftOut() {
    String dot = DotGraph.of(tree("main;a;b 9", "main;c 1", "b 8"), "cpu", "nanoseconds", 2);
    assertThat(dot)
        .contains("label=\"b\\n17ns (94.4%)\"")
        .contains("style=\"dotted\"")
        .contains("main ... b (9ns)")
        .doesNotContain("label=\"a");
    assertThat(DotGraph.of(FrameTree.of(new MergedStacks()), "cpu", "count", 5)).isEmpty();
  }

  /// A dot in every frame of a deep recursion must not take the stack of the server.
  @Test
  void deepStacks_areWrittenInEveryForm() {
    var frames = new ArrayList<String>();
    for (int i = 0; i < 20_000; i++) {
      frames.add("f" + i % 1000);
    }
    MergedStacks sum = StackTexts.sum(String.join(";", frames) + " 1");
    FrameTree tree = FrameTree.of(sum);
    assertThat(FlameGraph.of(tree).levels()).hasSize(20_001);
    assertThat(TreeEncoder.encode(tree)).hasSizeGreaterThan(20_000);
    assertThat(DotGraph.of(tree, "cpu", "count", 10)).contains("f999");
    assertThat(new HashMap<>(StackTexts.texts(StackCut.innermost(sum, 3, true))))
        .isEqualTo(Map.of("f997;f998;f999", 1L));
  }
}
