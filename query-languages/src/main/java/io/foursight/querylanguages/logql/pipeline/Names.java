package io.foursight.querylanguages.logql.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Label names as small numbers, one table per run. Owned by one thread.
final class Names {
  private static final String EXTRACTED = "_extracted";

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private int[] extracted = new int[16];

  int id(String name) {
    Integer known = ids.get(name);
    if (known != null) {
      return known;
    }
    int id = names.size();
    names.add(name);
    ids.put(name, id);
    if (id == extracted.length) {
      extracted = Arrays.copyOf(extracted, id * 2);
    }
    extracted[id] = -1;
    return id;
  }

  String name(int id) {
    return names.get(id);
  }

  /// The name that a parsed label takes when the entry has one of its name already.
  int extracted(int id) {
    if (extracted[id] < 0) {
      int other = id(names.get(id) + EXTRACTED);
      extracted[id] = other;
    }
    return extracted[id];
  }

  int size() {
    return names.size();
  }

  /// Forgets all names but the first `count`.
  void truncate(int count) {
    for (int id = names.size() - 1; id >= count; id--) {
      ids.remove(names.remove(id));
    }
    for (int id = 0; id < count; id++) {
      extracted[id] = extracted[id] < count ? extracted[id] : -1;
    }
  }
}
