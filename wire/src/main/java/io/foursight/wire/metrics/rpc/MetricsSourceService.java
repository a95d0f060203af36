package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.Texts;
import java.util.List;
import java.util.function.Function;

/// Serves local Sources. The first frame of a series stream is empty and says that the Source has
/// its snapshot: what is written after it need not be in the answer, what was before is.
public final class MetricsSourceService {
  private static final byte[] OPENED = {};

  /// Which Source answers.
  @FunctionalInterface
  public interface Sources {
    /// @param tenants several only at a querier
    /// @param blocks which blocks to read, only at a store-gateway; empty = all
    MetricsSource of(List<TenantId> tenants, List<String> blocks);
  }

  private final Sources sources;
  private final Function<String, TextMatcher> regexes;

  private MetricsSourceService(Sources sources, Function<String, TextMatcher> regexes) {
    this.sources = sources;
    this.regexes = regexes;
  }

  /// @param regexes compiles an expression, fully anchored
  public static void register(
      RpcService service,
      MetricsSourceMethods methods,
      Sources sources,
      Function<String, TextMatcher> regexes) {
    var serving = new MetricsSourceService(sources, regexes);
    service
        .on(methods.select(), call -> serving.series(call, true))
        .on(methods.series(), call -> serving.series(call, false))
        .on(methods.labelNames(), serving::labelNames)
        .on(methods.labelValues(), serving::labelValues)
        .on(methods.exemplars(), serving::exemplars)
        .on(methods.metadata(), serving::metadata);
  }

  private SelectCodec.Decoded decode(RpcHandler.Call call) {
    return SelectCodec.decode(call, regexes);
  }

  private MetricsSource source(SelectCodec.Decoded asked) {
    return sources.of(asked.tenants(), asked.blocks());
  }

  private void series(RpcHandler.Call call, boolean withSamples) {
    SelectCodec.Decoded asked = decode(call);
    MetricsSource source = source(asked);
    try (SeriesCursor cursor =
        withSamples ? source.select(asked.select()) : source.series(asked.select())) {
      call.send(OPENED);
      send(cursor, withSamples, call);
    }
  }

  static void send(SeriesCursor cursor, boolean withSamples, RpcHandler.Call call) {
    var out = new SeriesFrameWriter(call::send);
    var samples = new SampleColumns();
    while (cursor.next()) {
      Labels labels = cursor.labels();
      if (withSamples) {
        cursor.samples(samples);
        out.add(labels, samples);
      } else {
        out.add(labels);
      }
    }
    out.finish();
  }

  private void labelNames(RpcHandler.Call call) {
    SelectCodec.Decoded asked = decode(call);
    Texts.send(source(asked).labelNames(asked.select()), call);
  }

  private void labelValues(RpcHandler.Call call) {
    SelectCodec.Decoded asked = decode(call);
    Texts.send(source(asked).labelValues(asked.text(), asked.select()), call);
  }

  private void exemplars(RpcHandler.Call call) {
    SelectCodec.Decoded asked = decode(call);
    ExemplarCodec.send(source(asked).exemplars(asked.select()), call);
  }

  private void metadata(RpcHandler.Call call) {
    SelectCodec.Decoded asked = decode(call);
    var out = new ProtoWriter(1 << 12);
    for (MetricMetadata entry : source(asked).metadata(asked.tenants().getFirst(), asked.text())) {
      MetadataCodec.write(out, 1, entry);
      if (out.size() >= 1 << 18) {
        call.send(out.toByteArray());
        out.clear();
      }
    }
    call.send(out.toByteArray());
  }
}
