package io.foursight.distributor.profiles;

import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RelabelRule;
import io.foursight.distributor.RelabelRule.Action;
import io.foursight.distributor.Relabeler;
import io.foursight.distributor.profiles.ProfilesWriteLimits.Position;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a tenant's limits make of the labels of a profile: relabelled, with a service name, in
/// names that are allowed, or refused. Immutable; safe from any thread.
final class SeriesLabels {
  private static final String SERVICE = "service_name";
  private static final String UNKNOWN_SERVICE = "unknown_service";

  /// What became of a set of labels.
  ///
  /// @param labels to be stored; empty when they are not
  /// @param reason why not; empty when they are
  record Verdict(Labels labels, String reason, String message) {
    static final String DROPPED = "dropped_by_relabel_rules";

    boolean isGood() {
      return reason.isEmpty();
    }
  }

  private static final List<RelabelRule> USUAL =
      List.of(
          rule("__name__", ";", "godeltaprof_(.*)", "$0", "__name_replaced__"),
          rule("__name_replaced__", ";", "godeltaprof_(.*)", "false", "__delta__"),
          rule("__name__", ";", "godeltaprof_(.*)", "$1", "__name__"),
          rule("__name__,__type__", "/", "wall/cpu", "wall", "__name_replaced__"),
          rule("__name__,__type__", "/", "wall/cpu", "process_cpu", "__name__"));

  private static RelabelRule rule(
      String sources, String separator, String regex, String replacement, String target) {
    return new RelabelRule(
        List.of(sources.split(",")), separator, target, regex, 0, replacement, Action.REPLACE);
  }

  private final ProfilesWriteLimits limits;
  private final Relabeler relabeler;

  SeriesLabels(ProfilesWriteLimits limits, RelabelExpression.Compiler compiler) {
    this.limits = limits;
    var rules = new ArrayList<RelabelRule>();
    if (limits.ingestionRelabelingDefaultRulesPosition() == Position.FIRST) {
      rules.addAll(USUAL);
    }
    rules.addAll(limits.ingestionRelabelingRules());
    if (limits.ingestionRelabelingDefaultRulesPosition() == Position.LAST) {
      rules.addAll(USUAL);
    }
    this.relabeler = new Relabeler(rules, "limits.ingestion_relabeling_rules", compiler);
  }

  ProfilesWriteLimits limits() {
    return limits;
  }

  Verdict of(Labels given) {
    var labels = new TreeMap<>(given.toMap());
    if (labels.getOrDefault(SERVICE, "").isEmpty()) {
      labels.put(SERVICE, UNKNOWN_SERVICE);
    }
    if (!relabeler.apply(labels)) {
      return new Verdict(Labels.EMPTY, Verdict.DROPPED, "");
    }
    if (!limits.disableLabelSanitization()) {
      Verdict clash = sanitize(labels);
      if (!clash.isGood()) {
        return clash;
      }
    }
    // Made anew below.
    labels.remove(ProfileType.LABEL);
    Verdict bound = bounds(labels);
    if (!bound.isGood()) {
      return bound;
    }
    labels.put("__service_name__", labels.getOrDefault(SERVICE, ""));
    var type =
        new ProfileType(
            part(labels, Labels.METRIC_NAME),
            part(labels, "__type__"),
            part(labels, "__unit__"),
            part(labels, "__period_type__"),
            part(labels, "__period_unit__"));
    return new Verdict(type.label(Labels.of(labels)), "", "");
  }

  /// A colon would make two parts of one.
  private static String part(Map<String, String> labels, String name) {
    return labels.getOrDefault(name, "").replace(':', '_');
  }

  private static Verdict sanitize(TreeMap<String, String> labels) {
    for (String name : List.copyOf(labels.keySet())) {
      String sane = sane(name);
      if (!sane.equals(name)) {
        String value = labels.remove(name);
        String other = labels.putIfAbsent(sane, value);
        if (other != null && !other.equals(value)) {
          return new Verdict(
              Labels.EMPTY,
              "duplicate_label_names",
              "profile with labels '"
                  + text(labels)
                  + "' has duplicate label name '"
                  + sane
                  + "' after label name sanitization from '"
                  + name
                  + "'");
        }
      }
    }
    return new Verdict(Labels.EMPTY, "", "");
  }

  private static String sane(String name) {
    var sane = new StringBuilder(name);
    for (int i = 0; i < sane.length(); i++) {
      char c = sane.charAt(i);
      boolean good =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' && i > 0;
      if (!good) {
        sane.setCharAt(i, '_');
      }
    }
    return sane.toString();
  }

  private Verdict bounds(TreeMap<String, String> labels) {
    long count = labels.keySet().stream().filter(name -> !name.startsWith("__")).count();
    int max = limits.maxLabelNamesPerSeries();
    if (max > 0 && count > max) {
      return refused(
          labels,
          "max_label_names_per_series",
          "has " + count + " label names; limit " + max + " (limits.max_label_names_per_series)");
    }
    for (var label : labels.entrySet()) {
      if (tooLong(label.getKey(), limits.maxLabelNameLength())) {
        return refused(
            labels,
            "label_name_too_long",
            "has label name too long: '"
                + cut(label.getKey())
                + "' (limits.max_label_name_length is "
                + limits.maxLabelNameLength()
                + ")");
      }
      if (tooLong(label.getValue(), limits.maxLabelValueLength())) {
        return refused(
            labels,
            "label_value_too_long",
            "has label value too long: '"
                + cut(label.getValue())
                + "' (limits.max_label_value_length is "
                + limits.maxLabelValueLength()
                + ")");
      }
    }
    return new Verdict(Labels.EMPTY, "", "");
  }

  private static Verdict refused(TreeMap<String, String> labels, String reason, String what) {
    return new Verdict(Labels.EMPTY, reason, "profile with labels '" + text(labels) + "' " + what);
  }

  private static boolean tooLong(String text, int max) {
    return max > 0 && text.length() > max / 4 && text.getBytes(StandardCharsets.UTF_8).length > max;
  }

  private static String cut(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  private static String text(Map<String, String> labels) {
    return cut(Labels.of(labels).toString());
  }
}
