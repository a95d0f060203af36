package io.foursight.wire.otlp;

import java.util.List;

/// How a tenant wants OTLP logs to be stored.
///
/// @param resource rules for resource attributes, with the defaults if they are wanted
public record OtlpLogsOptions(
    OtlpAttributeRules resource, OtlpAttributeRules scope, OtlpAttributeRules log) {
  /// Resource attributes that are stream labels unless a tenant says otherwise; those of Loki.
  public static final List<String> DEFAULT_INDEX_LABELS =
      List.of(
          "service.name",
          "service.namespace",
          "service.instance.id",
          "deployment.environment",
          "deployment.environment.name",
          "cloud.region",
          "cloud.availability_zone",
          "container.name",
          "k8s.cluster.name",
          "k8s.namespace.name",
          "k8s.pod.name",
          "k8s.container.name",
          "k8s.replicaset.name",
          "k8s.deployment.name",
          "k8s.statefulset.name",
          "k8s.daemonset.name",
          "k8s.cronjob.name",
          "k8s.job.name");

  public static final OtlpLogsOptions DEFAULT =
      new OtlpLogsOptions(
          new OtlpAttributeRules(
              List.of(
                  OtlpAttributeRules.Rule.of(
                      OtlpAttributeRules.Action.INDEX_LABEL, DEFAULT_INDEX_LABELS))),
          OtlpAttributeRules.NONE,
          OtlpAttributeRules.NONE);
}
