package io.foursight.distributor.logs;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;
import java.util.List;

/// Per-tenant limits of the logs write door, keys of the section `limits`. Names are Loki's. A
/// bound of 0 means unlimited unless said otherwise.
public record LogsWriteLimits(
    @Setting("Log bytes per second, in MB; 0 is unlimited.") double ingestionRateMb,
    @Setting("Log bytes that may come at once above ingestion_rate_mb, in MB.")
        double ingestionBurstSizeMb,
    @Setting("Log bytes per second of one stream; 0 is unlimited.") ByteSize perStreamRateLimit,
    @Setting("Log bytes of one stream that may come at once above per_stream_rate_limit.")
        ByteSize perStreamRateLimitBurst,
    @Setting("Bytes of a log line; longer ones are refused or cut.") ByteSize maxLineSize,
    @Setting("Cut log lines that are too long instead of refusing them.")
        boolean maxLineSizeTruncate,
    @Setting("Labels of a series.") int maxLabelNamesPerSeries,
    @Setting("Bytes of a label name.") int maxLabelNameLength,
    @Setting("Bytes of a label value.") int maxLabelValueLength,
    @Setting("Refuse log entries older than reject_old_samples_max_age.") boolean rejectOldSamples,
    @Setting("How old a log entry may be when reject_old_samples is on.")
        Duration rejectOldSamplesMaxAge,
    @Setting("How far in the future a sample may lie; 0 is any time.") Duration creationGracePeriod,
    @Setting("Add 1 ns to a log entry with the same time as the one before it in its stream.")
        boolean incrementDuplicateTimestamp,
    @Setting("Accept structured metadata.") boolean allowStructuredMetadata,
    @Setting("Bytes of names and values of an entry's structured metadata.")
        ByteSize maxStructuredMetadataSize,
    @Setting("Pairs of an entry's structured metadata.") int maxStructuredMetadataEntriesCount,
    @Setting(
            "Labels that a stream without service_name takes it from, the first one present; empty"
                + " adds none.")
        List<String> discoverServiceName,
    @Setting("Add the level of each log entry as structured metadata detected_level.")
        boolean discoverLogLevels,
    @Setting("Names of labels, structured metadata and fields of lines that hold a level.")
        List<String> logLevelFields,
    @Setting("Levels of nesting at which the level of a JSON line is looked for.")
        int logLevelFromJsonMaxDepth,
    OtlpLogsLimits otlpConfig) {

  public LogsWriteLimits {
    discoverServiceName = List.copyOf(discoverServiceName);
    logLevelFields = List.copyOf(logLevelFields);
  }

  public static LogsWriteLimits defaults() {
    return new LogsWriteLimits(
        0,
        6,
        new ByteSize(0),
        ByteSize.ofMebibytes(15),
        new ByteSize(256 << 10),
        false,
        60,
        1024,
        2048,
        false,
        Duration.ofDays(7),
        Duration.ofMinutes(10),
        false,
        true,
        new ByteSize(64 << 10),
        128,
        List.of(
            "service",
            "app",
            "application",
            "app_name",
            "name",
            "app_kubernetes_io_name",
            "container",
            "container_name",
            "k8s_container_name",
            "component",
            "workload",
            "job",
            "k8s_job_name"),
        true,
        List.of(
            "level",
            "LEVEL",
            "Level",
            "log.level",
            "severity",
            "SEVERITY",
            "Severity",
            "SeverityText",
            "lvl",
            "LVL",
            "Lvl",
            "severity_text",
            "Severity_Text",
            "SEVERITY_TEXT"),
        2,
        OtlpLogsLimits.defaults());
  }
}
