package io.foursight.queryfrontend.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.queryfrontend.profiles.QueryRules.Range;
import io.foursight.querylanguages.profileql.ast.ProfileSelector;
import io.foursight.querylanguages.profileql.parse.ProfileqlParser;
import io.foursight.querylanguages.profileql.print.ProfileqlPrinter;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.profiles.FlameGraph;
import io.foursight.wire.profiles.pyroscope.Flamebearer;
import io.foursight.wire.profiles.pyroscope.Flamebearer.Timeline;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Diff;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Exemplars;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Format;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Merge;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.SelectSeries;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.StackTraces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pyroscope's older API: `GET /pyroscope/render`, `/pyroscope/render-diff` and
/// `/pyroscope/label-values`.
final class RenderRoutes {
  private static final long MIN_STEP_SECONDS = 15;
  private static final long MAX_POINTS = 1500;

  private final ProfilesReadDesk desk;
  private final MergeDesk merge;
  private final SeriesDesk series;
  private final LabelDesk labels;

  RenderRoutes(ProfilesReadDesk desk, MergeDesk merge, SeriesDesk series, LabelDesk labels) {
    this.desk = desk;
    this.merge = merge;
    this.series = series;
    this.labels = labels;
  }

  private Merge merge(HttpCall call, String query, String from, String until, Format format) {
    String text = call.parameter(query).orElse("");
    if (text.isEmpty()) {
      throw FoursightException.badData("\"" + query + "\" is required");
    }
    ProfileSelector selector = ProfileqlParser.parseTyped(text);
    return new Merge(
        selector.type().orElseThrow().id(),
        ProfileqlPrinter.print(new ProfileSelector(Optional.empty(), selector.matchers())),
        time(call, from),
        time(call, until),
        nodes(call),
        format,
        StackTraces.ALL,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  private long time(HttpCall call, String name) {
    long now = desk.nowMillis();
    return call.parameter(name)
        .filter(text -> !text.isEmpty())
        .map(text -> RenderTimes.millis(name, text, now))
        .orElse(now);
  }

  /// What is no number does not count.
  private static long nodes(HttpCall call) {
    for (String name : List.of("maxNodes", "max-nodes")) {
      String text = call.parameter(name).orElse("");
      if (text.matches("-?[0-9]{1,9}") && Long.parseLong(text) != 0) {
        return Long.parseLong(text);
      }
    }
    return 0;
  }

  HttpReply render(HttpCall call) {
    UnaryCall unary = UnaryCall.of(call);
    boolean dot = call.parameter("format").orElse("").equals("dot");
    Merge asked = merge(call, "query", "from", "until", dot ? Format.DOT : Format.FLAMEGRAPH);
    if (dot) {
      return HttpReply.text(200, merge.dot(unary, asked));
    }
    FlameGraph graph = FlameGraph.of(merge.tree(unary, asked));
    ProfileType type = ProfileType.parse(asked.profileType());
    List<String> groupBy = call.parameters("groupBy").stream().limit(1).toList();
    // As much as queries may read of it.
    Range range =
        QueryRules.range(asked.start(), asked.end(), desk.limits(unary.tenants()), desk.nowMillis())
            .orElse(new Range(asked.end(), asked.end()));
    long step =
        Math.max(MIN_STEP_SECONDS, Math.round((range.end() - range.start()) / 1000.0 / MAX_POINTS));
    List<Points> points =
        series.points(
            unary,
            new SelectSeries(
                asked.profileType(),
                asked.selector(),
                range.start() / (step * 1000) * (step * 1000),
                range.end(),
                groupBy,
                step,
                call.parameter("aggregation").orElse("").equals("avg"),
                StackTraces.ALL,
                0,
                Exemplars.NONE));
    Timeline whole = timeline(points.size() == 1 ? points : List.of(), range, step);
    Map<String, Timeline> groups = new LinkedHashMap<>();
    if (!groupBy.isEmpty()) {
      for (Points one : points) {
        String value = one.labels().get(groupBy.getFirst());
        groups.put(value.isEmpty() ? "*" : value, timeline(List.of(one), range, step));
      }
    }
    return HttpReply.json(
        200,
        new Flamebearer(graph, type.sampleType(), type, Optional.of(whole), groups).json(false));
  }

  /// A sample for each step from the one that the range begins in to that before the one it ends
  /// in, zero where there is no point.
  static Timeline timeline(List<Points> points, Range range, long stepSeconds) {
    long step = stepSeconds * 1000;
    long first = range.start() / step;
    var samples = new long[(int) Math.max(0, range.end() / step - first)];
    for (Points one : points) {
      for (int i = 0; i < one.timesMillis().length; i++) {
        long at = one.timesMillis()[i] / step - first;
        if (at >= 0 && at < samples.length) {
          samples[(int) at] += (long) one.values()[i];
        }
      }
    }
    return new Timeline(first * stepSeconds, samples, stepSeconds);
  }

  HttpReply renderDiff(HttpCall call) {
    Merge left = merge(call, "leftQuery", "leftFrom", "leftUntil", Format.FLAMEGRAPH);
    Merge right = merge(call, "rightQuery", "rightFrom", "rightUntil", Format.FLAMEGRAPH);
    if (!left.profileType().equals(right.profileType())) {
      throw FoursightException.badData(
          "profile types must match: "
              + left.profileType()
              + " and "
              + right.profileType()
              + " do not");
    }
    FlameGraph graph = merge.difference(UnaryCall.of(call), new Diff(left, right));
    return HttpReply.json(
        200, Flamebearer.of(graph, ProfileType.parse(left.profileType())).json(true));
  }

  HttpReply labelValues(HttpCall call) {
    String label = call.parameter("label").orElse("");
    if (label.isEmpty()) {
      throw FoursightException.badData("label parameter is required");
    }
    List<String> values = labels.recentValues(UnaryCall.of(call), label);
    var out = new JsonBuffer();
    out.raw('[');
    String comma = "";
    for (String value : values) {
      out.raw(comma).text(value);
      comma = ",";
    }
    return HttpReply.json(200, out.raw(']').toByteArray());
  }
}
