package io.foursight.querylanguages.logql.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LineTest;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.pipeline.EntryLabels.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static final Labels STREAM = Labels.of("app", "x", "env", "prod");

  private static Pipeline pipeline(String stages) {
    return Pipeline.compile(
        LogqlParser.parseLogQuery("{a=\"b\"} " + stages).stages(), () -> Instant.EPOCH);
  }

  private static Optional<PipelineRun> run(String stages, Labels metadata, String line) {
    var run = pipeline(stages).startUnfiltered();
    boolean kept = run.entry(STREAM, metadata, 0, line.getBytes(StandardCharsets.UTF_8));
    return kept ? Optional.of(run) : Optional.empty();
  }

  private static Labels labels(String stages, String line) {
    return run(stages, Labels.EMPTY, line).orElseThrow().labels().labels(Kind.PARSED);
  }

  /// Responses show the three classes apart.
  @Test
  void labelsKeepTheirClass_andCollisionsGetASuffix() {
    var run =
        run(
                "| json",
                Labels.of("app", "m", "trace", "1"),
                "{\"app\":\"p\",\"trace\":\"2\",\"own\":\"3\"}")
            .orElseThrow();
    assertThat(run.stream()).isSameAs(STREAM);
    assertThat(run.labels().labels(Kind.METADATA)).isEqualTo(Labels.of("trace", "1"));
    assertThat(run.labels().labels(Kind.PARSED))
        .isEqualTo(Labels.of("app_extracted", "p", "trace_extracted", "2", "own", "3"));
  }

  @Test
  void droppedStreamLabel_isGoneFromTheStream_butStillForcesTheSuffix() {
    var run = run("| drop app | json", Labels.EMPTY, "{\"app\":\"p\"}").orElseThrow();
    assertThat(run.stream()).isEqualTo(Labels.of("env", "prod"));
    assertThat(run.labels().labels(Kind.PARSED)).isEqualTo(Labels.of("app_extracted", "p"));
  }

  @Test
  void renamedLabel_countsAsParsed() {
    var run = run("| label_format zone=env", Labels.EMPTY, "").orElseThrow();
    assertThat(run.stream()).isEqualTo(Labels.of("app", "x"));
    assertThat(run.labels().labels(Kind.PARSED)).isEqualTo(Labels.of("zone", "prod"));
  }

  @Test
  void firstOfEqualFields_wins_laterParsersOverwrite() {
    assertThat(labels("| json", "{\"a\":1,\"a\":2,\"b_c\":3,\"b\":{\"c\":4}}"))
        .isEqualTo(Labels.of("a", "1", "b_c", "3"));
    assertThat(labels("| logfmt | pattern \"<_> <a>\"", "a=1 a=2"))
        .isEqualTo(Labels.of("a", "a=2"));
  }

  @Test
  void brokenJson_keepsWhatWasFoundBefore() {
    var run = run("| json", Labels.EMPTY, "{\"a\":\"1\",\"b\":{\"c\":\"2\"},\"d\":").orElseThrow();
    assertThat(run.labels().error()).isEqualTo("JSONParserErr");
    assertThat(run.labels().get("a")).isEqualTo("1");
    assertThat(run.labels().get("b_c")).isEqualTo("2");
  }

  @Test
  void escapesInJson_areResolved() {
    assertThat(labels("| json", "{\"a\\u0062\":\"\\ud83d\\ude00\\n\\\"\\/\"}").get("ab"))
        .isEqualTo("\ud83d\ude00\n\"/");
  }

  /// Only what sees the stored line may be asked of storage.
  @Test
  void lineFilters_arePushedDown_untilTheLineIsRewritten() {
    var p = pipeline("|= \"a\" | json | b=\"c\" !~ \"d|e\" | line_format \"{{.b}}\" |= \"f\"");
    assertThat(p.lineFilters()).hasSize(2);
    assertThat(p.lineFilters().get(0).negated()).isFalse();
    assertThat(p.lineFilters().get(0).tests())
        .extracting(t -> new String(t.substring(), StandardCharsets.UTF_8))
        .containsExactly("a");
    assertThat(p.lineFilters().get(1).negated()).isTrue();
  }

  @Test
  void lineTests_sayWhatEveryMatchContains() {
    LineTest pattern = pipeline("|> \"<_>foo<_>bar\"").lineFilters().getFirst().tests().getFirst();
    assertThat(pattern.substring()).isEmpty();
    assertThat(pattern.requiredLiterals())
        .extracting(b -> new String(b, StandardCharsets.UTF_8))
        .containsExactly("foo", "bar");
    LineTest regex = pipeline("|~ \"foo.*bar\"").lineFilters().getFirst().tests().getFirst();
    assertThat(regex.requiredLiterals()).hasSize(2);
    LineTest plain = pipeline("|~ `foo\\.bar`").lineFilters().getFirst().tests().getFirst();
    assertThat(new String(plain.substring(), StandardCharsets.UTF_8)).isEqualTo("foo.bar");
  }

  @Test
  void conditionsOnStoredLabels_areHints_untilLabelsChange() {
    var p = pipeline("| user=\"a\" and zone!=\"b\" | x=1 or y=\"2\" | json | z=\"3\"");
    assertThat(p.fields()).extracting(m -> m.name()).containsExactly("user", "zone");
    assertThat(p.columns(false, false).lines()).isTrue();
  }

  @Test
  void countingQuery_readsNoLines() {
    var query =
        (RangeAggregation) LogqlParser.parse("count_over_time({a=\"b\"} |= \"x\" | u=\"1\" [1m])");
    var p =
        Pipeline.compile(
            query.range().query().stages(),
            Optional.empty(),
            Optional.of(Set.of("status_extracted")),
            () -> Instant.EPOCH);
    var columns = p.columns(false, false);
    assertThat(columns.lines()).isFalse();
    assertThat(columns.allMetadata()).isFalse();
    assertThat(columns.metadata()).containsExactlyInAnyOrder("status_extracted", "status", "u");
  }

  @Test
  void onlyWantedLabels_areExtracted() {
    var query =
        (RangeAggregation) LogqlParser.parse("rate({a=\"b\"} | json | c=\"1\" | unwrap v [1m])");
    var run =
        Pipeline.compile(
                query.range().query().stages(),
                query.range().unwrap(),
                Optional.of(Set.of("app_extracted")),
                () -> Instant.EPOCH)
            .start();
    byte[] line =
        "{\"c\":\"1\",\"v\":2.5,\"app\":\"p\",\"other\":\"o\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(run.entry(STREAM, Labels.EMPTY, 0, line)).isTrue();
    assertThat(run.value()).isEqualTo(2.5);
    assertThat(run.labels().labels(Kind.PARSED))
        .isEqualTo(Labels.of("c", "1", "v", "2.5", "app_extracted", "p"));
  }

  @Test
  void unwrap_leavesOutEntriesWithoutTheLabel_andMarksBadValues() {
    var query =
        (RangeAggregation)
            LogqlParser.parse(
                "sum_over_time({a=\"b\"} | logfmt | unwrap duration(d) | d!=\"9s\" [1m])");
    var run =
        Pipeline.compile(
                query.range().query().stages(),
                query.range().unwrap(),
                Optional.empty(),
                () -> Instant.EPOCH)
            .start();
    assertThat(run.entry(STREAM, Labels.EMPTY, 0, "x=1".getBytes(StandardCharsets.UTF_8)))
        .isFalse();
    assertThat(run.entry(STREAM, Labels.EMPTY, 0, "d=9s".getBytes(StandardCharsets.UTF_8)))
        .isFalse();
    assertThat(run.entry(STREAM, Labels.EMPTY, 0, "d=1m30s".getBytes(StandardCharsets.UTF_8)))
        .isTrue();
    assertThat(run.value()).isEqualTo(90);
    assertThat(run.entry(STREAM, Labels.EMPTY, 0, "d=soon".getBytes(StandardCharsets.UTF_8)))
        .isTrue();
    assertThat(run.labels().error()).isEqualTo("SampleExtractionErr");
  }

  @Test
  void stageThatCannotBeBuilt_isNamed() {
    assertThatExceptionOfType(FoursightException.class)
        .isThrownBy(() -> pipeline("| line_format \"{{.c\""))
        .withMessageStartingWith("parse error : stage '| line_format \"{{.c\"' : ");
    assertThatExceptionOfType(FoursightException.class)
        .isThrownBy(() -> pipeline("| c=ip(\"10.0.0.300\")"))
        .withMessageStartingWith("parse error : stage '| c=ip(\"10.0.0.300\")' : ");
  }

  /// Lines may hold anything at all.
  @Test
  void garbage_breaksNoStage() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String[] pipelines = {
      "| json",
      "| json a=\"b[1].c\", d=\"e\"",
      "| logfmt --strict --keep-empty",
      "| logfmt a=\"b\"",
      "| unpack | line_format \"{{.a}}\"",
      "| pattern \"<a> <b>=<c>\"",
      "| regexp \"(?P<a>\\\\w+)=(?P<b>[^ ]*)\"",
      "| decolorize |= ip(\"1.0.0.0/8\")",
      "|> \"<_>a<_>\"",
      "|~ \"(?i)a.{2}b\""
    };
    byte[] letters = "{}[]\":,\\ua=b \n\u001b[0m1.2.3.4::\u00e9".getBytes(StandardCharsets.UTF_8);
    for (String stages : pipelines) {
      var run = pipeline(stages).startUnfiltered();
      for (int i = 0; i < 3000; i++) {
        byte[] line = new byte[random.nextInt(40)];
        for (int k = 0; k < line.length; k++) {
          line[k] = letters[random.nextInt(letters.length)];
        }
        try {
          if (run.entry(STREAM, Labels.EMPTY, 0, line)) {
            run.labels().all();
          }
        } catch (RuntimeException e) {
          throw new AssertionError(
              "seed " + seed + ": " + stages + " on " + Arrays.toString(line), e);
        }
      }
    }
  }
}
