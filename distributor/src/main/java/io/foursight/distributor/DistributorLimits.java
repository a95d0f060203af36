package io.foursight.distributor;

import io.foursight.config.Setting;
import io.foursight.wire.otlp.TranslationStrategy;
import java.time.Duration;
import java.util.List;

/// Per-tenant limits of the write door, keys of the section `limits`. Names are Mimir's where Mimir
/// has the limit. A bound of 0 means unlimited unless said otherwise.
public record DistributorLimits(
    @Setting("Samples, histograms, exemplars and metadata entries per second; 0 is unlimited.")
        double ingestionRate,
    @Setting("Items that may come at once above ingestion_rate.") int ingestionBurstSize,
    @Setting("Write requests per second; 0 is unlimited.") double requestRate,
    @Setting("Write requests that may come at once above request_rate; 0 is one second's worth.")
        int requestBurstSize,
    @Setting("Labels of a series.") int maxLabelNamesPerSeries,
    @Setting("Labels of a series whose name ends in _info.") int maxLabelNamesPerInfoSeries,
    @Setting("Bytes of a label name.") int maxLabelNameLength,
    @Setting("Bytes of a label value.") int maxLabelValueLength,
    @Setting(
            "What becomes of a label value that is too long: error refuses the series, truncate"
                + " cuts it and appends a hash, drop leaves only the hash.")
        LongValues maxLabelValueLengthOverLimitStrategy,
    @Setting("Bytes of the metric name, help and unit of a metadata entry.") int maxMetadataLength,
    @Setting(
            "Rules that change or drop series as they are written, in Prometheus's format of"
                + " relabel_config; after HA deduplication, before everything else.")
        List<RelabelRule> metricRelabelConfigs,
    @Setting("Accept native histograms.") boolean nativeHistogramsIngestionEnabled,
    @Setting("Buckets of a native histogram; 0 is unlimited.") int maxNativeHistogramBuckets,
    @Setting("Lower the resolution of a native histogram with too many buckets; else refuse it.")
        boolean reduceNativeHistogramOverMaxBuckets,
    @Setting("Exemplars of a series in one request; 0 is unlimited.")
        int maxExemplarsPerSeriesPerRequest,
    @Setting("How far in the future a sample may lie; 0 is any time.") Duration creationGracePeriod,
    @Setting("How far in the past a sample may lie; 0 is any time.") Duration pastGracePeriod,
    @Setting("Metric and label names: utf8 (any text) or legacy (the old pattern).")
        NameScheme nameValidationScheme,
    @Setting("Take samples of one replica of each HA cluster only.") boolean acceptHaSamples,
    @Setting("The label that names the HA cluster.") String haClusterLabel,
    @Setting("The label that names the HA replica; it is removed.") String haReplicaLabel,
    @Setting("HA clusters of a tenant; 0 is unlimited.") int haMaxClusters,
    @Setting(
            "How OTLP names become Prometheus names: underscore_escaping_with_suffixes,"
                + " underscore_escaping_without_suffixes, no_utf8_escaping_with_suffixes or"
                + " no_translation. Without it otel_metric_suffixes_enabled decides.")
        TranslationStrategy otelTranslationStrategy,
    @Setting("Add unit and type suffixes to OTLP metric names.") boolean otelMetricSuffixesEnabled,
    @Setting("OTLP resource attributes that become labels of every series.")
        List<String> promoteOtelResourceAttributes,
    @Setting("Also promote all other OTLP resource attributes.")
        boolean promoteAllOtelResourceAttributes,
    @Setting("Keep service.name, service.namespace and service.instance.id in target_info too.")
        boolean otelKeepIdentifyingResourceAttributes,
    @Setting("Store OTLP explicit histograms as native histograms with custom buckets.")
        boolean otelConvertHistogramsToNhcb,
    @Setting("Add the instrumentation scope to every series as otel_scope_* labels.")
        boolean otelPromoteScopeMetadata) {

  /// What to do with a label value that is too long.
  public enum LongValues {
    ERROR,
    TRUNCATE,
    DROP
  }

  /// Which metric and label names are allowed.
  public enum NameScheme {
    UTF8,
    LEGACY
  }

  public DistributorLimits {
    metricRelabelConfigs = List.copyOf(metricRelabelConfigs);
    metricRelabelConfigs.forEach(RelabelRule::check);
    promoteOtelResourceAttributes = List.copyOf(promoteOtelResourceAttributes);
  }

  public static DistributorLimits defaults() {
    return new DistributorLimits(
        0,
        200_000,
        0,
        0,
        60,
        80,
        1024,
        2048,
        LongValues.ERROR,
        1024,
        List.of(),
        true,
        0,
        true,
        0,
        Duration.ofMinutes(10),
        Duration.ZERO,
        NameScheme.UTF8,
        false,
        "cluster",
        "__replica__",
        100,
        TranslationStrategy.DEFAULT,
        true,
        List.of(),
        false,
        false,
        false,
        false);
  }
}
