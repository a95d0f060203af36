package io.foursight.wire.metrics.rpc;

import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsCardinality.HistogramSeries;
import io.foursight.model.metrics.MetricsCardinality.Scope;
import io.foursight.model.metrics.MetricsCardinality.TenantStats;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.Texts;
import java.util.function.Function;

/// Serves what a head (or all of them, at a querier) tells about itself: series in memory, numbers,
/// and whether the past has changed.
public final class MetricsCardinalityService {
  /// The methods in one service.
  public record Methods(
      RpcMethod series, RpcMethod nativeHistograms, RpcMethod stats, RpcMethod lateVersion) {
    public static final Methods INGESTER = of(MetricsSourceMethods.INGESTER.service());
    public static final Methods QUERIER = of(MetricsSourceMethods.QUERIER.service());

    private static Methods of(String service) {
      return new Methods(
          new RpcMethod(service, "SeriesInMemory"),
          new RpcMethod(service, "ActiveNativeHistograms"),
          new RpcMethod(service, "TenantStats"),
          new RpcMethod(service, "LateVersion"));
    }
  }

  private static final byte[] OPENED = {};

  private MetricsCardinalityService() {}

  public static void register(
      RpcService service,
      Methods methods,
      MetricsCardinality cardinality,
      MetricsLateWrites lateWrites,
      Function<String, TextMatcher> regexes) {
    service
        .on(methods.series, call -> series(call, cardinality, regexes))
        .on(methods.nativeHistograms, call -> histograms(call, cardinality, regexes))
        .on(methods.stats, call -> call.send(encode(cardinality.stats(tenant(call, regexes)))))
        .on(
            methods.lateVersion,
            call -> {
              MetricsSelect select = SelectCodec.decode(call, regexes).select();
              call.send(Texts.number(lateWrites.version(select.tenant(), select.range())));
            });
  }

  private static TenantId tenant(RpcHandler.Call call, Function<String, TextMatcher> regexes) {
    return SelectCodec.decode(call, regexes).tenants().getFirst();
  }

  private static void series(
      RpcHandler.Call call, MetricsCardinality cardinality, Function<String, TextMatcher> regexes) {
    SelectCodec.Decoded asked = SelectCodec.decode(call, regexes);
    Scope scope = asked.text().equals(Scope.ACTIVE.name()) ? Scope.ACTIVE : Scope.IN_MEMORY;
    MetricsSelect select = asked.select();
    try (SeriesCursor cursor =
        cardinality.series(select.tenant(), select.matchers(), scope, select.budget())) {
      call.send(OPENED);
      MetricsSourceService.send(cursor, false, call);
    }
  }

  /// Series frames whose one sample is the number of buckets.
  private static void histograms(
      RpcHandler.Call call, MetricsCardinality cardinality, Function<String, TextMatcher> regexes) {
    MetricsSelect select = SelectCodec.decode(call, regexes).select();
    var out = new SeriesFrameWriter(call::send);
    var buckets = new io.foursight.model.metrics.SampleColumns();
    for (HistogramSeries series :
        cardinality.activeNativeHistograms(select.tenant(), select.matchers(), select.budget())) {
      buckets.clear();
      buckets.add(0, series.buckets());
      out.add(series.labels(), buckets);
    }
    out.finish();
  }

  private static byte[] encode(TenantStats stats) {
    var out = new ProtoWriter(64);
    out.varint(1, stats.series());
    out.varint(2, stats.chunks());
    out.sint(3, stats.minTimeMillis());
    out.sint(4, stats.maxTimeMillis());
    out.float64(5, stats.ingestionRate());
    out.float64(6, stats.ruleIngestionRate());
    return out.toByteArray();
  }

  static TenantStats decode(byte[] bytes) {
    var in = new ProtoReader(bytes);
    long series = 0;
    long chunks = 0;
    long min = 0;
    long max = 0;
    double rate = 0;
    double ruleRate = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> series = in.varint();
        case 2 << 3 -> chunks = in.varint();
        case 3 << 3 -> min = in.zigzag64();
        case 4 << 3 -> max = in.zigzag64();
        case 5 << 3 | ProtoReader.FIXED64 -> rate = in.float64();
        case 6 << 3 | ProtoReader.FIXED64 -> ruleRate = in.float64();
        default -> in.skip(tag);
      }
    }
    return new TenantStats(series, chunks, min, max, rate, ruleRate);
  }
}
