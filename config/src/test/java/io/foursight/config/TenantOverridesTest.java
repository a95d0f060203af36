package io.foursight.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantOverridesTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  @TempDir Path dir;
  private Path file;
  private TenantOverrides overrides;
  private TenantLimits<SampleConfig.WriteLimits> write;
  private TenantLimits<SampleConfig.ReadLimits> read;

  @BeforeEach
  void open() {
    file = dir.resolve("runtime.yaml");
    var config =
        SampleConfig.schema()
            .load("limits: {ingestion_rate: 99}", "f", false, n -> null, List.of());
    overrides = new TenantOverrides(config, Optional.of(file));
    write = overrides.limits(SampleConfig.WriteLimits.class);
    read = overrides.limits(SampleConfig.ReadLimits.class);
  }

  @Test
  void aTenantsOverrides_standOnTopOfTheLimitsSection() throws IOException {
    put("overrides: {a: {max_label_names_per_series: 3}}");
    overrides.load();
    assertThat(write.of(A)).isEqualTo(new SampleConfig.WriteLimits(99, 3));
    assertThat(read.of(A).maxLabelNamesPerSeries()).isEqualTo(3);
    assertThat(write.of(B)).isEqualTo(new SampleConfig.WriteLimits(99, 30));
  }

  @Test
  void aChange_isSeenAfterReload_withoutAskingForTheLimitsAgain() throws IOException {
    put("overrides: {a: {ingestion_rate: 1}}");
    overrides.load();
    assertThat(write.of(A).ingestionRate()).isEqualTo(1);
    put("overrides: {b: {ingestion_rate: 2}}");
    overrides.reload();
    assertThat(write.of(A).ingestionRate()).isEqualTo(99);
    assertThat(write.of(B).ingestionRate()).isEqualTo(2);
    assertThat(overrides.loads()).isEqualTo(2);
    overrides.reload();
    assertThat(overrides.loads()).isEqualTo(2);
  }

  @Test
  void aBadFile_keepsTheLastGoodOne_andIsCounted() throws IOException {
    put("overrides: {a: {ingestion_rate: 1}}");
    overrides.load();
    for (String bad :
        List.of(
            "overrides: {a: {ingestion_rat: 2}}",
            "overrides: {a: {ingestion_rate: many}}",
            "overrides: {a: {max_query_length: 2000d}}",
            "overrides: {a/b: {ingestion_rate: 2}}",
            "override: {}",
            "overrides: [",
            "overrides: 5")) {
      long before = overrides.failures();
      put(bad);
      overrides.reload();
      assertThat(overrides.failures()).as(bad).isEqualTo(before + 1);
      assertThat(overrides.lastLoadGood()).as(bad).isFalse();
      assertThat(write.of(A).ingestionRate()).as(bad).isEqualTo(1);
    }
    Files.delete(file);
    overrides.reload();
    assertThat(write.of(A).ingestionRate()).isEqualTo(1);
    put("overrides: {a: {ingestion_rate: 1}}");
    overrides.reload();
    assertThat(overrides.lastLoadGood()).isTrue();
  }

  @Test
  void atStart_aBadOrMissingFileIsAnError() throws IOException {
    assertThatThrownBy(() -> overrides.load()).hasMessageContaining("cannot read " + file);
    put("overrides: {a: {ingestion_rat: 2}}");
    assertThatThrownBy(() -> overrides.load())
        .hasMessageContaining(
            ":1: unknown key \"limits.ingestion_rat\"; did you mean limits.ingestion_rate?");
  }

  @Test
  void print_showsTheTenantsValues() throws IOException {
    put("overrides: {a: {ingestion_rate: 1}, b: }");
    overrides.load();
    assertThat(overrides.toYaml()).isEqualTo("overrides:\n  a:\n    ingestion_rate: 1\n  b:\n");
  }

  @Test
  void durations_areReadAndWrittenAsGoDoes() {
    assertThat(GoDuration.parse("1h30m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(GoDuration.parse("1.5h")).isEqualTo(Duration.ofMinutes(90));
    assertThat(GoDuration.parse("0")).isZero();
    assertThat(GoDuration.parse("0s")).isZero();
    assertThat(GoDuration.parse("2w1d")).isEqualTo(Duration.ofDays(15));
    assertThat(GoDuration.parse("100ms")).isEqualTo(Duration.ofMillis(100));
    for (String bad : List.of("", "5", "s", "1x", "-1s", "1.2.3s", "1h 30m")) {
      assertThatThrownBy(() -> GoDuration.parse(bad)).as(bad).hasMessageContaining("duration");
    }
    assertThatThrownBy(() -> GoDuration.parse("300y")).hasMessageContaining("longer than");
    for (String same : List.of("1h30m", "15s", "100ms", "1.5s", "24h", "0s", "0.0000001s")) {
      assertThat(GoDuration.format(GoDuration.parse(same))).isEqualTo(same);
    }
  }

  private void put(String text) throws IOException {
    Files.writeString(file, text);
  }
}
