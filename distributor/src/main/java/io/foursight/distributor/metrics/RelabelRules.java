package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RelabelRule;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.List;

/// What a configuration's relabel rules must be, beside their shape: their expressions compile.
public final class RelabelRules {
  private RelabelRules() {}

  /// For the loading of configuration, so that a mistake is not found by the first write.
  ///
  /// @throws FoursightException `BAD_DATA` naming the rule
  public static void check(DistributorLimits limits, RelabelExpression.Compiler compiler) {
    List<RelabelRule> rules = limits.metricRelabelConfigs();
    for (int i = 0; i < rules.size(); i++) {
      try {
        compiler.compile(rules.get(i).regex());
      } catch (FoursightException e) {
        throw new FoursightException(
            ErrorKind.BAD_DATA,
            "limits.metric_relabel_configs[" + i + "].regex: " + e.getMessage(),
            e);
      }
    }
  }
}
