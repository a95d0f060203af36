package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Grouping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Numbers the label sets of entries from 0 upwards: all labels, some of them (`by`), or all but
/// some (`without`). Looked up by a hash over names and value bytes, so that only a set never seen
/// before makes objects. A label with an empty value is there, `__error__` is not. Owned by the
/// thread of its run.
public final class LabelGroups {
  private static final long PRIME = 0x9e3779b97f4a7c15L;

  private final PipelineRun run;
  private final boolean by;
  private final List<String> named;
  private int[] ids;

  /// By name: whether the grouping names it.
  private boolean[] isNamed = new boolean[64];

  private int epoch;
  private int[] table = new int[64];
  private long[] hashes = new long[32];
  private final List<Labels> groups = new ArrayList<>();
  private final List<int[]> groupNames = new ArrayList<>();
  private final List<byte[][]> groupValues = new ArrayList<>();
  private final Map<Labels, Integer> byStream = new IdentityHashMap<>();

  /// Hashes of names, by number.
  private long[] nameHashes = new long[64];

  private final Map<Labels, Integer> detailed = new HashMap<>();
  private int lastGroup = -1;
  private Labels lastStream = Labels.EMPTY;

  /// @param grouping which labels count; all of them when absent
  public LabelGroups(PipelineRun run, Optional<Grouping> grouping) {
    this.run = run;
    this.by = grouping.isPresent() && !grouping.get().without();
    this.named = grouping.map(Grouping::labels).orElse(List.of()).stream().distinct().toList();
    number();
  }

  private void number() {
    ids = named.stream().mapToInt(n -> run.names().id(n)).toArray();
    isNamed = new boolean[Math.max(64, run.names().size())];
    for (int id : ids) {
      isNamed[id] = true;
    }
    epoch = run.epoch();
    Arrays.fill(nameHashes, 0);
    for (int g = 0; g < groups.size(); g++) {
      Labels labels = groups.get(g);
      int[] numbers = new int[labels.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = run.names().id(labels.name(i));
      }
      groupNames.set(g, numbers);
    }
  }

  public int size() {
    return groups.size();
  }

  public Labels labels(int group) {
    return groups.get(group);
  }

  /// The group of the entry that the run took last.
  public int group() {
    EntryLabels labels = run.labels();
    if (labels.changed()) {
      return lookUp(labels);
    }
    Labels stream = run.storedStream();
    if (stream == lastStream && lastGroup >= 0) {
      return lastGroup;
    }
    if (byStream.size() > 10_000) {
      byStream.clear();
    }
    Integer known = byStream.get(stream);
    int group = known == null ? lookUp(labels) : known;
    if (known == null) {
      byStream.put(stream, group);
    }
    lastStream = stream;
    lastGroup = group;
    return group;
  }

  private int lookUp(EntryLabels labels) {
    if (epoch != run.epoch()) {
      number();
    }
    if (!by && !labels.errorDetails().isEmpty()) {
      return withDetails(labels);
    }
    long hash = 0;
    int count = 0;
    if (by) {
      for (int id : ids) {
        int i = labels.find(id);
        if (i >= 0) {
          hash += hash(labels, i);
          count++;
        }
      }
    } else {
      for (int i = 0; i < labels.size(); i++) {
        if (!isNamed(labels.nameId(i))) {
          hash += hash(labels, i);
          count++;
        }
      }
    }
    hash ^= hash >>> 29;
    int slot = (int) hash & (table.length - 1);
    while (table[slot] != 0) {
      int group = table[slot] - 1;
      if (hashes[group] == hash && isGroup(group, labels, count)) {
        return group;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return add(labels, hash, slot);
  }

  private boolean isNamed(int id) {
    return id < isNamed.length && isNamed[id];
  }

  private long hash(EntryLabels labels, int i) {
    return ByteHash.of(
        nameHash(labels.nameId(i)),
        labels.valueBytes(i),
        labels.valueOffset(i),
        labels.valueLength(i));
  }

  private long nameHash(int id) {
    if (id >= nameHashes.length) {
      nameHashes = Arrays.copyOf(nameHashes, Math.max(id + 1, nameHashes.length * 2));
    }
    if (nameHashes[id] == 0) {
      nameHashes[id] = run.names().name(id).hashCode() * PRIME | 1;
    }
    return nameHashes[id];
  }

  /// An entry whose error was dropped, but not the details: these are a label like others.
  private int withDetails(EntryLabels labels) {
    return detailed.computeIfAbsent(
        labels.all().drop(named),
        all -> {
          groups.add(all);
          groupNames.add(new int[0]);
          groupValues.add(new byte[0][]);
          return groups.size() - 1;
        });
  }

  private boolean isGroup(int group, EntryLabels labels, int count) {
    int[] names = groupNames.get(group);
    if (names.length != count) {
      return false;
    }
    byte[][] values = groupValues.get(group);
    for (int i = 0; i < count; i++) {
      int slot = labels.find(names[i]);
      if (slot < 0
          || !Arrays.equals(
              labels.valueBytes(slot),
              labels.valueOffset(slot),
              labels.valueOffset(slot) + labels.valueLength(slot),
              values[i],
              0,
              values[i].length)) {
        return false;
      }
    }
    return true;
  }

  private int add(EntryLabels labels, long hash, int slot) {
    var pairs = new TreeMap<String, String>(Labels::compareText);
    for (int i = 0; i < labels.size(); i++) {
      if (isNamed(labels.nameId(i)) == by) {
        pairs.put(labels.name(i), labels.value(i));
      }
    }
    Labels set =
        Labels.ofSorted(
            pairs.entrySet().stream()
                .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                .toArray(String[]::new));
    int group = groups.size();
    int[] names = new int[set.size()];
    byte[][] values = new byte[set.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = run.names().id(set.name(i));
      int at = labels.find(names[i]);
      values[i] =
          Arrays.copyOfRange(
              labels.valueBytes(at),
              labels.valueOffset(at),
              labels.valueOffset(at) + labels.valueLength(at));
    }
    groups.add(set);
    groupNames.add(names);
    groupValues.add(values);
    if (group >= hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.max(group + 1, hashes.length * 2));
    }
    hashes[group] = hash;
    table[slot] = group + 1;
    if (groups.size() * 2 > table.length) {
      grow();
    }
    return group;
  }

  private void grow() {
    int[] old = table;
    table = new int[old.length * 2];
    for (int entry : old) {
      if (entry != 0) {
        int slot = (int) hashes[entry - 1] & (table.length - 1);
        while (table[slot] != 0) {
          slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = entry;
      }
    }
  }
}
