package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplar;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplars;
import io.foursight.model.profiles.ProfilesQueryRunner.Heatmap;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Counts profiles, or their spans, by time and value. The rows are kept until the largest value is
/// known. Owned by one thread.
final class HeatmapQuery {
  private static final int ROW = 64;

  private final TimeGrid grid;
  private final Grouping grouping;
  private final Exemplars exemplars;
  private final int bands;
  private final QueryBudget budget;
  private final Map<Labels, ProfileColumns> groups = new HashMap<>();
  private long least = Long.MAX_VALUE;
  private long most;
  private long charged;

  /// The rows of a group, of several series.
  private static final class ProfileColumns {
    final List<ProfileRows> parts = new ArrayList<>();
    final List<Labels> rests = new ArrayList<>();
  }

  /// A time's counts, and the largest of each band.
  private static final class Column {
    final int[] counts;
    final Largest[] largest;

    Column(int bands) {
      counts = new int[bands];
      largest = new Largest[bands];
    }
  }

  HeatmapQuery(
      TimeGrid grid, List<String> groupBy, Exemplars exemplars, int bands, QueryBudget budget) {
    this.grid = grid;
    this.grouping = new Grouping(groupBy);
    this.exemplars = exemplars;
    this.bands = bands;
    this.budget = budget;
  }

  /// @param limit heatmaps with the largest counts, those first; 0 = all, by labels
  List<Heatmap> run(ProfilesSource source, ProfilesSelect select, boolean bySpan, int limit) {
    try {
      source.rows(select, bySpan, this::keep);
      return heatmaps(limit);
    } finally {
      budget.release(charged);
    }
  }

  private void keep(ProfileRows rows) {
    if (rows.rows() == 0) {
      return;
    }
    budget.check();
    budget.countSeries(1);
    budget.countSamples(rows.rows());
    long bytes = (long) ROW * rows.rows();
    budget.charge(bytes);
    charged += bytes;
    var group = groups.computeIfAbsent(grouping.group(rows.labels()), l -> new ProfileColumns());
    // The Source may use its arrays again.
    group.parts.add(copy(rows));
    group.rests.add(exemplars == Exemplars.NONE ? Labels.EMPTY : grouping.rest(rows.labels()));
    for (int row = 0; row < rows.rows(); row++) {
      least = Math.min(least, rows.values()[row]);
      most = Math.max(most, rows.values()[row]);
    }
  }

  private static ProfileRows copy(ProfileRows r) {
    int n = r.rows();
    return new ProfileRows(
        r.labels(),
        n,
        Arrays.copyOf(r.timesNanos(), n),
        Arrays.copyOf(r.values(), n),
        Arrays.copyOf(r.idHighs(), n),
        Arrays.copyOf(r.idLows(), n),
        Arrays.copyOf(r.spanIds(), Math.min(n, r.spanIds().length)),
        Arrays.copyOf(r.traceHighs(), Math.min(n, r.traceHighs().length)),
        Arrays.copyOf(r.traceLows(), Math.min(n, r.traceLows().length)));
  }

  private List<Heatmap> heatmaps(int limit) {
    if (groups.isEmpty()) {
      return List.of();
    }
    if (least >= most) {
      most = least + 1;
    }
    var starts = new double[bands];
    double width = (double) (most - least) / bands;
    for (int band = 0; band < bands; band++) {
      starts[band] = least + (long) (band * width);
    }
    record Counted(Heatmap heatmap, long count) {}
    var all = new ArrayList<Counted>();
    groups.forEach((labels, rows) -> {
      Heatmap heatmap = heatmap(labels, rows, starts);
      all.add(
          new Counted(
              heatmap,
              Arrays.stream(heatmap.counts()).flatMapToInt(Arrays::stream).asLongStream().sum()));
    });
    var byLabels = Comparator.comparing((Counted c) -> c.heatmap().labels());
    all.sort(
        limit > 0 && all.size() > limit
            ? Comparator.comparingLong((Counted c) -> -c.count()).thenComparing(byLabels)
            : byLabels);
    return all.stream().limit(limit > 0 ? limit : Long.MAX_VALUE).map(Counted::heatmap).toList();
  }

  private Heatmap heatmap(Labels labels, ProfileColumns group, double[] starts) {
    var columns = new TreeMap<Long, Column>();
    for (int part = 0; part < group.parts.size(); part++) {
      ProfileRows rows = group.parts.get(part);
      budget.check();
      for (int row = 0; row < rows.rows(); row++) {
        long at = Math.max(0, grid.point(rows.timesNanos()[row]));
        Column column = columns.computeIfAbsent(at, t -> new Column(bands));
        int band = band(starts, rows.values()[row]);
        column.counts[band]++;
        if (exemplars != Exemplars.NONE) {
          if (column.largest[band] == null) {
            column.largest[band] = new Largest();
          }
          column.largest[band].add(rows, row, group.rests.get(part));
        }
      }
    }
    var times = new long[columns.size()];
    var counts = new int[columns.size()][];
    var found = new ArrayList<Exemplar>();
    int i = 0;
    for (var entry : columns.entrySet()) {
      times[i] = grid.timeMillis(entry.getKey());
      counts[i++] = entry.getValue().counts;
      for (Largest largest : entry.getValue().largest) {
        if (largest != null) {
          largest.best().ifPresent(found::add);
        }
      }
    }
    return new Heatmap(labels, times, starts, counts, found);
  }

  /// The last band that starts at or below the value.
  private static int band(double[] starts, long value) {
    int band = starts.length - 1;
    while (band > 0 && value < starts[band]) {
      band--;
    }
    return band;
  }
}
