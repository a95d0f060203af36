package io.foursight.wire.logs.rpc;

import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsSource;
import io.foursight.wire.logs.rpc.LogsSelectCodec.Decoded;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.Texts;
import java.util.ArrayList;
import java.util.List;

/// Serves local Sources.
public final class LogsSourceService {
  /// Which Source answers.
  @FunctionalInterface
  public interface Sources {
    /// @param tenants several only at a querier
    /// @param blocks which blocks to read, only at a store-gateway; empty = all
    LogsSource of(List<TenantId> tenants, List<String> blocks);
  }

  private interface Answer {
    void send(LogsSource source, Decoded asked, RpcHandler.Call call);
  }

  private final Sources sources;
  private final LogsExpressions expressions;

  private LogsSourceService(Sources sources, LogsExpressions expressions) {
    this.sources = sources;
    this.expressions = expressions;
  }

  public static void register(
      RpcService service, LogsSourceMethods methods, Sources sources, LogsExpressions expressions) {
    var serving = new LogsSourceService(sources, expressions);
    service
        .on(methods.select(), serving.handler(LogsSourceService::select))
        .on(
            methods.series(),
            serving.handler(
                (s, asked, call) -> VolumeCodec.sendSeries(s.series(asked.select()), call)))
        .on(
            methods.labelNames(),
            serving.handler((s, asked, call) -> Texts.send(s.labelNames(asked.select()), call)))
        .on(
            methods.labelValues(),
            serving.handler((s, asked, call) ->
                Texts.send(s.labelValues(asked.details().label(), asked.select()), call)))
        .on(
            methods.stats(),
            serving.handler((s, asked, call) -> {
              var out = new ProtoWriter(64);
              LogsPageWriter.writeStats(out, 1, s.stats(asked.select()));
              call.send(out.toByteArray());
            }))
        .on(
            methods.volumes(),
            serving.handler((s, asked, call) ->
                VolumeCodec.sendVolumes(
                    s.volumes(asked.select(), asked.details().stepNanos()), call)))
        .on(
            methods.patterns(),
            serving.handler((s, asked, call) ->
                VolumeCodec.sendPatterns(
                    s.patterns(
                        asked.select(), asked.details().stepNanos(), asked.details().patterns()),
                    call)))
        .on(
            methods.coveredBlocks(),
            serving.handler((s, asked, call) ->
                Texts.send(new ArrayList<>(s.coveredBlocks(asked.select())), call)));
  }

  private RpcHandler handler(Answer answer) {
    return call -> {
      Decoded asked = LogsSelectCodec.decode(call, expressions);
      answer.send(sources.of(asked.tenants(), asked.blocks()), asked, call);
    };
  }

  private static void select(LogsSource source, Decoded asked, RpcHandler.Call call) {
    try (LogsCursor cursor = source.select(asked.select())) {
      var out = new LogsPageWriter(asked.select().columns(), call::send);
      long bound = cursor.bound();
      out.open(cursor);
      while (cursor.next()) {
        long after = cursor.bound();
        out.page(cursor.page(), bound, after, cursor.scanned());
        bound = after;
      }
      out.finish(cursor.bound(), cursor.scanned());
    }
  }
}
