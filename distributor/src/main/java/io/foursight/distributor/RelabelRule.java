package io.foursight.distributor;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.util.List;
import java.util.Locale;

/// One rule of `metric_relabel_configs`, as Prometheus defines them
/// (<https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config>).
public record RelabelRule(
    @Setting("Labels whose values are joined; an absent label is empty.") List<String> sourceLabels,
    @Setting("Stands between the joined values.") String separator,
    @Setting("The label that is written or compared.") String targetLabel,
    @Setting("RE2 expression, matched against the whole text.") String regex,
    @Setting("Modulus of hashmod.") long modulus,
    @Setting("What is written; $1 or ${name} stand for groups of the expression.")
        String replacement,
    @Setting("What the rule does.") Action action) {

  /// In Prometheus's words.
  public enum Action {
    REPLACE,
    LOWERCASE,
    UPPERCASE,
    KEEP,
    DROP,
    KEEPEQUAL,
    DROPEQUAL,
    HASHMOD,
    LABELMAP,
    LABELDROP,
    LABELKEEP;

    boolean needsTarget() {
      return switch (this) {
        case REPLACE, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL, HASHMOD -> true;
        case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> false;
      };
    }
  }

  public RelabelRule {
    sourceLabels = List.copyOf(sourceLabels);
  }

  /// @throws FoursightException `BAD_DATA` when the action lacks something that it needs
  void check() {
    String word = action.name().toLowerCase(Locale.ROOT);
    if (action.needsTarget() && targetLabel.isEmpty()) {
      throw FoursightException.badData("the relabel action " + word + " needs a target_label");
    }
    if (action == Action.HASHMOD && modulus <= 0) {
      throw FoursightException.badData(
          "the relabel action hashmod needs a modulus above 0, it is " + modulus);
    }
  }

  /// What an absent key means.
  public static RelabelRule defaults() {
    return new RelabelRule(List.of(), ";", "", "(.*)", 0, "$1", Action.REPLACE);
  }
}
