package io.foursight.wire.otlp;

import java.util.List;

/// How one tenant wants OTLP metrics translated.
///
/// @param strategy never [TranslationStrategy#DEFAULT]
/// @param promotedAttributes resource attributes that become labels of every series
/// @param promoteAll all other resource attributes too
/// @param keepIdentifying service.name, service.namespace and service.instance.id stay in
///   target_info
/// @param customBuckets explicit histograms become native ones with custom buckets
/// @param scopeLabels the scope becomes otel_scope_* labels
public record OtlpMetricsOptions(
    TranslationStrategy strategy,
    List<String> promotedAttributes,
    boolean promoteAll,
    boolean keepIdentifying,
    boolean customBuckets,
    boolean scopeLabels) {
  public OtlpMetricsOptions {
    promotedAttributes = List.copyOf(promotedAttributes);
  }

  public static OtlpMetricsOptions defaults() {
    return new OtlpMetricsOptions(
        TranslationStrategy.UNDERSCORE_ESCAPING_WITH_SUFFIXES,
        List.of(),
        false,
        false,
        false,
        false);
  }
}
