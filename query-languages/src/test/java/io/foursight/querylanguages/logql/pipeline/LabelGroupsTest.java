package io.foursight.querylanguages.logql.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelGroupsTest {
  private final PipelineRun run =
      Pipeline.compile(
              LogqlParser.parseLogQuery("{a=\"b\"} | logfmt").stages(), () -> Instant.EPOCH)
          .start();

  private int group(LabelGroups groups, Labels stream, String line) {
    run.entry(stream, Labels.EMPTY, 0, line.getBytes(StandardCharsets.UTF_8));
    return groups.group();
  }

  @Test
  void by_takesOnlyTheNamedLabels() {
    var groups = new LabelGroups(run, Optional.of(new Grouping(List.of("s", "app"), false)));
    Labels stream = Labels.of("app", "x", "pod", "1");
    int first = group(groups, stream, "s=1 t=9");
    assertThat(group(groups, Labels.of("app", "x", "pod", "2"), "t=8 s=1")).isEqualTo(first);
    assertThat(group(groups, stream, "s=2")).isNotEqualTo(first);
    assertThat(groups.labels(first)).isEqualTo(Labels.of("app", "x", "s", "1"));
    assertThat(groups.labels(group(groups, stream, "t=1"))).isEqualTo(Labels.of("app", "x"));
  }

  @Test
  void without_takesAllOthers() {
    var groups = new LabelGroups(run, Optional.of(new Grouping(List.of("pod", "v"), true)));
    int g = group(groups, Labels.of("app", "x", "pod", "1"), "s=1 v=2");
    assertThat(groups.labels(g)).isEqualTo(Labels.of("app", "x", "s", "1"));
    assertThat(group(groups, Labels.of("app", "x", "pod", "2"), "v=3 s=1")).isEqualTo(g);
  }

  @Test
  void untouchedLabels_areTheStreams() {
    var groups = new LabelGroups(run, Optional.empty());
    Labels stream = Labels.of("app", "x");
    int g = group(groups, stream, "");
    assertThat(groups.labels(g)).isEqualTo(stream);
    assertThat(group(groups, stream, "")).isEqualTo(g);
    assertThat(group(groups, stream, "a=1")).isNotEqualTo(g);
    assertThat(group(groups, Labels.of("app", "x"), "")).isEqualTo(g);
  }

  @Test
  void detailsOfADroppedError_areALabel() {
    var strict =
        Pipeline.compile(
                LogqlParser.parseLogQuery("{a=\"b\"} | logfmt --strict | drop __error__").stages(),
                () -> Instant.EPOCH)
            .start();
    var groups = new LabelGroups(strict, Optional.empty());
    Labels stream = Labels.of("app", "x");
    strict.entry(stream, Labels.EMPTY, 0, "a==1".getBytes(StandardCharsets.UTF_8));
    int bad = groups.group();
    assertThat(groups.labels(bad).has("__error_details__")).isTrue();
    strict.entry(stream, Labels.EMPTY, 0, new byte[0]);
    assertThat(groups.labels(groups.group())).isEqualTo(stream);
    strict.entry(stream, Labels.EMPTY, 0, "a==1".getBytes(StandardCharsets.UTF_8));
    assertThat(groups.group()).isEqualTo(bad);
  }

  /// Many groups, seen twice: each keeps its number.
  @Test
  void numbersAreDense_andStable() {
    var groups = new LabelGroups(run, Optional.of(new Grouping(List.of("s"), false)));
    var numbers = new HashMap<Integer, Integer>();
    for (int i = 0; i < 5000; i++) {
      numbers.put(i, group(groups, Labels.of("app", "x"), "s=value-number-" + i));
    }
    assertThat(groups.size()).isEqualTo(5000);
    assertThat(numbers.values()).doesNotHaveDuplicates().allMatch(n -> n < 5000);
    for (int i = 0; i < 5000; i++) {
      assertThat(group(groups, Labels.of("app", "x"), "s=value-number-" + i))
          .isEqualTo(numbers.get(i));
      assertThat(groups.labels(numbers.get(i))).isEqualTo(Labels.of("s", "value-number-" + i));
    }
  }
}
