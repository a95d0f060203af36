package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfilesQueryRunner.Aggregation;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplar;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplars;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes series of profiles. Owned by one thread.
final class SeriesQuery {
  /// Bytes of one point while it grows, about.
  private static final int POINT = 120;

  private final TimeGrid grid;
  private final long lastPoint;
  private final Grouping grouping;
  private final Aggregation aggregation;
  private final Exemplars exemplars;
  private final QueryBudget budget;
  private final Map<Labels, TreeMap<Long, Point>> groups = new HashMap<>();
  private long charged;

  private static final class Point {
    /// Of exact whole numbers.
    long sum;

    long count;
    Largest largest;
  }

  SeriesQuery(
      TimeGrid grid,
      long endNanos,
      List<String> groupBy,
      Aggregation aggregation,
      Exemplars exemplars,
      QueryBudget budget) {
    this.grid = grid;
    // The last whole step; what is later belongs to a point that nobody asked for.
    this.lastPoint =
        Math.floorDiv(
            Math.floorDiv(endNanos - 1, 1_000_000) - grid.startMillis(), grid.stepMillis());
    this.grouping = new Grouping(groupBy);
    this.aggregation = aggregation;
    this.exemplars = exemplars;
    this.budget = budget;
  }

  /// @param limit series with the largest sums; 0 = all
  /// @return by falling sum, then by labels
  List<Points> run(ProfilesSource source, ProfilesSelect select, int limit) {
    try {
      source.rows(select, false, rows -> add(rows, exemplars == Exemplars.INDIVIDUAL));
      if (exemplars == Exemplars.SPAN) {
        source.rows(select, true, this::addSpans);
      }
      return points(limit);
    } finally {
      budget.release(charged);
    }
  }

  private void charge(long bytes) {
    budget.charge(bytes);
    charged += bytes;
  }

  private void add(ProfileRows rows, boolean withExemplars) {
    budget.check();
    budget.countSeries(1);
    budget.countSamples(rows.rows());
    TreeMap<Long, Point> points =
        groups.computeIfAbsent(grouping.group(rows.labels()), l -> new TreeMap<>());
    Labels rest = withExemplars ? grouping.rest(rows.labels()) : Labels.EMPTY;
    long number = -1;
    Point point = null;
    for (int row = 0; row < rows.rows(); row++) {
      long at = grid.point(rows.timesNanos()[row]);
      if (at < 0 || at > lastPoint) {
        continue;
      }
      if (point == null || at != number) {
        number = at;
        point = points.get(at);
        if (point == null) {
          charge(POINT);
          point = new Point();
          points.put(at, point);
        }
      }
      point.sum += rows.values()[row];
      point.count++;
      if (withExemplars) {
        candidate(point, rows, row, rest);
      }
    }
  }

  private void candidate(Point point, ProfileRows rows, int row, Labels rest) {
    if (point.largest == null) {
      point.largest = new Largest();
    }
    if (point.largest.add(rows, row, rest)) {
      charge(Largest.MEMORY);
    }
  }

  private void addSpans(ProfileRows rows) {
    budget.check();
    TreeMap<Long, Point> points = groups.get(grouping.group(rows.labels()));
    if (points == null) {
      return;
    }
    Labels rest = grouping.rest(rows.labels());
    for (int row = 0; row < rows.rows(); row++) {
      Point point = points.get(grid.point(rows.timesNanos()[row]));
      if (point != null) {
        candidate(point, rows, row, rest);
      }
    }
  }

  private List<Points> points(int limit) {
    record Summed(Points points, double sum) {}
    var all = new ArrayList<Summed>();
    for (var group : groups.entrySet()) {
      TreeMap<Long, Point> points = group.getValue();
      if (points.isEmpty()) {
        continue;
      }
      var times = new long[points.size()];
      var values = new double[points.size()];
      var found = new ArrayList<Exemplar>();
      double sum = 0;
      int i = 0;
      for (var entry : points.entrySet()) {
        Point point = entry.getValue();
        times[i] = grid.timeMillis(entry.getKey());
        values[i] =
            aggregation == Aggregation.AVERAGE
                ? (double) point.sum / point.count
                : (double) point.sum;
        sum += values[i];
        if (point.largest != null) {
          point.largest.best().ifPresent(found::add);
        }
        i++;
      }
      all.add(new Summed(new Points(group.getKey(), times, values, found), sum));
    }
    all.sort(
        Comparator.comparingDouble((Summed s) -> -s.sum()).thenComparing(s -> s.points().labels()));
    return all.stream().limit(limit > 0 ? limit : Long.MAX_VALUE).map(Summed::points).toList();
  }
}
