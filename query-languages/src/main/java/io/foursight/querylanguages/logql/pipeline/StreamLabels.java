package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.Labels;
import java.nio.charset.StandardCharsets;

/// A stream's labels as the steps want them.
final class StreamLabels {
  final int[] ids;
  final byte[][] values;

  StreamLabels(Labels labels, Names names) {
    ids = new int[labels.size()];
    values = new byte[labels.size()][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = names.id(labels.name(i));
      values[i] = labels.value(i).getBytes(StandardCharsets.UTF_8);
    }
  }

  int size() {
    return ids.length;
  }
}
