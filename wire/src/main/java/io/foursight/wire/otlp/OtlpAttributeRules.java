package io.foursight.wire.otlp;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What becomes of the attributes of one place of OTLP logs (resource, scope or record): the first
/// rule that names an attribute decides; one that no rule names is structured metadata. Immutable.
public final class OtlpAttributeRules {
  /// What becomes of an attribute.
  public enum Action {
    INDEX_LABEL,
    STRUCTURED_METADATA,
    DROP
  }

  /// @param attributes names as they are sent (`http.method`)
  /// @param pattern further names
  public record Rule(Action action, Set<String> attributes, Predicate<String> pattern) {
    public Rule {
      attributes = Set.copyOf(attributes);
    }

    public static Rule of(Action action, List<String> attributes) {
      return new Rule(action, Set.copyOf(attributes), name -> false);
    }

    boolean names(String attribute) {
      return attributes.contains(attribute) || pattern.test(attribute);
    }
  }

  /// Everything is structured metadata.
  public static final OtlpAttributeRules NONE = new OtlpAttributeRules(List.of());

  private final List<Rule> rules;

  public OtlpAttributeRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /// Whether everything is structured metadata.
  public boolean isTrivial() {
    return rules.isEmpty();
  }

  public Action of(String name) {
    for (Rule rule : rules) {
      if (rule.names(name)) {
        return rule.action();
      }
    }
    return Action.STRUCTURED_METADATA;
  }
}
