package io.foursight.queryfrontend.metrics;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsCardinality.Scope;
import io.foursight.model.metrics.MetricsCardinality.TenantStats;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What clients ask about the server and the tenant: build, head statistics, limits; and the empty
/// lists of rules and alerts.
final class StatusRoutes {
  private static final int DEFAULT_TOP = 10;
  private static final int MAX_TOP = 10_000;

  private final ReadDesk desk;
  private final MetricsCardinality cardinality;
  private final Function<TenantId, Map<String, Object>> userLimits;
  private final BuildInfo build;
  private final Clock clock;

  StatusRoutes(
      ReadDesk desk,
      MetricsCardinality cardinality,
      Function<TenantId, Map<String, Object>> userLimits,
      BuildInfo build,
      Clock clock) {
    this.desk = desk;
    this.cardinality = cardinality;
    this.userLimits = userLimits;
    this.build = build;
    this.clock = clock;
  }

  /// No tenant is needed. Grafana reads `application` and the features, whose values are strings.
  HttpReply buildInfo(HttpCall call) {
    return ReadDesk.success(out -> {
      out.raw("{\"application\":\"Grafana Mimir\",\"version\":").text(build.version());
      out.raw(",\"revision\":").text(build.revision());
      out.raw(",\"branch\":").text(build.branch());
      out.raw(",\"buildUser\":\"foursight\",\"buildDate\":").text(build.buildDate());
      out.raw(",\"goVersion\":").text("java" + Runtime.version().feature());
      out.raw(",\"features\":{\"ruler_config_api\":\"false\",");
      out.raw("\"alertmanager_config_api\":\"false\",\"query_sharding\":\"false\",");
      out.raw("\"federated_rules\":\"false\"}}");
    });
  }

  HttpReply runtimeInfo(HttpCall call) {
    var runtime = ManagementFactory.getRuntimeMXBean();
    return ReadDesk.success(out -> {
      out.raw("{\"startTime\":").text(Instant.ofEpochMilli(runtime.getStartTime()).toString());
      out.raw(",\"serverTime\":").text(clock.instant().toString());
      out.raw(",\"reloadConfigSuccess\":true,\"lastConfigTime\":");
      out.text(Instant.ofEpochMilli(runtime.getStartTime()).toString());
      out.raw(",\"corruptionCount\":0,\"goroutineCount\":");
      out.number(ManagementFactory.getThreadMXBean().getThreadCount());
      out.raw(",\"GOMAXPROCS\":").number(Runtime.getRuntime().availableProcessors());
      out.raw(",\"GOMEMLIMIT\":").number(Runtime.getRuntime().maxMemory());
      out.raw(",\"GOGC\":\"\",\"GODEBUG\":\"\",\"storageRetention\":\"\"}");
    });
  }

  HttpReply tsdb(HttpCall call) {
    TenantId tenant = call.tenant();
    int asked = new Parameters(call).limit("limit");
    int top = asked == 0 ? DEFAULT_TOP : Math.min(asked, MAX_TOP);
    QueryBudget budget = desk.budget(call, List.of(tenant), Optional.empty());
    var head = new HeadCounts();
    try (Ticket ticket = desk.admit(List.of(tenant))) {
      ticket.run(
          budget,
          () -> {
            head.count(cardinality.series(tenant, List.of(), Scope.IN_MEMORY, budget), budget);
            return head;
          });
    }
    TenantStats stats = cardinality.stats(tenant);
    return ReadDesk.success(out -> {
      out.raw("{\"headStats\":{\"numSeries\":").number(head.series);
      out.raw(",\"numLabelPairs\":").number(head.pairs.size());
      out.raw(",\"chunkCount\":").number(stats.chunks());
      out.raw(",\"minTime\":").number(stats.minTimeMillis());
      out.raw(",\"maxTime\":").number(stats.maxTimeMillis());
      list(out.raw("},\"seriesCountByMetricName\":"), head.metrics, top);
      list(out.raw(",\"labelValueCountByLabelName\":"), head.valueCounts(), top);
      list(out.raw(",\"memoryInBytesByLabelName\":"), head.bytes, top);
      list(out.raw(",\"seriesCountByLabelValuePair\":"), head.pairs, top);
      out.raw('}');
    });
  }

  /// Counts over all series of a head.
  private static final class HeadCounts {
    private long series;
    private final Map<String, Long> metrics = new HashMap<>();
    private final Map<String, Set<String>> values = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>();
    private final Map<String, Long> pairs = new HashMap<>();

    void count(SeriesCursor cursor, QueryBudget budget) {
      try (cursor) {
        while (cursor.next()) {
          series++;
          Labels labels = cursor.labels();
          metrics.merge(labels.metricName(), 1L, Long::sum);
          labels.forEach((name, value) -> {
            if (values.computeIfAbsent(name, n -> new HashSet<>()).add(value)) {
              budget.charge(240);
              bytes.merge(name, (long) Parameters.utf8Length(value), Long::sum);
            }
            pairs.merge(name + "=" + value, 1L, Long::sum);
          });
        }
      }
    }

    Map<String, Long> valueCounts() {
      Map<String, Long> counts = new HashMap<>();
      values.forEach((name, distinct) -> counts.put(name, (long) distinct.size()));
      return counts;
    }
  }

  private static void list(JsonBuffer out, Map<String, Long> counts, int top) {
    out.raw('[');
    var order =
        counts.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Long> e) -> e.getValue())
                    .reversed()
                    .thenComparing(Map.Entry::getKey, Labels::compareText))
            .limit(top)
            .toList();
    for (int i = 0; i < order.size(); i++) {
      out.raw(i > 0 ? ",{\"name\":" : "{\"name\":").text(order.get(i).getKey());
      out.raw(",\"value\":").number(order.get(i).getValue()).raw('}');
    }
    out.raw(']');
  }

  HttpReply rules(HttpCall call) {
    call.tenants();
    return ReadDesk.success(out -> out.raw("{\"groups\":[]}"));
  }

  HttpReply alerts(HttpCall call) {
    call.tenants();
    return ReadDesk.success(out -> out.raw("{\"alerts\":[]}"));
  }

  HttpReply userLimits(HttpCall call) {
    var out = new JsonBuffer();
    String comma = "{";
    for (var limit : userLimits.apply(call.tenant()).entrySet()) {
      out.raw(comma).text(limit.getKey()).raw(':');
      switch (limit.getValue()) {
        case Boolean b -> out.raw(b.toString());
        case Integer n -> out.number((long) n);
        case Long n -> out.number(n.longValue());
        case Number n -> out.number(n.doubleValue());
        case Object other -> out.text(other.toString());
      }
      comma = ",";
    }
    return HttpReply.json(200, out.raw(comma.equals("{") ? "{}" : "}").toByteArray());
  }

  HttpReply userStats(HttpCall call) {
    TenantStats stats = cardinality.stats(call.tenant());
    var out = new JsonBuffer();
    double all = stats.ingestionRate() + stats.ruleIngestionRate();
    out.raw("{\"ingestionRate\":").number(all);
    out.raw(",\"numSeries\":").number(stats.series());
    out.raw(",\"APIIngestionRate\":").number(stats.ingestionRate());
    out.raw(",\"RuleIngestionRate\":").number(stats.ruleIngestionRate()).raw('}');
    return HttpReply.json(200, out.toByteArray());
  }
}
