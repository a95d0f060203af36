package io.foursight.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigSchemaTest {
  @Test
  void everyType_isReadFromYaml() {
    var config =
        yaml(
            """
            target: read
            multitenancy_enabled: yes
            server:
              http_listen_port: 9_009
              request_timeout: 1h30m
              max_body: 64KB
              sampling: 1
            storage:
              backend: s3
              join_members: [a:1, "b:2"]
              headers: {x: y, z: "1"}
              secret_access_key: 0123
              s3forcepathstyle: true
              quota: 9007199254740993
            """);
    assertThat(config.root().target()).isEqualTo("read");
    assertThat(config.root().multitenancyEnabled()).isTrue();
    assertThat(config.root().server())
        .isEqualTo(new SampleConfig.Server(9009, Duration.ofMinutes(90), new ByteSize(65536), 1.0));
    assertThat(config.root().storage())
        .isEqualTo(
            new SampleConfig.Store(
                SampleConfig.Backend.S3,
                List.of("a:1", "b:2"),
                Map.of("x", "y", "z", "1"),
                "0123",
                true,
                9007199254740993L));
  }

  @Test
  void withoutInput_everythingIsTheDefault() {
    assertThat(yaml("").root()).isEqualTo(SampleConfig.defaults());
    assertThat(yaml("# only a comment\n").root()).isEqualTo(SampleConfig.defaults());
    assertThat(yaml("server:\ntarget:\n").root()).isEqualTo(SampleConfig.defaults());
  }

  @Test
  void flagsWinOverTheFile_andMayBeWrittenInEveryGoWay() {
    var config =
        load(
            "server: {http_listen_port: 1}",
            "-server.http-listen-port=2",
            "--server.request-timeout",
            "15s",
            "-multitenancy-enabled",
            "-storage.s3forcepathstyle=true",
            "-storage.join_members=a,b",
            "-storage.headers=k=v,l=w",
            "--limits.ingestion-rate=5");
    assertThat(config.root().server().httpListenPort()).isEqualTo(2);
    assertThat(config.root().server().requestTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.root().multitenancyEnabled()).isTrue();
    assertThat(config.root().storage().pathStyle()).isTrue();
    assertThat(config.root().storage().joinMembers()).containsExactly("a", "b");
    assertThat(config.root().storage().headers()).containsEntry("k", "v").containsEntry("l", "w");
    assertThat(config.limits(SampleConfig.WriteLimits.class).ingestionRate()).isEqualTo(5);
  }

  @Test
  void anUnknownKey_isAnErrorWithItsPlaceAndTheNearestName() {
    refusedYaml(
        "server:\n  http_listen_prt: 1\n",
        "f.yaml:2: unknown key \"server.http_listen_prt\"; did you mean"
            + " server.http_listen_port?");
    refusedYaml(
        "http_listen_port: 1\n",
        "f.yaml:1: unknown key \"http_listen_port\"; did you mean server.http_listen_port?");
    refusedYaml("zzzzzzzzzzzz: 1\n", "f.yaml:1: unknown key \"zzzzzzzzzzzz\"");
  }

  @Test
  void anUnknownFlag_isAnErrorWithTheNearestName() {
    assertThatThrownBy(() -> load("", "-server.http-listen-prt=1"))
        .isInstanceOf(FoursightException.class)
        .hasMessage("unknown flag -server.http-listen-prt; did you mean -server.http-listen-port?");
    assertThatThrownBy(() -> load("", "-server.http-listen-port"))
        .hasMessage("flag -server.http-listen-port needs a value (integer)");
    assertThatThrownBy(() -> load("", "serve")).hasMessageContaining("unexpected argument");
  }

  @Test
  void aValueOfTheWrongType_namesPlaceKeyAndValue() {
    refusedYaml(
        "server: {http_listen_port: eighty}",
        "f.yaml:1: server.http_listen_port: not a valid integer: \"eighty\"");
    refusedYaml(
        "\nserver:\n  request_timeout: 15\n",
        "f.yaml:3: server.request_timeout: not a duration: \"15\"; write for example 15s or"
            + " 1h30m");
    refusedYaml(
        "storage: {backend: gcs}", "f.yaml:1: storage.backend: \"gcs\" is none of filesystem | s3");
    refusedYaml("server: 5", "f.yaml:1: \"server\" is a section, expected keys below it");
    refusedYaml("target: [a]", "f.yaml:1: target: expected one value (text)");
    refusedYaml("target: a\ntarget: b\n", "f.yaml:2: key \"target\" stands twice");
    assertThatThrownBy(() -> yaml("a: [")).hasMessageStartingWith("f.yaml:");
    assertThatThrownBy(() -> yaml("- a\n")).hasMessage("f.yaml:1: expected keys and values");
  }

  @Test
  void aRecordThatRefusesItsValues_namesItsSection() {
    refusedYaml(
        "server: {http_listen_port: 70000}",
        "in section server: http_listen_port is 70000, the maximum is 65535");
  }

  @Test
  void environmentVariables_areExpandedOnlyWhenAsked() {
    String text = "target: ${WHAT}\nstorage: {secret_access_key: \"${KEY:a:b}$$x\"}\n";
    var expanded =
        SampleConfig.schema().load(text, "f", true, Map.of("WHAT", "write")::get, List.of());
    assertThat(expanded.root().target()).isEqualTo("write");
    assertThat(expanded.root().storage().secretAccessKey()).isEqualTo("a:b$x");
    assertThat(SampleConfig.schema().load(text, "f", false, n -> "no", List.of()).root().target())
        .isEqualTo("${WHAT}");
  }

  @Test
  void printedConfiguration_loadsBackTheSame_andHidesSecrets() {
    var config =
        load(
            "target: \"a: #b\"\nstorage: {join_members: [\"x,y\", \"true\"], headers: {\"a b\":"
                + " \"\\\"\"}}",
            "-server.request-timeout=1500ms");
    assertThat(yaml(config.toYaml()).root()).isEqualTo(config.root());
    assertThat(load("", "-storage.secret-access-key=hunter2").toYaml())
        .doesNotContain("hunter2")
        .contains("secret_access_key: \"********\"");
  }

  @Test
  void diff_showsOnlyWhatDiffersFromTheDefault() {
    assertThat(load("", "-server.http-listen-port=1", "-target=all").diffYaml())
        .isEqualTo("server:\n  http_listen_port: 1\n");
    assertThat(load("").diffYaml()).isEqualTo("{}\n");
    assertThat(load("", "-target=x").defaultsYaml()).contains("target: all");
  }

  @Test
  void aLimitThatTwoRecordsShare_isOneKey() {
    var config = yaml("limits: {max_label_names_per_series: 7}");
    assertThat(config.limits(SampleConfig.ReadLimits.class).maxLabelNamesPerSeries()).isEqualTo(7);
    assertThat(config.limits(SampleConfig.WriteLimits.class).maxLabelNamesPerSeries()).isEqualTo(7);
  }

  @Test
  void reference_namesEveryKeyWithTypeDefaultAndDescription() {
    assertThat(ConfigReference.markdown(SampleConfig.schema()))
        .contains("| `server.max_body` | size | `100MiB` | Largest body. |")
        .contains("| `storage.backend` | filesystem \\| s3 | `filesystem` | Kind of store. |")
        .contains("## `limits`");
    assertThat(ConfigReference.help(SampleConfig.schema()))
        .contains(
            "  -server.request-timeout duration\n    \tHow long requests may take. (default 2m)");
  }

  private static void refusedYaml(String yaml, String message) {
    assertThatThrownBy(() -> yaml(yaml)).isInstanceOf(FoursightException.class).hasMessage(message);
  }

  private static LoadedConfig<SampleConfig> yaml(String text) {
    return load(text);
  }

  private static LoadedConfig<SampleConfig> load(String text, String... flags) {
    return SampleConfig.schema().load(text, "f.yaml", false, n -> null, List.of(flags));
  }
}
