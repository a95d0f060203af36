package io.foursight.compactor.profiles;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.SampleFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// Profiles as anybody would write them down, and what is to be answered about them.
final class NaiveProfiles {
  /// @param stack frames from the outermost inwards, each a location; the last part of one is text
  record Sample(List<String> stack, long value, long span, long traceHigh, long traceLow) {}

  record Profile(Labels labels, long time, long idHigh, long idLow, List<Sample> samples) {}

  private record Key(Labels labels, long time, long idHigh, long idLow) {}

  private final Map<Key, Profile> profiles = new java.util.LinkedHashMap<>();

  void add(List<Profile> all) {
    for (Profile p : all) {
      profiles.putIfAbsent(new Key(p.labels, p.time, p.idHigh, p.idLow), p);
    }
  }

  List<Profile> all() {
    return List.copyOf(profiles.values());
  }

  private List<Profile> selected(ProfilesSelect select) {
    return profiles.values().stream()
        .filter(p -> p.time >= select.startNanos() && p.time < select.endNanos())
        .filter(p -> select.matchers().stream().allMatch(m -> m.matches(p.labels.get(m.name()))))
        .filter(
            p -> select.ids().isEmpty() || select.ids().contains(new ProfileId(p.idHigh, p.idLow)))
        .toList();
  }

  private static boolean passes(Sample s, SampleFilter filter) {
    return filter.passesIds(s.span, s.traceHigh, s.traceLow)
        && s.stack.size() >= filter.callSite().size()
        && s.stack.subList(0, filter.callSite().size()).stream()
            .map(frame -> frame.substring(frame.indexOf('/') + 1))
            .toList()
            .equals(filter.callSite());
  }

  Map<String, Long> merge(ProfilesSelect select) {
    var sums = new TreeMap<String, Long>();
    for (Profile p : selected(select)) {
      for (Sample s : p.samples) {
        if (passes(s, select.samples())) {
          sums.merge(String.join(";", s.stack), s.value, Long::sum);
        }
      }
    }
    sums.values().removeIf(value -> value == 0);
    return sums;
  }

  static Map<String, Long> merged(MergedStacks stacks) {
    var sums = new TreeMap<String, Long>();
    for (int s = 0; s < stacks.symbols().stacks(); s++) {
      if (stacks.value(s) != 0) {
        sums.merge(path(stacks.symbols(), s), stacks.value(s), Long::sum);
      }
    }
    return sums;
  }

  /// Where a sum is not what it should be; the first of the differences.
  static List<String> difference(MergedStacks sum, Map<String, Long> expected) {
    Map<String, Long> found = merged(sum);
    var stacks = new TreeSet<>(found.keySet());
    stacks.addAll(expected.keySet());
    return stacks.stream()
        .filter(stack -> !expected.getOrDefault(stack, 0L).equals(found.getOrDefault(stack, 0L)))
        .map(stack -> stack + ": " + expected.get(stack) + " expected, is " + found.get(stack))
        .limit(5)
        .toList();
  }

  private static String path(ProfileSymbols symbols, int stack) {
    var frames = new ArrayList<String>();
    for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
      int location = symbols.stackLocation(s);
      int line = symbols.lineStart(location);
      int mapping = symbols.locationMapping(location);
      String build = mapping < 0 ? "-" : symbols.string(symbols.mappingBuildId(mapping));
      int function = symbols.lineFunction(line);
      frames.addFirst(
          build
              + symbols.locationAddress(location)
              + ":"
              + symbols.lineNumber(line)
              + "/"
              + symbols.string(symbols.functionName(function)));
    }
    return String.join(";", frames);
  }

  /// Rows as texts, in order.
  List<String> rows(ProfilesSelect select, boolean bySpan) {
    var rows = new ArrayList<String>();
    for (Profile p : selected(select)) {
      var passing = p.samples.stream().filter(s -> passes(s, select.samples())).toList();
      if (!bySpan && (select.samples().isAll() || !passing.isEmpty())) {
        rows.add(row(p.labels, p.time, p.idHigh, p.idLow, 0, 0, 0, sum(passing)));
      }
      if (bySpan) {
        record Span(long span, long high, long low) {}
        var spans = new java.util.LinkedHashMap<Span, List<Sample>>();
        for (Sample s : passing) {
          if (s.span != 0) {
            spans
                .computeIfAbsent(
                    new Span(s.span, s.traceHigh, s.traceLow), unused -> new ArrayList<>())
                .add(s);
          }
        }
        spans.forEach((span, own) ->
            rows.add(
                row(
                    p.labels, p.time, p.idHigh, p.idLow, span.span, span.high, span.low,
                    sum(own))));
      }
    }
    rows.sort(null);
    return rows;
  }

  private static long sum(List<Sample> samples) {
    return samples.stream().mapToLong(Sample::value).sum();
  }

  private static String row(
      Labels labels, long time, long high, long low, long span, long th, long tl, long value) {
    return labels + " " + time + " " + high + " " + low + " " + span + " " + th + " " + tl + " = "
        + value;
  }

  static List<String> rows(ProfilesSource source, ProfilesSelect select, boolean bySpan) {
    var rows = new ArrayList<String>();
    var series = new ArrayList<Labels>();
    source.rows(
        select,
        bySpan,
        (ProfileRows all) -> {
          if (series.contains(all.labels())) {
            throw new AssertionError("series twice: " + all.labels());
          }
          series.add(all.labels());
          for (int r = 0; r < all.rows(); r++) {
            if (r > 0 && all.timesNanos()[r] < all.timesNanos()[r - 1]) {
              throw new AssertionError("rows of " + all.labels() + " are not in order");
            }
            rows.add(
                row(
                    all.labels(),
                    all.timesNanos()[r],
                    all.idHighs()[r],
                    all.idLows()[r],
                    bySpan ? all.spanIds()[r] : 0,
                    bySpan ? all.traceHighs()[r] : 0,
                    bySpan ? all.traceLows()[r] : 0,
                    all.values()[r]));
          }
        });
    rows.sort(null);
    return rows;
  }

  List<Labels> series(ProfilesSelect select) {
    var all = new TreeSet<Labels>();
    selected(select).forEach(p -> all.add(p.labels));
    return List.copyOf(all);
  }

  // ---- making them ----

  private static final String[] SERVICES = {"cart", "shop", "unknown_service"};
  private static final String[] TYPES = {
    "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "memory:alloc_space:bytes:space:bytes"
  };

  /// @param from times lie in `[from, from + range)`
  static List<Profile> random(Random random, int count, long from, long range) {
    var all = new ArrayList<Profile>();
    for (int i = 0; i < count; i++) {
      String type = TYPES[random.nextInt(TYPES.length)];
      var labels =
          Labels.of(
              "service_name",
              SERVICES[random.nextInt(SERVICES.length)],
              "pod",
              "p" + random.nextInt(4),
              "__profile_type__",
              type,
              "__name__",
              type.substring(0, type.indexOf(':')));
      int build = random.nextInt(3);
      var samples = new ArrayList<Sample>();
      for (int s = random.nextInt(12); s > 0; s--) {
        var stack = new ArrayList<String>();
        for (int d = 1 + random.nextInt(5); d > 0; d--) {
          int f = random.nextInt(4);
          stack.add((f == 3 ? "-" : "b" + build) + f + ":" + random.nextInt(2) + "/f" + f);
        }
        boolean span = random.nextInt(3) == 0;
        samples.add(
            new Sample(
                stack,
                10 * random.nextInt(1000),
                span ? 1 + random.nextInt(5) : 0,
                span ? 7 : 0,
                span ? random.nextInt(2) : 0));
      }
      all.add(
          new Profile(
              labels,
              from + Math.floorMod(random.nextLong(), range),
              random.nextLong(),
              random.nextLong(),
              samples));
    }
    return all;
  }

  /// A request with tables of its own.
  static ProfilesBatch batch(List<Profile> profiles) {
    var symbols = new ProfileSymbols();
    var strings = new TreeMap<String, Integer>();
    var locations = new TreeMap<String, Integer>();
    var batch = new ProfilesBatch(symbols);
    for (Profile p : profiles) {
      batch.beginProfile(p.labels, p.time, 10_000_000_000L, 10_000_000, p.idHigh, p.idLow);
      for (Sample s : p.samples) {
        int stack = -1;
        for (String frame : s.stack) {
          Integer location = locations.get(frame);
          if (location == null) {
            location = location(symbols, strings, frame);
            locations.put(frame, location);
          }
          stack = symbols.addStack(stack, location);
        }
        batch.addSample(stack, s.value, s.span, s.traceHigh, s.traceLow);
      }
    }
    return batch;
  }

  private static int location(
      ProfileSymbols symbols, TreeMap<String, Integer> strings, String frame) {
    String build = frame.startsWith("-") ? "" : frame.substring(0, 2);
    int colon = frame.indexOf(':');
    int slash = frame.indexOf('/');
    int name = strings.computeIfAbsent(frame.substring(slash + 1), symbols::addString);
    int mapping =
        build.isEmpty()
            ? -1
            : symbols.addMapping(0, 0, 0, 0, strings.computeIfAbsent(build, symbols::addString));
    int function = symbols.addFunction(name, name, 0, 3);
    int location =
        symbols.addLocation(
            mapping, Long.parseLong(frame.substring(Math.max(1, build.length()), colon)));
    symbols.addLine(function, Long.parseLong(frame.substring(colon + 1, slash)));
    return location;
  }

  /// Some question.
  ProfilesSelect question(
      Random random, io.foursight.model.TenantId tenant, long from, long range) {
    var matchers = new ArrayList<LabelMatcher>();
    if (random.nextInt(3) > 0) {
      matchers.add(LabelMatcher.equal("__profile_type__", TYPES[random.nextInt(2)]));
    }
    if (random.nextInt(2) > 0) {
      matchers.add(LabelMatcher.equal("service_name", SERVICES[random.nextInt(3)]));
    }
    if (random.nextInt(3) == 0) {
      matchers.add(LabelMatcher.notEqual("pod", "p" + random.nextInt(4)));
    }
    long start = random.nextInt(3) == 0 ? Long.MIN_VALUE : from + random.nextLong(range);
    long end = random.nextInt(3) == 0 ? Long.MAX_VALUE : from + random.nextLong(range);
    var ids = new java.util.HashSet<ProfileId>();
    if (random.nextInt(5) == 0) {
      all().stream()
          .filter(p -> random.nextInt(20) == 0)
          .forEach(p -> ids.add(new ProfileId(p.idHigh, p.idLow)));
    }
    var filter =
        switch (random.nextInt(6)) {
          case 0 -> new SampleFilter(java.util.Set.of(1L, 3L), java.util.Set.of(), List.of());
          case 1 ->
              new SampleFilter(
                  java.util.Set.of(),
                  java.util.Set.of(new SampleFilter.TraceId(7, 1)),
                  List.of("f" + random.nextInt(4)));
          case 2 -> new SampleFilter(java.util.Set.of(), java.util.Set.of(), List.of("f1", "f2"));
          default -> SampleFilter.ALL;
        };
    return new ProfilesSelect(
        tenant,
        Math.min(start, end),
        Math.max(start, end),
        matchers,
        ids,
        filter,
        java.util.Set.of(),
        io.foursight.model.QueryBudget.unlimited());
  }
}
