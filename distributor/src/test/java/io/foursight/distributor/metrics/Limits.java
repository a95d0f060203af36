package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The default limits with some components changed: `with("maxLabelNameLength", 3)`.
final class Limits {
  private Limits() {}

  static DistributorLimits with(Object... changes) {
    Map<String, Object> byName = new HashMap<>();
    for (int i = 0; i < changes.length; i += 2) {
      byName.put((String) changes[i], changes[i + 1]);
    }
    try {
      RecordComponent[] components = DistributorLimits.class.getRecordComponents();
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        Object standard = components[i].getAccessor().invoke(DistributorLimits.defaults());
        Object changed = byName.remove(components[i].getName());
        values[i] = changed == null ? standard : changed;
      }
      if (!byName.isEmpty()) {
        throw new IllegalArgumentException("no such limit: " + byName.keySet());
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return DistributorLimits.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
