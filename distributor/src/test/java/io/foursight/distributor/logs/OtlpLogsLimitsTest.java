package io.foursight.distributor.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ConfigSchema;
import io.foursight.config.RuntimeConfigSettings;
import io.foursight.model.FoursightException;
import io.foursight.wire.otlp.OtlpAttributeRules.Action;
import io.foursight.wire.otlp.OtlpLogsOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `otlp_config` as Loki's users have it in their files.
class OtlpLogsLimitsTest {
  private static OtlpLogsOptions options(String yaml) {
    var schema =
        new ConfigSchema<>(
            RuntimeConfigSettings.class, List.<Class<? extends Record>>of(LogsWriteLimits.class));
    var loaded = schema.load(yaml, "test.yaml", false, name -> null, List.of());
    return loaded.limits(LogsWriteLimits.class).otlpConfig().options();
  }

  @Test
  void lokisYaml_isRead() {
    OtlpLogsOptions options =
        options(
            """
            limits:
              otlp_config:
                resource_attributes:
                  attributes_config:
                    - action: structured_metadata
                      attributes: [service.instance.id]
                    - action: index_label
                      regex: team\\..*
                scope_attributes:
                  - action: drop
                    attributes:
                      - secret
                log_attributes:
                  - action: index_label
                    attributes: [http.route]
                  - action: drop
                    regex: .*\\.tmp|x
            """);
    assertThat(options.resource().of("service.instance.id")).isEqualTo(Action.STRUCTURED_METADATA);
    assertThat(options.resource().of("team.name")).isEqualTo(Action.INDEX_LABEL);
    assertThat(options.resource().of("my.team.name")).isEqualTo(Action.STRUCTURED_METADATA);
    assertThat(options.resource().of("service.name")).isEqualTo(Action.INDEX_LABEL);
    assertThat(options.scope().of("secret")).isEqualTo(Action.DROP);
    assertThat(options.log().of("http.route")).isEqualTo(Action.INDEX_LABEL);
    assertThat(options.log().of("a.tmp")).isEqualTo(Action.DROP);
    assertThat(options.log().of("xx")).isEqualTo(Action.STRUCTURED_METADATA);
  }

  @Test
  void theUsualLabels_canBeLeftOut() {
    OtlpLogsOptions options =
        options(
            """
            limits:
              otlp_config:
                resource_attributes: {ignore_defaults: true}
            """);
    assertThat(options.resource().of("service.name")).isEqualTo(Action.STRUCTURED_METADATA);
  }

  @Test
  void anExpressionThatIsNone_isRefusedAtTheStart() {
    assertThatThrownBy(() ->
            options(
                """
                limits:
                  otlp_config:
                    log_attributes: [{action: drop, regex: "("}]
                """))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("regex \"(\" of otlp_config");
  }
}
