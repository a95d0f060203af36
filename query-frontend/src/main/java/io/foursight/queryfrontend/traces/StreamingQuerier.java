package io.foursight.queryfrontend.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.MetricsFound;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesStats;
import io.foursight.queryfrontend.traces.SearchDesk.Range;
import io.foursight.runtime.http.GrpcTenant;
import io.foursight.wire.rpc.RpcGrpcService;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.traces.tempo.SearchProgress;
import io.foursight.wire.traces.tempo.TempoJson.ScopeTags;
import io.foursight.wire.traces.tempo.TempoMessages;
import io.foursight.wire.traces.tempo.TempoRequests;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// gRPC `tempopb.StreamingQuerier`: answers as streams of differences, each message of at most 1
/// MiB or of one item; the last one has the statistics of the whole, with as many jobs done as
/// there are.
final class StreamingQuerier {
  private static final String NAME = "tempopb.StreamingQuerier";
  private static final int MAX_MESSAGE = 1 << 20;
  private static final SearchProgress UNDERWAY = new SearchProgress(TracesStats.NONE, 0, 1);

  private final TracesReadDesk desk;
  private final TagDesk tags;

  StreamingQuerier(TracesReadDesk desk) {
    this.desk = desk;
    this.tags = new TagDesk(desk);
  }

  RpcGrpcService service() {
    return new RpcGrpcService(
        new RpcService(NAME)
            .on(new RpcMethod(NAME, "Search"), this::search)
            .on(new RpcMethod(NAME, "SearchTags"), this::searchTags)
            .on(new RpcMethod(NAME, "SearchTagsV2"), this::searchTagsV2)
            .on(new RpcMethod(NAME, "SearchTagValues"), this::searchTagValues)
            .on(new RpcMethod(NAME, "SearchTagValuesV2"), this::searchTagValuesV2)
            .on(new RpcMethod(NAME, "MetricsQueryRange"), this::metricsRange)
            .on(new RpcMethod(NAME, "MetricsQueryInstant"), this::metricsInstant));
  }

  /// Sends items in as few messages as their bound allows; none at all when there are no items.
  ///
  /// @return the items of the last message, which is not sent yet
  private static <T> List<T> sendMost(
      RpcHandler.Call call, List<T> items, Function<List<T>, byte[]> message) {
    List<T> rest = items;
    while (rest.size() > 1) {
      int take = rest.size();
      byte[] bytes = message.apply(rest);
      if (bytes.length <= MAX_MESSAGE) {
        return rest;
      }
      while (take > 1 && bytes.length > MAX_MESSAGE) {
        take = Math.max(1, (int) ((long) take * MAX_MESSAGE / bytes.length * 9 / 10));
        bytes = message.apply(rest.subList(0, take));
      }
      call.send(bytes);
      rest = rest.subList(take, rest.size());
    }
    return rest;
  }

  private QueryBudget budget(RpcHandler.Call call, List<TenantId> tenants) {
    return desk.budget(tenants, call.deadline(), call::onCancel);
  }

  private static OptionalLong time(long seconds) {
    return seconds == 0 ? OptionalLong.empty() : OptionalLong.of(seconds);
  }

  private Range range(List<TenantId> tenants, long start, long end) {
    return SearchDesk.range(time(start), time(end), desk.limits(tenants).maxSearchDuration());
  }

  private void search(RpcHandler.Call call) {
    List<TenantId> tenants = GrpcTenant.currentAll();
    TempoRequests.Search asked = TempoRequests.Search.of(call.request());
    QueryBudget budget = budget(call, tenants);
    String query =
        asked.query().isEmpty()
            ? LegacySearch.traceql(
                asked.tags(),
                Duration.ofMillis(asked.minDurationMillis()),
                Duration.ofMillis(asked.maxDurationMillis()))
            : asked.query();
    Search search =
        SearchDesk.search(
            tenants,
            query,
            range(tenants, asked.start(), asked.end()),
            asked.limit(),
            asked.spansPerSpanSet(),
            budget);
    boolean padded = desk.limits(tenants).leftPadTraceIds();
    var messages = new TempoMessages();
    Map<TraceId, FoundTrace> sent = new HashMap<>();
    Function<List<FoundTrace>, byte[]> part = traces -> messages.search(traces, UNDERWAY, padded);
    Found found =
        desk.run(
            tenants,
            budget,
            desk.metrics().search,
            query,
            runner ->
                runner.search(
                    search,
                    progress -> {
                      List<FoundTrace> last = sendMost(call, progress.traces(), part);
                      if (!last.isEmpty()) {
                        call.send(part.apply(last));
                      }
                      progress.traces().forEach(trace -> sent.put(trace.id(), trace));
                    }));
    List<FoundTrace> changed =
        found.traces().stream().filter(trace -> !trace.equals(sent.get(trace.id()))).toList();
    List<FoundTrace> last = sendMost(call, changed, part);
    call.send(messages.search(last, SearchProgress.done(found.stats()), padded));
  }

  private Tags tags(RpcHandler.Call call, TempoRequests.Tags asked, String query) {
    List<TenantId> tenants = GrpcTenant.currentAll();
    Range range = range(tenants, asked.start(), asked.end());
    return new Tags(
        tenants,
        SearchDesk.query(query),
        range.startNanos(),
        range.endNanos(),
        Math.max(0, asked.limit()),
        budget(call, tenants));
  }

  private void searchTags(RpcHandler.Call call) {
    TempoRequests.Tags asked = TempoRequests.Tags.ofNames(call.request());
    List<String> names = tags.namesV1(asked.subject(), tags(call, asked, ""));
    sendAll(call, names, (items, progress) -> new TempoMessages().texts(items, progress));
  }

  private void searchTagsV2(RpcHandler.Call call) {
    TempoRequests.Tags asked = TempoRequests.Tags.ofNames(call.request());
    List<ScopeTags> scopes = tags.namesV2(asked.subject(), tags(call, asked, asked.query()));
    sendAll(call, scopes, (items, progress) -> new TempoMessages().tagsV2(items, progress));
  }

  private void searchTagValues(RpcHandler.Call call) {
    TempoRequests.Tags asked = TempoRequests.Tags.ofValues(call.request());
    List<String> values = tags.valuesV1(asked.subject(), tags(call, asked, ""));
    sendAll(call, values, (items, progress) -> new TempoMessages().texts(items, progress));
  }

  private void searchTagValuesV2(RpcHandler.Call call) {
    TempoRequests.Tags asked = TempoRequests.Tags.ofValues(call.request());
    List<SpanValue> values = tags.valuesV2(asked.subject(), tags(call, asked, asked.query()));
    sendAll(call, values, (items, progress) -> new TempoMessages().tagValuesV2(items, progress));
  }

  /// Makes a message of items.
  private interface Encoding<T> {
    byte[] of(List<T> items, SearchProgress progress);
  }

  private static <T> void sendAll(RpcHandler.Call call, List<T> items, Encoding<T> encoding) {
    List<T> last = sendMost(call, items, part -> encoding.of(part, UNDERWAY));
    call.send(encoding.of(last, TagRoutes.DONE));
  }

  private void metricsRange(RpcHandler.Call call) {
    metrics(call, TempoRequests.Metrics.of(call.request()).instant());
  }

  private void metricsInstant(RpcHandler.Call call) {
    metrics(call, true);
  }

  private void metrics(RpcHandler.Call call, boolean instant) {
    List<TenantId> tenants = GrpcTenant.currentAll();
    TempoRequests.Metrics request = TempoRequests.Metrics.of(call.request());
    var asked =
        new MetricsDesk.Asked(
            request.query(),
            present(request.startNanos()),
            present(request.endNanos()),
            Optional.empty(),
            present(request.stepNanos()).map(Duration::ofNanos),
            request.exemplars() == 0 ? Optional.empty() : Optional.of(request.exemplars()),
            Math.max(0, request.maxSeries()));
    QueryBudget budget = budget(call, tenants);
    TracesQueryLimits limits = desk.limits(tenants);
    Metrics query =
        instant
            ? MetricsDesk.instant(tenants, asked, limits, desk.nowNanos(), budget)
            : MetricsDesk.range(tenants, asked, limits, desk.nowNanos(), budget);
    MetricsFound found =
        desk.run(
            tenants,
            budget,
            instant ? desk.metrics().instant : desk.metrics().range,
            query.query(),
            runner -> runner.metrics(query));
    var done = SearchProgress.done(found.stats());
    var messages = new TempoMessages();
    if (instant) {
      var last = sendMost(call, found.series(), part -> messages.queryInstant(part, "", UNDERWAY));
      call.send(messages.queryInstant(last, found.message(), done));
    } else {
      var last = sendMost(call, found.series(), part -> messages.queryRange(part, "", UNDERWAY));
      call.send(messages.queryRange(last, found.message(), done));
    }
  }

  private static Optional<Long> present(long value) {
    return value == 0 ? Optional.empty() : Optional.of(value);
  }
}
