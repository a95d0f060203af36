package io.foursight.ring.gossip;

import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingName;
import io.foursight.ring.RingState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is still to be told, each instance a number of times. Bounded by the number of instances:
/// newer news of one take the place of the older. Not safe across threads.
final class NewsQueue {
  private record Key(RingName ring, String id) {}

  private static final class Item {
    private final InstanceDescriptor instance;
    private int timesLeft;

    Item(InstanceDescriptor instance, int timesLeft) {
      this.instance = instance;
      this.timesLeft = timesLeft;
    }
  }

  private final Map<Key, Item> items = new LinkedHashMap<>();

  void add(RingName ring, RingState news, int times) {
    for (InstanceDescriptor instance : news.instances()) {
      var key = new Key(ring, instance.id());
      Item waiting = items.get(key);
      if (waiting == null || instance.supersedes(waiting.instance)) {
        items.remove(key);
        items.put(key, new Item(instance, times));
      }
    }
  }

  /// Everything that waits, counted as told once more.
  Map<RingName, RingState> next() {
    Map<RingName, List<InstanceDescriptor>> byRing = new TreeMap<>();
    Iterator<Map.Entry<Key, Item>> all = items.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Key, Item> entry = all.next();
      Item item = entry.getValue();
      byRing.computeIfAbsent(entry.getKey().ring(), r -> new ArrayList<>()).add(item.instance);
      if (--item.timesLeft <= 0) {
        all.remove();
      }
    }
    Map<RingName, RingState> news = new TreeMap<>();
    byRing.forEach((ring, instances) -> news.put(ring, RingState.of(instances)));
    return news;
  }

  int size() {
    return items.size();
  }
}
