package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorLimits.LongValues;
import io.foursight.distributor.DistributorLimits.NameScheme;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The rules for the labels of one series under a tenant's limits. Texts follow Mimir's, with the
/// value, the bound and the series in them and the `err-mimir-*` id that clients look for.
final class SeriesRules {
  static final byte[] METRIC_NAME = {'_', '_', 'n', 'a', 'm', 'e', '_', '_'};
  private static final byte[] INFO_SUFFIX = {'_', 'i', 'n', 'f', 'o'};

  /// Length of `(hash:` + 64 hex digits + `)`.
  private static final int HASH_LENGTH = 71;

  private final DistributorLimits limits;

  SeriesRules(DistributorLimits limits) {
    this.limits = limits;
  }

  DistributorLimits limits() {
    return limits;
  }

  /// A broken rule: a reason for counters, and the text for the sender.
  record Problem(String reason, String message) {}

  private static final Problem NONE = new Problem("", "");

  /// Checks parsed labels and brings them into canonical order; too-long values are replaced where
  /// the tenant wants that.
  ///
  /// @return an empty reason when the series is good
  Problem check(ParsedLabels labels) {
    int metric = -1;
    for (int i = 0; i < labels.count(); i++) {
      if (labels.nameIs(i, METRIC_NAME)) {
        metric = i;
        break;
      }
    }
    if (metric < 0 || labels.valueLength(metric) == 0) {
      return new Problem(
          "missing_metric_name",
          "received series has no metric name, series: '"
              + labels.describe()
              + "' (err-mimir-missing-metric-name)");
    }
    byte[] b = labels.bytes();
    if (!isMetricName(b, labels.valueOffset(metric), labels.valueLength(metric))) {
      return new Problem(
          "metric_name_invalid",
          "received a series with invalid metric name: '"
              + cut(labels.value(metric))
              + "' (err-mimir-metric-name-invalid)");
    }
    boolean info = endsWithInfo(b, labels.valueOffset(metric), labels.valueLength(metric));
    int maxNames = info ? limits.maxLabelNamesPerInfoSeries() : limits.maxLabelNamesPerSeries();
    if (maxNames > 0 && labels.count() > maxNames) {
      String id = info ? "max-label-names-per-info-series" : "max-label-names-per-series";
      return new Problem(
          id.replace('-', '_'),
          "received a series whose number of labels exceeds the limit (actual: "
              + labels.count()
              + ", limit: "
              + maxNames
              + ") series: '"
              + labels.describe()
              + "' (err-mimir-"
              + id
              + "). To adjust the per-tenant limit, set limits."
              + id.replace('-', '_'));
    }
    for (int i = 0; i < labels.count(); i++) {
      Problem problem = checkLabel(labels, i, i == metric);
      if (!problem.reason().isEmpty()) {
        return problem;
      }
    }
    if (!labels.isCanonical()) {
      labels.normalize();
      int duplicate = labels.duplicate();
      if (duplicate >= 0) {
        return new Problem(
            "duplicate_label_names",
            "received a series with duplicate label name, label: '"
                + cut(labels.name(duplicate))
                + "' series: '"
                + labels.describe()
                + "' (err-mimir-duplicate-label-names)");
      }
    }
    return NONE;
  }

  private Problem checkLabel(ParsedLabels labels, int i, boolean isMetric) {
    byte[] b = labels.bytes();
    if (!isMetric && !isLabelName(b, labels.nameOffset(i), labels.nameLength(i))) {
      return new Problem(
          "label_invalid",
          "received a series with an invalid label: '"
              + cut(labels.name(i))
              + "' series: '"
              + labels.describe()
              + "' (err-mimir-label-invalid)");
    }
    if (limits.maxLabelNameLength() > 0 && labels.nameLength(i) > limits.maxLabelNameLength()) {
      return new Problem(
          "label_name_too_long",
          "received a series whose label name length exceeds the limit (actual: "
              + labels.nameLength(i)
              + ", limit: "
              + limits.maxLabelNameLength()
              + "), label: '"
              + cut(labels.name(i))
              + "' series: '"
              + labels.describe()
              + "' (err-mimir-label-name-too-long). To adjust the per-tenant limit, set"
              + " limits.max_label_name_length");
    }
    if (!isMetric && !Utf8.isValid(b, labels.valueOffset(i), labels.valueLength(i))) {
      return new Problem(
          "label_value_invalid",
          "received a series with invalid UTF-8 in a label value, label: '"
              + cut(labels.name(i))
              + "' value: '"
              + cut(labels.value(i))
              + "' series: '"
              + labels.describe()
              + "' (err-mimir-label-value-invalid)");
    }
    int max = limits.maxLabelValueLength();
    if (max > 0 && labels.valueLength(i) > max && !shorten(labels, i, max)) {
      return new Problem(
          "label_value_too_long",
          "received a series whose label value length of "
              + labels.valueLength(i)
              + " exceeds the limit of "
              + max
              + ", label: '"
              + cut(labels.name(i))
              + "', value: '"
              + cut(labels.value(i))
              + "' (truncated) series: '"
              + labels.describe()
              + "' (err-mimir-label-value-too-long). To adjust the per-tenant limit, set"
              + " limits.max_label_value_length");
    }
    return NONE;
  }

  private boolean shorten(ParsedLabels labels, int i, int max) {
    LongValues strategy = limits.maxLabelValueLengthOverLimitStrategy();
    if (strategy == LongValues.ERROR || max < HASH_LENGTH) {
      return false;
    }
    byte[] hash = hash(labels.bytes(), labels.valueOffset(i), labels.valueLength(i));
    int keep =
        strategy == LongValues.DROP
            ? 0
            : Utf8.prefix(
                labels.bytes(), labels.valueOffset(i), labels.valueLength(i), max - HASH_LENGTH);
    byte[] value = new byte[keep + hash.length];
    System.arraycopy(labels.bytes(), labels.valueOffset(i), value, 0, keep);
    System.arraycopy(hash, 0, value, keep, hash.length);
    labels.replaceValue(i, value);
    return true;
  }

  private static byte[] hash(byte[] b, int offset, int length) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(b, offset, length);
      return ("(hash:" + HexFormat.of().formatHex(digest.digest()) + ")")
          .getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isMetricName(byte[] b, int offset, int length) {
    return limits.nameValidationScheme() == NameScheme.LEGACY
        ? isLegacy(b, offset, length, true)
        : length > 0 && Utf8.isValid(b, offset, length);
  }

  private boolean isLabelName(byte[] b, int offset, int length) {
    return limits.nameValidationScheme() == NameScheme.LEGACY
        ? isLegacy(b, offset, length, false)
        : length > 0 && Utf8.isValid(b, offset, length);
  }

  /// `[a-zA-Z_][a-zA-Z0-9_]*`, with `:` in metric names.
  private static boolean isLegacy(byte[] b, int offset, int length, boolean colon) {
    for (int i = 0; i < length; i++) {
      byte c = b[offset + i];
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = i > 0 && c >= '0' && c <= '9';
      if (!letter && !digit && !(colon && c == ':')) {
        return false;
      }
    }
    return length > 0;
  }

  private static boolean endsWithInfo(byte[] b, int offset, int length) {
    int from = offset + length - INFO_SUFFIX.length;
    if (length < INFO_SUFFIX.length) {
      return false;
    }
    for (int i = 0; i < INFO_SUFFIX.length; i++) {
      if (b[from + i] != INFO_SUFFIX[i]) {
        return false;
      }
    }
    return true;
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(200, text.length()));
  }
}
