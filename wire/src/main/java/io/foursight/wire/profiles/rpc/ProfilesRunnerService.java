package io.foursight.wire.profiles.rpc;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.profiles.ProfilesQueryRunner.Aggregation;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplars;
import io.foursight.model.profiles.ProfilesQueryRunner.Heatmap;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.model.profiles.ProfilesQueryRunner.Query;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Items;
import io.foursight.wire.signals.LabelPairs;
import io.foursight.wire.signals.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Serves a local query runner, and is the stub of a remote one.
///
/// ```
/// 1 string tenant, once for each       8 varint memory bound   9 varint samples bound
/// 2 string profile type               10 string label to group by, once for each
/// 3 string selector                   11 sint   step          12 string aggregation
/// 4 sint   start   5 sint end         13 string exemplars     14 varint limit
/// 6 bytes  ids (ProfileIdsCodec)      15 varint 1: of spans   16 varint bands
/// 7 msg    samples (ProfileIdsCodec)  17 string label of LabelValues
/// ```
public final class ProfilesRunnerService {
  public static final String SERVICE = "foursight.profiles.v1.Querier";
  static final RpcMethod MERGE = new RpcMethod(SERVICE, "Merge");
  static final RpcMethod SERIES = new RpcMethod(SERVICE, "Series");
  static final RpcMethod HEATMAP = new RpcMethod(SERVICE, "Heatmap");
  static final RpcMethod LABEL_SETS = new RpcMethod(SERVICE, "LabelSets");
  static final RpcMethod LABEL_NAMES = new RpcMethod(SERVICE, "LabelNames");
  static final RpcMethod LABEL_VALUES = new RpcMethod(SERVICE, "LabelValues");
  static final RpcMethod STATS = new RpcMethod(SERVICE, "Stats");
  private static final int BYTES = ProtoReader.BYTES;

  private ProfilesRunnerService() {}

  public static RpcService of(ProfilesQueryRunner runner) {
    return new RpcService(SERVICE)
        .on(MERGE, call -> MergedStacksCodec.send(runner.merge(Asked.of(call).query), call))
        .on(SERIES, call -> Items.send(Asked.of(call).series(runner), call, PointsCodec::write))
        .on(HEATMAP, call -> Items.send(Asked.of(call).heatmap(runner), call, PointsCodec::write))
        .on(
            LABEL_SETS,
            call -> Items.send(runner.labelSets(Asked.of(call).query), call, LabelPairs::write))
        .on(LABEL_NAMES, call -> Texts.send(runner.labelNames(Asked.of(call).query), call))
        .on(
            LABEL_VALUES,
            call -> {
              Asked asked = Asked.of(call);
              Texts.send(runner.labelValues(asked.label, asked.query), call);
            })
        .on(
            STATS,
            call -> call.send(ProfilesStatsCodec.encode(runner.stats(Asked.of(call).query))));
  }

  /// Evaluates in another process. Safe from any thread.
  public static ProfilesQueryRunner remote(RpcCaller caller) {
    return new Remote(caller);
  }

  private record Remote(RpcCaller caller) implements ProfilesQueryRunner {
    private RpcStream call(RpcMethod method, ProtoWriter request, Query query) {
      return caller.call(method, request.toByteArray(), CallScope.of(query.budget()));
    }

    private RpcStream call(RpcMethod method, Query query) {
      return call(method, request(query), query);
    }

    private static ProtoWriter request(Query query) {
      var out = new ProtoWriter(256 + 16 * query.ids().size());
      query.tenants().forEach(tenant -> out.string(1, tenant.value()));
      out.string(2, query.profileType());
      out.string(3, query.selector());
      out.sint(4, query.startNanos());
      out.sint(5, query.endNanos());
      ProfileIdsCodec.write(out, 6, query.ids());
      ProfileIdsCodec.write(out, 7, query.samples());
      out.varint(8, query.budget().maxMemoryBytes());
      out.varint(9, query.budget().maxSamples());
      return out;
    }

    @Override
    public MergedStacks merge(Query query) {
      return MergedStacksCodec.receive(call(MERGE, query), query.budget());
    }

    @Override
    public List<Points> series(
        Query query,
        List<String> groupBy,
        long stepNanos,
        Aggregation aggregation,
        Exemplars exemplars,
        int limit) {
      ProtoWriter out = request(query);
      groupBy.forEach(label -> out.string(10, label));
      out.sint(11, stepNanos);
      out.string(12, aggregation.name());
      out.string(13, exemplars.name());
      out.varint(14, limit);
      return Items.receive(call(SERIES, out, query), PointsCodec::readPoints);
    }

    @Override
    public List<Heatmap> heatmap(
        Query query,
        List<String> groupBy,
        long stepNanos,
        boolean bySpan,
        Exemplars exemplars,
        int bands,
        int limit) {
      ProtoWriter out = request(query);
      groupBy.forEach(label -> out.string(10, label));
      out.sint(11, stepNanos);
      out.string(13, exemplars.name());
      out.varint(14, limit);
      out.varint(15, bySpan ? 1 : 0);
      out.varint(16, bands);
      return Items.receive(call(HEATMAP, out, query), PointsCodec::readHeatmap);
    }

    @Override
    public List<Labels> labelSets(Query query) {
      return Items.receive(call(LABEL_SETS, query), LabelPairs::read);
    }

    @Override
    public List<String> labelNames(Query query) {
      return Texts.receive(call(LABEL_NAMES, query));
    }

    @Override
    public List<String> labelValues(String label, Query query) {
      ProtoWriter out = request(query);
      out.string(17, label);
      return Texts.receive(call(LABEL_VALUES, out, query));
    }

    @Override
    public ProfilesStats stats(Query query) {
      return ProfilesStatsCodec.decode(call(STATS, query).single());
    }
  }

  /// A request, whichever method it is for.
  ///
  /// @param spans whether a heatmap counts spans
  private record Asked(
      Query query,
      List<String> groupBy,
      long step,
      Aggregation aggregation,
      Exemplars exemplars,
      int limit,
      boolean spans,
      int bands,
      String label) {
    static Asked of(RpcHandler.Call call) {
      var in = new ProtoReader(call.request());
      List<TenantId> tenants = new ArrayList<>();
      String type = "";
      String selector = "";
      long start = 0;
      long end = 0;
      Set<ProfileId> ids = Set.of();
      SampleFilter samples = SampleFilter.ALL;
      long memory = 0;
      long bound = 0;
      List<String> groupBy = new ArrayList<>();
      long step = 0;
      String aggregation = Aggregation.SUM.name();
      String exemplars = Exemplars.NONE.name();
      int limit = 0;
      boolean spans = false;
      int bands = 0;
      String label = "";
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> tenants.add(new TenantId(in.string()));
          case 2 << 3 | BYTES -> type = in.string();
          case 3 << 3 | BYTES -> selector = in.string();
          case 4 << 3 -> start = in.zigzag64();
          case 5 << 3 -> end = in.zigzag64();
          case 6 << 3 | BYTES -> ids = ProfileIdsCodec.readIds(in);
          case 7 << 3 | BYTES -> samples = ProfileIdsCodec.readSamples(in);
          case 8 << 3 -> memory = in.varint();
          case 9 << 3 -> bound = in.varint();
          case 10 << 3 | BYTES -> groupBy.add(in.string());
          case 11 << 3 -> step = in.zigzag64();
          case 12 << 3 | BYTES -> aggregation = in.string();
          case 13 << 3 | BYTES -> exemplars = in.string();
          case 14 << 3 -> limit = in.varint32();
          case 15 << 3 -> spans = in.varint() != 0;
          case 16 << 3 -> bands = in.varint32();
          case 17 << 3 | BYTES -> label = in.string();
          default -> in.skip(tag);
        }
      }
      if (tenants.isEmpty()) {
        throw in.error("no tenant", in.position());
      }
      var budget = new QueryBudget(memory, bound, call.deadline());
      call.onCancel(budget::cancel);
      try {
        return new Asked(
            new Query(tenants, type, selector, start, end, ids, samples, budget),
            groupBy,
            step,
            Aggregation.valueOf(aggregation),
            Exemplars.valueOf(exemplars),
            limit,
            spans,
            bands,
            label);
      } catch (IllegalArgumentException e) {
        throw in.error("no such aggregation or exemplars", in.position());
      }
    }

    List<Points> series(ProfilesQueryRunner runner) {
      return runner.series(query, groupBy, step, aggregation, exemplars, limit);
    }

    List<Heatmap> heatmap(ProfilesQueryRunner runner) {
      return runner.heatmap(query, groupBy, step, spans, exemplars, bands, limit);
    }
  }
}
