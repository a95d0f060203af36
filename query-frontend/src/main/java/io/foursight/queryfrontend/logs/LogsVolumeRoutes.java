package io.foursight.queryfrontend.logs;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.FieldName;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Sample;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryResult.Value;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsUnions;
import io.foursight.model.logs.StreamVolume;
import io.foursight.queryfrontend.logs.LogsParameters.Range;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.logs.json.LokiJson;
import io.foursight.wire.logs.json.QueryTimes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Answers about amounts: `index/stats`, `index/volume`, `index/volume_range`, `index/shards`,
/// `patterns`.
final class LogsVolumeRoutes {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_POINTS = 11_000;
  private static final int MAX_PATTERNS = 500;

  private final LogsReadDesk desk;

  LogsVolumeRoutes(LogsReadDesk desk) {
    this.desk = desk;
  }

  HttpReply stats(HttpCall call) {
    LogsStats stats = stats(call, call.tenants());
    return LogsReadDesk.json(out -> stats(out, stats));
  }

  private LogsStats stats(HttpCall call, List<TenantId> tenants) {
    LogsParameters parameters = desk.parameters(call);
    LogsSelect select = select(call, tenants, parameters);
    return desk.inSlot(tenants, select.budget(), source -> source.stats(select));
  }

  private static void stats(JsonBuffer out, LogsStats stats) {
    out.raw("{\"streams\":").number(stats.streams());
    out.raw(",\"chunks\":").number(stats.chunks());
    out.raw(",\"bytes\":").number(stats.bytes());
    out.raw(",\"entries\":").number(stats.entries()).raw('}');
  }

  /// One shard that covers everything: the engine cuts queries by itself.
  HttpReply shards(HttpCall call) {
    LogsStats stats = stats(call, call.tenants());
    return LogsReadDesk.json(out -> {
      out.raw("{\"shards\":[{\"bounds\":{\"min\":0,\"max\":18446744073709551615},\"stats\":");
      stats(out, stats);
      out.raw("}],\"chunkGroups\":null}");
    });
  }

  private LogsSelect select(HttpCall call, List<TenantId> tenants, LogsParameters parameters) {
    Range range = desk.allowed(tenants, parameters.range());
    QueryBudget budget = desk.budget(call, tenants);
    return new LogsSelect(
        tenants.getFirst(),
        range.startNanos(),
        range.endNanos(),
        matchers(parameters.query()),
        budget);
  }

  /// A selector may be empty here: Drilldown asks for the volumes of everything.
  private static List<LabelMatcher> matchers(String query) {
    return query.replace(" ", "").equals("{}")
        ? List.of()
        : LogqlParser.parseLogQuery(query).matchers();
  }

  HttpReply volume(HttpCall call) {
    return volume(call, false);
  }

  HttpReply volumeRange(HttpCall call) {
    return volume(call, true);
  }

  private HttpReply volume(HttpCall call, boolean range) {
    long begun = System.nanoTime();
    List<TenantId> tenants = call.tenants();
    LogsQueryLimits limits = desk.limits(tenants);
    if (!limits.volumeEnabled()) {
      throw new FoursightException(
          ErrorKind.NOT_FOUND, "volume is disabled for the tenant (limits.volume_enabled)");
    }
    LogsParameters parameters = desk.parameters(call);
    int limit = Math.min(parameters.limit("limit", DEFAULT_LIMIT), limits.volumeMaxSeries());
    String aggregate = parameters.text("aggregateBy");
    if (!List.of("", "series", "labels").contains(aggregate)) {
      throw LogsParameters.invalid("aggregateBy", aggregate, "series or labels");
    }
    LogsSelect select = select(call, tenants, parameters);
    long step = range ? step(parameters, select) : 0;
    List<String> targets =
        Arrays.stream(parameters.text("targetLabels").split(","))
            .map(String::strip)
            .filter(t -> !t.isEmpty())
            .map(FieldName::answered)
            .toList();
    List<StreamVolume> volumes =
        desk.inSlot(
            tenants,
            select.budget(),
            source -> range ? buckets(source, select, step) : source.volumes(select, 0));
    var grouped =
        aggregate.equals("labels")
            ? byLabel(volumes, targets, select.matchers())
            : bySeries(volumes, targets, select.matchers());
    Value value = value(biggest(grouped, limit), select, step, range);
    var result = new LogsQueryResult(value, List.of(), Statistics.NONE);
    var times = new QueryTimes(0, (System.nanoTime() - begun) / 1e9);
    return LogsReadDesk.json(out -> LokiJson.queryResult(out, result, false, times));
  }

  /// Buckets end at multiples of the step; the first is shorter, mostly.
  private static List<StreamVolume> buckets(LogsSource source, LogsSelect select, long step) {
    long border = (Math.floorDiv(select.startNanos(), step) + 1) * step;
    if (border - step == select.startNanos()) {
      return source.volumes(select, step);
    }
    if (border >= select.endNanos()) {
      return source.volumes(select, 0);
    }
    var volumes = new ArrayList<>(source.volumes(between(select, select.startNanos(), border), 0));
    for (StreamVolume rest : source.volumes(between(select, border, select.endNanos()), step)) {
      volumes.add(new StreamVolume(rest.labels(), later(rest.bytes()), later(rest.entries())));
    }
    return LogsUnions.volumes(volumes.stream().map(List::of).toList());
  }

  private static LogsSelect between(LogsSelect select, long start, long end) {
    return new LogsSelect(select.tenant(), start, end, select.matchers(), select.budget());
  }

  /// One bucket later.
  private static long[] later(long[] counts) {
    var moved = new long[counts.length + 1];
    System.arraycopy(counts, 0, moved, 1, counts.length);
    return moved;
  }

  private static long step(LogsParameters parameters, LogsSelect select) {
    long step = parameters.stepNanos(new Range(select.startNanos(), select.endNanos()));
    if ((select.endNanos() - select.startNanos()) / step > MAX_POINTS) {
      throw FoursightException.badData(
          "exceeded maximum resolution of 11,000 points per time series. Try increasing the value"
              + " of the step parameter");
    }
    return step;
  }

  /// Summed by the target labels; without any, by the labels that the selector names.
  private static Map<Labels, long[]> bySeries(
      List<StreamVolume> volumes, List<String> targets, List<LabelMatcher> matchers) {
    List<String> names =
        targets.isEmpty() ? matchers.stream().map(LabelMatcher::name).toList() : targets;
    Map<Labels, long[]> sums = new TreeMap<>();
    for (StreamVolume volume : volumes) {
      Labels key = volume.labels().keep(names);
      if (targets.isEmpty() || !key.isEmpty()) {
        add(sums, key, volume.bytes());
      }
    }
    return sums;
  }

  /// Summed by each label name by itself: the volume of the streams that have it.
  private static Map<Labels, long[]> byLabel(
      List<StreamVolume> volumes, List<String> targets, List<LabelMatcher> matchers) {
    List<String> wanted =
        targets.isEmpty() && !matchers.isEmpty() && !matchesAll(matchers)
            ? matchers.stream().map(LabelMatcher::name).toList()
            : targets;
    Map<String, long[]> sums = new TreeMap<>(Labels::compareText);
    for (StreamVolume volume : volumes) {
      for (String name : volume.labels().names()) {
        if (wanted.isEmpty() || wanted.contains(name)) {
          add(sums, name, volume.bytes());
        }
      }
    }
    Map<Labels, long[]> named = new TreeMap<>();
    sums.forEach((name, bytes) -> named.put(Labels.ofSorted(new String[] {name, ""}), bytes));
    return named;
  }

  private static boolean matchesAll(List<LabelMatcher> matchers) {
    return matchers.stream()
        .allMatch(m -> m.type() == LabelMatcher.Type.REGEX && m.value().matches("\\.[+*]"));
  }

  private static <K> void add(Map<K, long[]> sums, K key, long[] bytes) {
    sums.merge(key, bytes, LogsVolumeRoutes::sum);
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sums = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      sums[i] += b[i];
    }
    return sums;
  }

  private static List<Map.Entry<Labels, long[]>> biggest(Map<Labels, long[]> sums, int limit) {
    return sums.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<Labels, long[]> e) -> Arrays.stream(e.getValue()).sum())
                .reversed()
                .thenComparing(Map.Entry::getKey))
        .limit(limit)
        .toList();
  }

  private static Value value(
      List<Map.Entry<Labels, long[]>> sums, LogsSelect select, long step, boolean range) {
    if (!range) {
      return new Vector(
          sums.stream()
              .map(e -> new Sample(e.getKey(), select.endNanos(), e.getValue()[0]))
              .toList());
    }
    var series = new ArrayList<Series>();
    for (var sum : sums) {
      long[] bytes = sum.getValue();
      int[] filled = IntStream.range(0, bytes.length).filter(i -> bytes[i] > 0).toArray();
      series.add(
          new Series(
              sum.getKey(),
              Arrays.stream(filled).mapToLong(i -> bucketEnd(select, step, i)).toArray(),
              Arrays.stream(filled).mapToDouble(i -> bytes[i]).toArray()));
    }
    return new Matrix(series);
  }

  /// The last millisecond of a bucket.
  private static long bucketEnd(LogsSelect select, long step, int bucket) {
    long end = (Math.floorDiv(select.startNanos(), step) + bucket + 1) * step;
    return end >= select.endNanos() ? select.endNanos() : end - TimeUnit.MILLISECONDS.toNanos(1);
  }

  HttpReply patterns(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    LogsSelect select = select(call, tenants, parameters);
    long step = step(parameters, select);
    List<LogsPattern> patterns =
        desk.inSlot(tenants, select.budget(), s -> s.patterns(select, step, MAX_PATTERNS));
    return LogsReadDesk.json(out -> {
      out.raw("{\"status\":\"success\",\"data\":[");
      for (int i = 0; i < patterns.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        pattern(out, patterns.get(i), select.startNanos(), step);
      }
      out.raw("]}");
    });
  }

  private static void pattern(JsonBuffer out, LogsPattern pattern, long start, long step) {
    byte[] text = pattern.pattern().getBytes(StandardCharsets.UTF_8);
    out.raw("{\"pattern\":").htmlText(text, 0, text.length);
    out.raw(",\"level\":").text(pattern.level()).raw(",\"samples\":[");
    boolean first = true;
    for (int i = 0; i < pattern.counts().length; i++) {
      if (pattern.counts()[i] > 0) {
        out.raw(first ? "[" : ",[");
        out.number(TimeUnit.NANOSECONDS.toSeconds(start + i * step)).raw(',');
        out.number(pattern.counts()[i]).raw(']');
        first = false;
      }
    }
    out.raw("]}");
  }
}
