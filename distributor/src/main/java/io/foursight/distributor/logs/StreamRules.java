package io.foursight.distributor.logs;

import io.foursight.model.Labels;
import io.foursight.wire.logs.StreamLabels;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// What the limits say about a stream's labels, and what is found out about it: its service name
/// and its level. Remembered by labels, for one set of limits. Owned by one thread.
final class StreamRules {
  private static final int MAX_KEPT = 10_000;

  /// @param labels with the service name
  /// @param text of the labels as they came, for messages
  /// @param reason why the stream is refused; empty when it is not
  /// @param level what the labels say; `UNKNOWN` when they say nothing
  record Verdict(Labels labels, String text, String reason, String message, LogLevel level) {}

  private final LogsWriteLimits limits;
  private final Map<Labels, Verdict> known = new HashMap<>();

  StreamRules(LogsWriteLimits limits) {
    this.limits = limits;
  }

  boolean isOf(LogsWriteLimits other) {
    return limits == other || limits.equals(other);
  }

  /// @param parsed what the wire's decoder says
  Verdict of(StreamLabels parsed) {
    return parsed.isRefused()
        ? new Verdict(
            Labels.EMPTY, parsed.text(), parsed.reason(), parsed.message(), LogLevel.UNKNOWN)
        : of(parsed.labels());
  }

  Verdict of(Labels labels) {
    Verdict verdict = known.get(labels);
    if (verdict == null) {
      verdict = judge(labels);
      if (known.size() >= MAX_KEPT) {
        known.clear();
      }
      known.put(labels, verdict);
    }
    return verdict;
  }

  private Verdict judge(Labels labels) {
    String text = labels.toString();
    int counted = labels.size() - (labels.has("service_name") ? 1 : 0);
    if (limits.maxLabelNamesPerSeries() > 0 && counted > limits.maxLabelNamesPerSeries()) {
      return refused(
          text,
          "max_label_names_per_series",
          "entry for stream '%s' has %d label names; limit %d"
              .formatted(brief(text), counted, limits.maxLabelNamesPerSeries()));
    }
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      if (isLonger(name, limits.maxLabelNameLength())) {
        return refused(
            text,
            "label_name_too_long",
            "stream '%s' has label name too long: '%s'".formatted(brief(text), brief(name)));
      }
      if (isLonger(labels.value(i), limits.maxLabelValueLength())) {
        return refused(
            text,
            "label_value_too_long",
            "stream '%s' has label value too long: '%s'"
                .formatted(brief(text), brief(labels.value(i))));
      }
    }
    return new Verdict(
        withServiceName(labels), text, "", "", LogLevel.of(labels, limits.logLevelFields()));
  }

  private static boolean isLonger(String text, int max) {
    return max > 0 && text.length() > max / 3 && text.getBytes(StandardCharsets.UTF_8).length > max;
  }

  private Labels withServiceName(Labels labels) {
    if (limits.discoverServiceName().isEmpty() || labels.has("service_name")) {
      return labels;
    }
    for (String name : limits.discoverServiceName()) {
      String value = labels.get(name);
      if (!value.isEmpty()) {
        return labels.with("service_name", value);
      }
    }
    return labels.with("service_name", "unknown_service");
  }

  private static Verdict refused(String text, String reason, String message) {
    return new Verdict(Labels.EMPTY, brief(text), reason, message, LogLevel.UNKNOWN);
  }

  /// Ten thousand labels do not go back to the sender.
  static String brief(String text) {
    return text.length() <= 1000 ? text : text.substring(0, 1000) + "...";
  }
}
