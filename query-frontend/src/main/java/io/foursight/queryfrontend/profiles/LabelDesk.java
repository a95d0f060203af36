package io.foursight.queryfrontend.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.profiles.ProfilesQueryRunner.Query;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.queryfrontend.profiles.QueryRules.Range;
import io.foursight.querylanguages.profileql.ast.ProfileSelector;
import io.foursight.querylanguages.profileql.parse.ProfileqlParser;
import io.foursight.querylanguages.profileql.print.ProfileqlPrinter;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Analyze;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.LabelTexts;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Series;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// What there is: types, labels, series, amounts. Safe from any thread.
final class LabelDesk {
  private static final long DEFAULT_SINCE = Duration.ofHours(1).toMillis();
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final ProfilesReadDesk desk;

  LabelDesk(ProfilesReadDesk desk) {
    this.desk = desk;
  }

  private Optional<Range> range(UnaryCall call, long start, long end) {
    return QueryRules.range(start, end, desk.limits(call.tenants()), desk.nowMillis());
  }

  private <T> T run(
      UnaryCall call, Range range, String selector, BiFunction<ProfilesQueryRunner, Query, T> ask) {
    QueryBudget budget = desk.budget(call);
    Query query = QueryRules.labels(call.tenants(), selector, range, budget);
    return desk.run(
        call.tenants(),
        budget,
        desk.metrics().metadata,
        selector,
        runner -> ask.apply(runner, query));
  }

  /// Of the last hour when the request says no time, as its older clients do.
  List<ProfileType> types(UnaryCall call, Types asked) {
    long now = desk.nowMillis();
    boolean open = asked.start() == 0 && asked.end() == 0;
    long start = open ? now - DEFAULT_SINCE : asked.start();
    long end = open ? now : asked.end();
    return range(call, start, end)
        .map(range ->
            run(call, range, "", (runner, query) -> runner.labelValues(ProfileType.LABEL, query)))
        .orElse(List.of())
        .stream()
        .map(ProfileType::parse)
        .toList();
  }

  /// Values of a label in the last hour; the name's are the types.
  List<String> recentValues(UnaryCall call, String label) {
    String name = label.equals(Labels.METRIC_NAME) ? ProfileType.LABEL : label;
    long now = desk.nowMillis();
    return run(
        call,
        new Range(now - DEFAULT_SINCE, now),
        "",
        (runner, query) -> runner.labelValues(name, query));
  }

  /// All that satisfy one of the selectors; all at all without any.
  private static List<String> selectors(List<String> matchers) {
    return matchers.isEmpty() ? List.of("") : matchers;
  }

  /// `LabelNamesResponse`.
  byte[] names(UnaryCall call, LabelTexts asked) {
    Set<String> names = new TreeSet<>(Labels::compareText);
    for (String selector : selectors(asked.matchers())) {
      ProfileqlParser.parse(selector);
      range(call, asked.start(), asked.end())
          .ifPresent(
              range -> names.addAll(run(call, range, selector, ProfilesQueryRunner::labelNames)));
    }
    names.removeIf(name -> !shown(call, name));
    return QuerierMessages.names(List.copyOf(names));
  }

  private static boolean shown(UnaryCall call, String name) {
    return call.anyLabelName() || PLAIN.matcher(name).matches();
  }

  /// `LabelValuesResponse`.
  byte[] values(UnaryCall call, LabelTexts asked) {
    if (asked.name().isEmpty()) {
      throw FoursightException.badData("name is required");
    }
    Set<String> values = new TreeSet<>(Labels::compareText);
    for (String selector : selectors(asked.matchers())) {
      ProfileqlParser.parse(selector);
      range(call, asked.start(), asked.end())
          .ifPresent(range ->
              values.addAll(
                  run(
                      call,
                      range,
                      selector,
                      (runner, query) -> runner.labelValues(asked.name(), query))));
    }
    return QuerierMessages.names(List.copyOf(values));
  }

  /// `SeriesResponse`: the distinct combinations of the labels that are asked for.
  byte[] series(UnaryCall call, Series asked) {
    Set<Labels> sets = new TreeSet<>();
    for (String selector : selectors(asked.matchers())) {
      ProfileqlParser.parse(selector);
      range(call, asked.start(), asked.end())
          .ifPresent(range ->
              run(call, range, selector, ProfilesQueryRunner::labelSets)
                  .forEach(labels -> sets.add(kept(call, asked, labels))));
    }
    sets.remove(Labels.EMPTY);
    return QuerierMessages.series(List.copyOf(sets));
  }

  private static Labels kept(UnaryCall call, Series asked, Labels labels) {
    if (!asked.labelNames().isEmpty()) {
      return labels.keep(asked.labelNames());
    }
    List<String> names = labels.names().stream().filter(name -> shown(call, name)).toList();
    return labels.keep(names);
  }

  /// `GetProfileStatsResponse`, of all time.
  byte[] stats(UnaryCall call) {
    TenantId tenant = call.oneTenant();
    QueryBudget budget = desk.budget(call);
    Query query =
        new Query(List.of(tenant), "", "", 0, Long.MAX_VALUE, Set.of(), SampleFilter.ALL, budget);
    return QuerierMessages.stats(
        desk.run(
            call.tenants(),
            budget,
            desk.metrics().metadata,
            "stats",
            runner -> runner.stats(query)));
  }

  /// `AnalyzeQueryResponse`.
  byte[] analyze(UnaryCall call, Analyze asked) {
    if (!desk.limits(call.tenants()).queryAnalysisEnabled()) {
      return QuerierMessages.NOTHING;
    }
    ProfileSelector selector = ProfileqlParser.parse(asked.query());
    Optional<Range> range = range(call, asked.start(), asked.end());
    if (range.isEmpty()) {
      return QuerierMessages.analysis(ProfilesStats.NONE, ProfilesStats.NONE);
    }
    String text = ProfileqlPrinter.print(selector);
    ProfilesStats wanted = run(call, range.get(), text, ProfilesQueryRunner::stats);
    ProfilesStats all = run(call, range.get(), "", ProfilesQueryRunner::stats);
    return QuerierMessages.analysis(wanted, all);
  }
}
