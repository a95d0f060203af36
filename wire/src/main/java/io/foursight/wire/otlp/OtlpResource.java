package io.foursight.wire.otlp;

import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What one resource gives to its series: `job` and `instance`, promoted attributes, and the labels
/// of its `target_info`. Immutable.
final class OtlpResource {
  private static final String NAME = "service.name";
  private static final String NAMESPACE = "service.namespace";
  private static final String INSTANCE = "service.instance.id";
  private static final Set<String> IDENTIFYING = Set.of(NAME, NAMESPACE, INSTANCE);

  private final List<String> promoted = new ArrayList<>();
  private final List<String> info = new ArrayList<>();
  private final boolean describes;
  private final String job;
  private final String instance;

  OtlpResource(List<KeyValue> attributes, OtlpMetricsOptions options, OtlpNames names) {
    String name = "";
    String namespace = "";
    String id = "";
    boolean other = false;
    for (KeyValue attribute : attributes) {
      String key = attribute.getKey();
      String value = OtlpValues.text(attribute.getValue());
      switch (key) {
        case NAME -> name = value;
        case NAMESPACE -> namespace = value;
        case INSTANCE -> id = value;
        default -> other = true;
      }
      if (options.promoteAll() || options.promotedAttributes().contains(key)) {
        promoted.add(names.label(key));
        promoted.add(value);
      }
      if (options.keepIdentifying() || !IDENTIFYING.contains(key)) {
        info.add(names.label(key));
        info.add(value);
      }
    }
    describes = other;
    job = namespace.isEmpty() || name.isEmpty() ? name : namespace + "/" + name;
    instance = id;
  }

  void addTo(SortedLabels labels) {
    for (int i = 0; i < promoted.size(); i += 2) {
      labels.setIfAbsent(promoted.get(i), promoted.get(i + 1));
    }
    identify(labels);
  }

  /// @return false when there is nothing to tell, or nobody to tell it about
  boolean targetInfo(SortedLabels labels) {
    if (!describes || (job.isEmpty() && instance.isEmpty())) {
      return false;
    }
    for (int i = 0; i < info.size(); i += 2) {
      labels.join(info.get(i), info.get(i + 1));
    }
    identify(labels);
    return true;
  }

  private void identify(SortedLabels labels) {
    labels.set("job", job);
    labels.set("instance", instance);
  }
}
