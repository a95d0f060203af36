package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Grouping;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Numbers the label sets of entries from 0 upwards: all labels, some of them (`by`), or all but
/// some (`without`). Looked up by a hash over names and value bytes, so that only a set never seen
/// before makes objects. `__error__` is not looked at; labels without value count as absent. Owned
/// by the thread of its run.
public final class LabelGroups {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9e3779b97f4a7c15L;

  private final PipelineRun run;
  private final boolean by;
  private final List<String> named;
  private int[] ids;
  private Set<Integer> excluded = new HashSet<>();

  private int epoch;
  private int[] table = new int[64];
  private long[] hashes = new long[32];
  private final List<Labels> groups = new ArrayList<>();
  private final List<int[]> groupNames = new ArrayList<>();
  private final List<byte[][]> groupValues = new ArrayList<>();
  private final Map<Labels, Integer> byStream = new IdentityHashMap<>();

  /// Hashes of names, by number.
  private long[] nameHashes = new long[64];

  private int lastGroup = -1;
  private Labels lastStream = Labels.EMPTY;

  /// @param unwrapped the label that was unwrapped: left out unless `by` names it
  public LabelGroups(PipelineRun run, Optional<Grouping> grouping, Optional<String> unwrapped) {
    this.run = run;
    this.by = grouping.isPresent() && !grouping.get().without();
    var names = new ArrayList<String>();
    grouping.ifPresent(g -> names.addAll(g.labels()));
    if (!by) {
      unwrapped.ifPresent(names::add);
    }
    this.named = names.stream().distinct().toList();
    number();
  }

  private void number() {
    ids = named.stream().mapToInt(n -> run.names().id(n)).toArray();
    excluded = new HashSet<>();
    for (int id : ids) {
      excluded.add(id);
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
    long hash = 0;
    int count = 0;
    if (by) {
      for (int id : ids) {
        int i = labels.find(id);
        if (i >= 0 && labels.valueLength(i) > 0) {
          hash += hash(labels, i);
          count++;
        }
      }
    } else {
      for (int i = 0; i < labels.size(); i++) {
        if (labels.valueLength(i) > 0 && !excluded.contains(labels.nameId(i))) {
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

  private long hash(EntryLabels labels, int i) {
    byte[] b = labels.valueBytes(i);
    int at = labels.valueOffset(i);
    int end = at + labels.valueLength(i);
    long h = nameHash(labels.nameId(i)) + labels.valueLength(i);
    for (; at + 8 <= end; at += 8) {
      h = (h ^ (long) LONGS.get(b, at)) * PRIME;
      h ^= h >>> 32;
    }
    for (; at < end; at++) {
      h = (h ^ b[at]) * PRIME;
    }
    return (h ^ h >>> 32) * PRIME;
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
    var pairs = new ArrayList<String>();
    for (int i = 0; i < labels.size(); i++) {
      if (excluded.contains(labels.nameId(i)) == by && labels.valueLength(i) > 0) {
        pairs.add(labels.name(i));
        pairs.add(labels.value(i));
      }
    }
    Labels set = Labels.of(pairs.toArray(new String[0]));
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
    if (group == hashes.length) {
      hashes = Arrays.copyOf(hashes, group * 2);
    }
    hashes[group] = hash;
    table[slot] = group + 1;
    if (groups.size() * 2 > table.length) {
      grow();
    }
    return group;
  }

  private void grow() {
    table = new int[table.length * 2];
    for (int g = 0; g < groups.size(); g++) {
      int slot = (int) hashes[g] & (table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = g + 1;
    }
  }
}
