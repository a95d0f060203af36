package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.MetricsFound;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesTags;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Items;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Serves a local query runner, and is the stub of a remote one.
///
/// ```
/// 1 string tenant, once for each   6 varint spans of a set     11 bytes  trace id (high, low)
/// 2 string query, or filter        7 sint   step               12 varint most bytes of a trace
/// 3 sint   start                   8 varint exemplars          13 string identifier of a tag
/// 4 sint   end                     9 varint memory bound
/// 5 varint limit, or most series  10 varint samples bound
/// ```
public final class TracesRunnerService {
  public static final String SERVICE = "foursight.traces.v1.Querier";
  static final RpcMethod SEARCH = new RpcMethod(SERVICE, "Search");
  static final RpcMethod METRICS = new RpcMethod(SERVICE, "Metrics");
  static final RpcMethod TRACE = new RpcMethod(SERVICE, "Trace");
  static final RpcMethod TAG_NAMES = new RpcMethod(SERVICE, "TagNames");
  static final RpcMethod TAG_VALUES = new RpcMethod(SERVICE, "TagValues");
  private static final int BYTES = ProtoReader.BYTES;

  private TracesRunnerService() {}

  public static RpcService of(TracesQueryRunner runner) {
    return new RpcService(SERVICE)
        .on(
            SEARCH,
            call ->
                TracesResultCodec.send(
                    runner.search(
                        Asked.of(call).search(),
                        found -> TracesResultCodec.sendProgress(found, call)),
                    call))
        .on(METRICS, call -> TracesResultCodec.send(runner.metrics(Asked.of(call).metrics()), call))
        .on(TRACE, call -> PiecesCodec.send(Asked.of(call).trace(runner), call))
        .on(
            TAG_NAMES,
            call -> Items.send(runner.tagNames(Asked.of(call).tags()), call, SpanValueCodec::write))
        .on(
            TAG_VALUES,
            call -> {
              Asked asked = Asked.of(call);
              Items.send(
                  runner.tagValues(asked.identifier, asked.tags()), call, SpanValueCodec::write);
            });
  }

  /// Evaluates in another process. Safe from any thread.
  public static TracesQueryRunner remote(RpcCaller caller) {
    return new Remote(caller);
  }

  private record Remote(RpcCaller caller) implements TracesQueryRunner {
    private RpcStream call(
        RpcMethod method, ProtoWriter request, List<TenantId> tenants, QueryBudget budget) {
      return caller.call(method, request.toByteArray(), CallScope.of(budget).of(tenants));
    }

    @Override
    public Found search(Search search, Consumer<Found> progress) {
      ProtoWriter out =
          request(
              search.tenants(),
              search.query(),
              search.startNanos(),
              search.endNanos(),
              search.budget());
      out.varint(5, search.limit());
      out.varint(6, search.spansPerSpanSet());
      try (RpcStream stream = call(SEARCH, out, search.tenants(), search.budget())) {
        return TracesResultCodec.receiveFound(stream, search.budget(), progress);
      }
    }

    @Override
    public MetricsFound metrics(Metrics metrics) {
      ProtoWriter out =
          request(
              metrics.tenants(),
              metrics.query(),
              metrics.startNanos(),
              metrics.endNanos(),
              metrics.budget());
      out.varint(5, metrics.maxSeries());
      out.sint(7, metrics.stepNanos());
      out.varint(8, metrics.exemplars());
      try (RpcStream stream = call(METRICS, out, metrics.tenants(), metrics.budget())) {
        return TracesResultCodec.receiveMetrics(stream, metrics.budget());
      }
    }

    @Override
    public TracePieces trace(
        List<TenantId> tenants,
        TraceId id,
        long startNanos,
        long endNanos,
        String filter,
        long maxBytes,
        QueryBudget budget) {
      ProtoWriter out = request(tenants, filter, startNanos, endNanos, budget);
      int mark = out.begin(11);
      out.fixed64(id.high());
      out.fixed64(id.low());
      out.end(mark);
      out.varint(12, maxBytes);
      return PiecesCodec.receive(call(TRACE, out, tenants, budget), budget);
    }

    private static ProtoWriter tagsRequest(Tags tags) {
      ProtoWriter out =
          request(tags.tenants(), tags.query(), tags.startNanos(), tags.endNanos(), tags.budget());
      out.varint(5, tags.limit());
      return out;
    }

    @Override
    public List<TracesTags> tagNames(Tags tags) {
      return Items.receive(
          call(TAG_NAMES, tagsRequest(tags), tags.tenants(), tags.budget()),
          SpanValueCodec::readTags);
    }

    @Override
    public List<SpanValue> tagValues(String identifier, Tags tags) {
      ProtoWriter out = tagsRequest(tags);
      out.string(13, identifier);
      return Items.receive(
          call(TAG_VALUES, out, tags.tenants(), tags.budget()), SpanValueCodec::read);
    }
  }

  private static ProtoWriter request(
      List<TenantId> tenants, String query, long start, long end, QueryBudget budget) {
    var out = new ProtoWriter(256);
    tenants.forEach(tenant -> out.string(1, tenant.value()));
    out.string(2, query);
    out.sint(3, start);
    out.sint(4, end);
    out.varint(9, budget.maxMemoryBytes());
    out.varint(10, budget.maxSamples());
    return out;
  }

  /// A request, whichever method it is for.
  private static final class Asked {
    private final List<TenantId> tenants = new ArrayList<>();
    private String query = "";
    private long start;
    private long end;
    private int limit;
    private int spans;
    private long step;
    private int exemplars;
    private TraceId id = TraceId.NONE;
    private long maxBytes;
    private String identifier = "";
    private QueryBudget budget = QueryBudget.unlimited();

    static Asked of(RpcHandler.Call call) {
      var in = new ProtoReader(call.request());
      var asked = new Asked();
      long memory = 0;
      long samples = 0;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> asked.tenants.add(new TenantId(in.string()));
          case 2 << 3 | BYTES -> asked.query = in.string();
          case 3 << 3 -> asked.start = in.zigzag64();
          case 4 << 3 -> asked.end = in.zigzag64();
          case 5 << 3 -> asked.limit = in.varint32();
          case 6 << 3 -> asked.spans = in.varint32();
          case 7 << 3 -> asked.step = in.zigzag64();
          case 8 << 3 -> asked.exemplars = in.varint32();
          case 9 << 3 -> memory = in.varint();
          case 10 << 3 -> samples = in.varint();
          case 11 << 3 | BYTES -> {
            int outer = in.enter();
            asked.id = new TraceId(in.fixed64(), in.fixed64());
            in.leave(outer);
          }
          case 12 << 3 -> asked.maxBytes = in.varint();
          case 13 << 3 | BYTES -> asked.identifier = in.string();
          default -> in.skip(tag);
        }
      }
      if (asked.tenants.isEmpty()) {
        throw in.error("no tenant", in.position());
      }
      asked.budget = new QueryBudget(memory, samples, call.deadline());
      call.onCancel(asked.budget::cancel);
      return asked;
    }

    Search search() {
      return new Search(tenants, query, start, end, limit, spans, budget);
    }

    Metrics metrics() {
      return new Metrics(tenants, query, start, end, step, exemplars, limit, budget);
    }

    Tags tags() {
      return new Tags(tenants, query, start, end, limit, budget);
    }

    TracePieces trace(TracesQueryRunner runner) {
      return runner.trace(tenants, id, start, end, query, maxBytes, budget);
    }
  }
}
