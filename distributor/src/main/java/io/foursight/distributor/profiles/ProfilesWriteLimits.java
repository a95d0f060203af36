package io.foursight.distributor.profiles;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RelabelRule;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.wire.profiles.PprofLimits;
import java.time.Duration;
import java.util.List;

/// Per-tenant limits of the profiles write door, keys of the section `limits`. Names are
/// Pyroscope's where it has the limit and no other signal the name. A bound of 0 means unlimited.
public record ProfilesWriteLimits(
    @Setting("Bytes of profiles per second as pushed, in MB; 0 is unlimited.")
        double profilesIngestionRateMb,
    @Setting("Bytes of profiles that may come at once above profiles_ingestion_rate_mb, in MB.")
        double profilesIngestionBurstSizeMb,
    @Setting("Largest request with profiles, decompressed, in MB; a larger one is answered 413.")
        double ingestionBodyLimitMb,
    @Setting("Labels of a series.") int maxLabelNamesPerSeries,
    @Setting("Bytes of a label name.") int maxLabelNameLength,
    @Setting("Bytes of a label value.") int maxLabelValueLength,
    @Setting(
            "Take label names of profiles as they are, in any characters; off, all but letters,"
                + " digits and underscores become underscores.")
        boolean disableLabelSanitization,
    @Setting("Bytes of a profile, uncompressed.") ByteSize maxProfileSizeBytes,
    @Setting("Samples of a profile.") int maxProfileStacktraceSamples,
    @Setting("Text labels of a sample of a profile.") int maxProfileStacktraceSampleLabels,
    @Setting("Frames of a stack; those farthest from the root are cut off.")
        int maxProfileStacktraceDepth,
    @Setting("Bytes of the name of a function or file; its beginning is cut off.")
        int maxProfileSymbolValueLength,
    @Setting("How far in the past a profile may lie; 0 is any time.") Duration rejectOlderThan,
    @Setting("How far in the future a profile may lie; 0 is any time.") Duration rejectNewerThan,
    @Setting(
            "Rules that change or drop series of profiles as they are written, in Prometheus's"
                + " format of relabel_config.")
        List<RelabelRule> ingestionRelabelingRules,
    @Setting(
            "Where the usual rules stand, which take godeltaprof_ from names and make wall profiles"
                + " of type cpu process_cpu: first or last among ingestion_relabeling_rules, or"
                + " disabled.")
        Position ingestionRelabelingDefaultRulesPosition) {

  /// Where the usual relabel rules stand.
  public enum Position {
    FIRST,
    LAST,
    DISABLED
  }

  public ProfilesWriteLimits {
    ingestionRelabelingRules = List.copyOf(ingestionRelabelingRules);
  }

  public static ProfilesWriteLimits defaults() {
    return new ProfilesWriteLimits(
        0,
        50,
        256,
        60,
        1024,
        2048,
        true,
        ByteSize.ofMebibytes(64),
        500_000,
        100,
        1000,
        65_535,
        Duration.ZERO,
        Duration.ofMinutes(10),
        List.of(),
        Position.FIRST);
  }

  PprofLimits pprof() {
    return new PprofLimits(
        maxProfileSizeBytes.bytes(),
        maxProfileStacktraceSamples,
        maxProfileStacktraceDepth,
        maxProfileSymbolValueLength,
        maxProfileStacktraceSampleLabels);
  }

  long bodyBytes() {
    return ingestionBodyLimitMb <= 0 ? Long.MAX_VALUE : (long) (ingestionBodyLimitMb * (1 << 20));
  }

  /// For the loading of configuration, so that a mistake is not found by the first write.
  ///
  /// @throws FoursightException `BAD_DATA` naming the rule
  public static void check(ProfilesWriteLimits limits, RelabelExpression.Compiler compiler) {
    List<RelabelRule> rules = limits.ingestionRelabelingRules();
    for (int i = 0; i < rules.size(); i++) {
      try {
        compiler.compile(rules.get(i).regex());
      } catch (FoursightException e) {
        throw new FoursightException(
            ErrorKind.BAD_DATA,
            "limits.ingestion_relabeling_rules[" + i + "].regex: " + e.getMessage(),
            e);
      }
    }
  }
}
