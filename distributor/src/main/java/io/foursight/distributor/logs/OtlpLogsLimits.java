package io.foursight.distributor.logs;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import io.foursight.wire.otlp.OtlpAttributeRules;
import io.foursight.wire.otlp.OtlpAttributeRules.Rule;
import io.foursight.wire.otlp.OtlpLogsOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What becomes of OTLP attributes, section `limits.otlp_config`, written as Loki's. The first rule
/// that names an attribute decides; what no rule names is structured metadata.
public record OtlpLogsLimits(
    ResourceAttributes resourceAttributes,
    @Setting("What becomes of OTLP scope attributes; the first rule that names one decides.")
        List<AttributesConfig> scopeAttributes,
    @Setting("What becomes of OTLP log record attributes; the first rule that names one decides.")
        List<AttributesConfig> logAttributes) {

  /// Of resources. Loki's usual labels come after the tenant's own rules.
  public record ResourceAttributes(
      @Setting("Do not index the usual OTLP resource attributes (service.name, k8s.pod.name, ...).")
          boolean ignoreDefaults,
      @Setting("What becomes of OTLP resource attributes; the first rule that names one decides.")
          List<AttributesConfig> attributesConfig) {
    public ResourceAttributes {
      attributesConfig = List.copyOf(attributesConfig);
    }
  }

  /// One rule.
  public record AttributesConfig(
      @Setting("index_label, structured_metadata or drop.") OtlpAttributeRules.Action action,
      @Setting("Names of attributes.") List<String> attributes,
      @Setting("An expression that the whole name of an attribute matches.") String regex) {
    private static final int MAX_MATCHED = 1024;

    public AttributesConfig {
      attributes = List.copyOf(attributes);
      compiled(regex);
    }

    public static AttributesConfig defaults() {
      return new AttributesConfig(OtlpAttributeRules.Action.STRUCTURED_METADATA, List.of(), "");
    }

    Rule rule() {
      return new Rule(action, Set.copyOf(attributes), compiled(regex));
    }

    private static Predicate<String> compiled(String regex) {
      if (regex.isEmpty()) {
        return name -> false;
      }
      try {
        Pattern pattern = Pattern.compile(regex);
        return name -> name.length() <= MAX_MATCHED && pattern.matcher(name).matches();
      } catch (PatternSyntaxException e) {
        throw FoursightException.badData(
            "regex \"" + regex + "\" of otlp_config: " + e.getMessage());
      }
    }
  }

  public OtlpLogsLimits {
    scopeAttributes = List.copyOf(scopeAttributes);
    logAttributes = List.copyOf(logAttributes);
  }

  public static OtlpLogsLimits defaults() {
    return new OtlpLogsLimits(new ResourceAttributes(false, List.of()), List.of(), List.of());
  }

  OtlpLogsOptions options() {
    if (equals(defaults())) {
      return OtlpLogsOptions.DEFAULT;
    }
    var resource = new ArrayList<>(rules(resourceAttributes.attributesConfig()));
    if (!resourceAttributes.ignoreDefaults()) {
      resource.add(
          Rule.of(OtlpAttributeRules.Action.INDEX_LABEL, OtlpLogsOptions.DEFAULT_INDEX_LABELS));
    }
    return new OtlpLogsOptions(
        new OtlpAttributeRules(resource),
        new OtlpAttributeRules(rules(scopeAttributes)),
        new OtlpAttributeRules(rules(logAttributes)));
  }

  private static List<Rule> rules(List<AttributesConfig> configured) {
    return configured.stream().map(AttributesConfig::rule).toList();
  }
}
