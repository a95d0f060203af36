package io.foursight.distributor;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The relabel rules of a tenant, compiled. Immutable; safe from any thread.
public final class Relabeler {
  private record Step(RelabelRule rule, RelabelExpression regex) {}

  private final List<Step> steps;

  /// @param key where the rules stand in the configuration
  /// @throws FoursightException `INTERNAL` when an expression is malformed: senders keep what they
  ///   have until the configuration is mended. The check of the configuration finds that out
  ///   before.
  public Relabeler(List<RelabelRule> rules, String key, RelabelExpression.Compiler compiler) {
    var all = new ArrayList<Step>();
    for (int i = 0; i < rules.size(); i++) {
      try {
        all.add(new Step(rules.get(i), compiler.compile(rules.get(i).regex())));
      } catch (FoursightException e) {
        throw new FoursightException(
            ErrorKind.INTERNAL, key + "[" + i + "].regex: " + e.getMessage(), e);
      }
    }
    steps = List.copyOf(all);
  }

  /// Applies the rules in order.
  ///
  /// @param labels by name, without empty values; changed in place
  /// @return whether the series is kept
  public boolean apply(TreeMap<String, String> labels) {
    for (Step step : steps) {
      if (!apply(step, labels)) {
        return false;
      }
    }
    return !labels.isEmpty();
  }

  private static boolean apply(Step step, TreeMap<String, String> labels) {
    RelabelRule rule = step.rule;
    String value =
        rule.sourceLabels().stream()
            .map(name -> labels.getOrDefault(name, ""))
            .collect(Collectors.joining(rule.separator()));
    switch (rule.action()) {
      case KEEP -> {
        return matches(step, value);
      }
      case DROP -> {
        return !matches(step, value);
      }
      case KEEPEQUAL -> {
        return value.equals(labels.getOrDefault(rule.targetLabel(), ""));
      }
      case DROPEQUAL -> {
        return !value.equals(labels.getOrDefault(rule.targetLabel(), ""));
      }
      case REPLACE -> replace(step, value, labels);
      case LOWERCASE -> set(labels, rule.targetLabel(), value.toLowerCase(Locale.ROOT));
      case UPPERCASE -> set(labels, rule.targetLabel(), value.toUpperCase(Locale.ROOT));
      case HASHMOD -> set(labels, rule.targetLabel(), hashMod(value, rule.modulus()));
      case LABELMAP ->
          List.copyOf(labels.entrySet())
              .forEach(label ->
                  step.regex
                      .replace(label.getKey(), rule.replacement())
                      .ifPresent(name -> set(labels, name, label.getValue())));
      case LABELDROP -> labels.keySet().removeIf(name -> matches(step, name));
      case LABELKEEP -> labels.keySet().removeIf(name -> !matches(step, name));
    }
    return true;
  }

  private static boolean matches(Step step, String text) {
    return step.regex.replace(text, "").isPresent();
  }

  private static void replace(Step step, String value, TreeMap<String, String> labels) {
    Optional<String> target = step.regex.replace(value, step.rule.targetLabel());
    Optional<String> replacement = step.regex.replace(value, step.rule.replacement());
    if (target.isPresent() && !target.get().isEmpty()) {
      set(labels, target.get(), replacement.orElseThrow());
    }
  }

  /// An empty value is no label.
  private static void set(TreeMap<String, String> labels, String name, String value) {
    if (value.isEmpty()) {
      labels.remove(name);
    } else if (!name.isEmpty()) {
      labels.put(name, value);
    }
  }

  /// The last 64 bits of the text's MD5, modulo: as Prometheus shares out targets.
  private static String hashMod(String text, long modulus) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, digest, 8, 8).mod(BigInteger.valueOf(modulus)).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
