package io.foursight.distributor.logs;

import io.foursight.config.Setting;
import io.foursight.wire.otlp.OtlpAttributeRules;
import io.foursight.wire.otlp.OtlpLogsOptions;
import java.util.ArrayList;
import java.util.List;

/// What becomes of OTLP attributes, section `limits.otlp_config`. In the lists `*` stands for any
/// text; what no list names is structured metadata.
public record OtlpLogsLimits(
    ResourceAttributes resourceAttributes,
    ScopeAttributes scopeAttributes,
    LogAttributes logAttributes) {

  /// Of resources.
  public record ResourceAttributes(
      @Setting("Do not index the usual OTLP resource attributes (service.name, k8s.pod.name, ...).")
          boolean ignoreDefaults,
      @Setting("OTLP resource attributes that become labels of log streams.")
          List<String> indexLabel,
      @Setting("OTLP resource attributes that stay structured metadata, whatever else names them.")
          List<String> structuredMetadata,
      @Setting("OTLP resource attributes that are not stored with logs.") List<String> drop) {}

  /// Of instrumentation scopes.
  public record ScopeAttributes(
      @Setting("OTLP scope attributes that are not stored with logs.") List<String> drop) {}

  /// Of log records.
  public record LogAttributes(
      @Setting("OTLP log record attributes that become labels of log streams.")
          List<String> indexLabel,
      @Setting("OTLP log record attributes that are not stored.") List<String> drop) {}

  public static OtlpLogsLimits defaults() {
    return new OtlpLogsLimits(
        new ResourceAttributes(false, List.of(), List.of(), List.of()),
        new ScopeAttributes(List.of()),
        new LogAttributes(List.of(), List.of()));
  }

  OtlpLogsOptions options() {
    if (equals(defaults())) {
      return OtlpLogsOptions.DEFAULT;
    }
    var index = new ArrayList<String>(resourceAttributes.indexLabel());
    if (!resourceAttributes.ignoreDefaults()) {
      index.addAll(OtlpLogsOptions.DEFAULT_INDEX_LABELS);
    }
    return new OtlpLogsOptions(
        new OtlpAttributeRules(
            index, resourceAttributes.structuredMetadata(), resourceAttributes.drop()),
        new OtlpAttributeRules(List.of(), List.of(), scopeAttributes.drop()),
        new OtlpAttributeRules(logAttributes.indexLabel(), List.of(), logAttributes.drop()));
  }
}
