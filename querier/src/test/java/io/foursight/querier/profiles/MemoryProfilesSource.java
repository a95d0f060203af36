package io.foursight.querier.profiles;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Batches in memory as parts with names, the plain way: each question walks over everything.
final class MemoryProfilesSource implements ProfilesSource {
  private record Part(TenantId tenant, String block, ProfilesBatch batch) {}

  private final List<Part> parts = new ArrayList<>();
  Set<String> covered = Set.of();

  /// What happens when a merge or rows have been read.
  Runnable afterRead = () -> {};

  void add(TenantId tenant, String block, ProfilesBatch batch) {
    parts.add(new Part(tenant, block, batch));
  }

  private interface Visitor {
    void profile(ProfilesBatch batch, int profile);
  }

  private void visit(ProfilesSelect select, Visitor visitor) {
    for (Part part : parts) {
      if (!part.tenant().equals(select.tenant()) || select.withoutBlocks().contains(part.block())) {
        continue;
      }
      ProfilesBatch batch = part.batch();
      for (int p = 0; p < batch.profiles(); p++) {
        Labels labels = batch.labels(p);
        long time = batch.timeNanos(p);
        if (time >= select.startNanos()
            && time < select.endNanos()
            && select.matchers().stream().allMatch(m -> matches(m, labels))) {
          visitor.profile(batch, p);
        }
      }
    }
  }

  private static boolean matches(LabelMatcher matcher, Labels labels) {
    return matcher.matches(labels.get(matcher.name()));
  }

  private static boolean wanted(ProfilesSelect select, ProfilesBatch batch, int profile) {
    return select.ids().isEmpty()
        || select.ids().contains(new ProfileId(batch.idHigh(profile), batch.idLow(profile)));
  }

  private static boolean counts(ProfilesSelect select, ProfilesBatch batch, int sample) {
    if (!select
        .samples()
        .passesIds(batch.spanId(sample), batch.traceHigh(sample), batch.traceLow(sample))) {
      return false;
    }
    List<String> site = select.samples().callSite();
    List<String> frames = frames(batch.symbols(), batch.stack(sample));
    return frames.size() >= site.size() && frames.subList(0, site.size()).equals(site);
  }

  /// Names of functions, the outermost first.
  static List<String> frames(ProfileSymbols symbols, int stack) {
    var frames = new ArrayList<String>();
    for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
      int location = symbols.stackLocation(s);
      for (int line = symbols.lineStart(location); line < symbols.lineEnd(location); line++) {
        frames.add(symbols.string(symbols.functionName(symbols.lineFunction(line))));
      }
    }
    return frames.reversed();
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    var sum = new MergedStacks();
    visit(
        select,
        (batch, profile) -> {
          if (wanted(select, batch, profile)) {
            var from = sum.from(batch.symbols());
            for (int s = batch.sampleStart(profile); s < batch.sampleEnd(profile); s++) {
              if (counts(select, batch, s)) {
                sum.add(from.stack(batch.stack(s)), batch.value(s));
              }
            }
          }
        });
    afterRead.run();
    return sum;
  }

  private record Row(
      long time, long value, long high, long low, long span, long tHigh, long tLow) {}

  private record SpanKey(long span, long high, long low) {}

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    Map<Labels, List<Row>> rows = new HashMap<>();
    visit(
        select,
        (batch, p) -> {
          if (!wanted(select, batch, p)) {
            return;
          }
          Map<SpanKey, Long> sums = new LinkedHashMap<>();
          for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
            if (counts(select, batch, s) && (!bySpan || batch.spanId(s) != 0)) {
              var key =
                  bySpan
                      ? new SpanKey(batch.spanId(s), batch.traceHigh(s), batch.traceLow(s))
                      : new SpanKey(0, 0, 0);
              sums.merge(key, batch.value(s), Long::sum);
            }
          }
          sums.forEach((key, value) ->
              rows.computeIfAbsent(batch.labels(p), l -> new ArrayList<>())
                  .add(
                      new Row(
                          batch.timeNanos(p),
                          value,
                          batch.idHigh(p),
                          batch.idLow(p),
                          key.span(),
                          key.high(),
                          key.low())));
        });
    rows.forEach((labels, list) -> {
      list.sort(Comparator.comparingLong(Row::time));
      each.accept(
          new ProfileRows(
              labels,
              list.size(),
              list.stream().mapToLong(Row::time).toArray(),
              list.stream().mapToLong(Row::value).toArray(),
              list.stream().mapToLong(Row::high).toArray(),
              list.stream().mapToLong(Row::low).toArray(),
              bySpan ? list.stream().mapToLong(Row::span).toArray() : new long[0],
              bySpan ? list.stream().mapToLong(Row::tHigh).toArray() : new long[0],
              bySpan ? list.stream().mapToLong(Row::tLow).toArray() : new long[0]));
    });
    afterRead.run();
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    var all = new TreeSet<Labels>();
    visit(select, (batch, profile) -> all.add(batch.labels(profile)));
    return List.copyOf(all);
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    var all = new TreeSet<String>();
    series(select).forEach(labels -> all.addAll(labels.names()));
    return List.copyOf(all);
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    var all = new TreeSet<String>();
    series(select).forEach(labels -> all.add(labels.get(label)));
    all.remove("");
    return List.copyOf(all);
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    var times = new TreeMap<Long, Long>();
    var series = new HashSet<Labels>();
    var samples = new long[1];
    var profiles = new long[1];
    visit(
        select,
        (batch, p) -> {
          times.put(batch.timeNanos(p), 0L);
          series.add(batch.labels(p));
          profiles[0]++;
          samples[0] += batch.sampleEnd(p) - batch.sampleStart(p);
        });
    return times.isEmpty()
        ? ProfilesStats.NONE
        : new ProfilesStats(
            profiles[0],
            series.size(),
            samples[0],
            16 * samples[0],
            times.firstKey(),
            times.lastKey());
  }

  @Override
  public Set<String> coveredBlocks(ProfilesSelect select) {
    return covered;
  }
}
