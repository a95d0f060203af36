package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.pipeline.LabelGroups;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds the series that an entry belongs to: the one with the entry's labels, or with those that a
/// grouping keeps. Owned by one thread, which puts the entries of one run into it and may then take
/// over what others have collected.
final class SeriesTable {
  /// A series and what is collected of it.
  static final class Entry {
    final Labels labels;
    final Accumulator accumulator;

    private Entry(Labels labels, Accumulator accumulator) {
      this.labels = labels;
      this.accumulator = accumulator;
    }
  }

  private final LabelGroups groups;
  private final Supplier<Accumulator> accumulators;

  /// By number of the group; those taken over behind them.
  private final List<Entry> entries = new ArrayList<>();

  private final Map<Labels, Entry> byLabels = new HashMap<>();

  SeriesTable(PipelineRun run, Optional<Grouping> grouping, Supplier<Accumulator> accumulators) {
    this.groups = new LabelGroups(run, grouping);
    this.accumulators = accumulators;
  }

  /// The series of the entry that the run holds.
  Entry ofEntry() {
    int group = groups.group();
    if (group == entries.size()) {
      entries.add(new Entry(groups.labels(group), accumulators.get()));
    }
    return entries.get(group);
  }

  /// Takes over what another table of the same plan and grouping has collected; after that no entry
  /// can be put in.
  void merge(SeriesTable other) {
    if (byLabels.isEmpty()) {
      entries.forEach(e -> byLabels.put(e.labels, e));
    }
    for (Entry theirs : other.entries) {
      Entry ours =
          byLabels.computeIfAbsent(
              theirs.labels,
              labels -> {
                var entry = new Entry(labels, accumulators.get());
                entries.add(entry);
                return entry;
              });
      ours.accumulator.merge(theirs.accumulator);
    }
  }

  List<Entry> entries() {
    return entries;
  }
}
