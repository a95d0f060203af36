package io.foursight.wire.traces.rpc;

import io.foursight.model.TextMatcher;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.Items;
import io.foursight.wire.signals.Texts;
import io.foursight.wire.traces.rpc.TracesSelectCodec.Decoded;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Serves local Sources.
public final class TracesSourceService {
  /// Which Source answers.
  @FunctionalInterface
  public interface Sources {
    /// @param blocks which blocks to read, only at a store-gateway; empty = all
    TracesSource of(List<String> blocks);
  }

  private interface Answer {
    void send(TracesSource source, Decoded asked, RpcHandler.Call call);
  }

  private final Sources sources;
  private final Function<String, ? extends TextMatcher> textTests;

  private TracesSourceService(Sources sources, Function<String, ? extends TextMatcher> textTests) {
    this.sources = sources;
    this.textTests = textTests;
  }

  /// @param textTests makes a test of what [io.foursight.model.traces.SpanTextMatcher#text] wrote
  public static void register(
      RpcService service,
      TracesSourceMethods methods,
      Sources sources,
      Function<String, ? extends TextMatcher> textTests) {
    var serving = new TracesSourceService(sources, textTests);
    service
        .on(methods.select(), serving.handler(TracesSourceService::select))
        .on(
            methods.candidates(),
            serving.handler((s, asked, call) ->
                CandidatesCodec.send(s.candidates(asked.select(), asked.details().limit()), call)))
        .on(methods.trace(), serving.handler(TracesSourceService::trace))
        .on(
            methods.tagNames(),
            serving.handler((s, asked, call) ->
                Items.send(s.tagNames(asked.select()), call, SpanValueCodec::write)))
        .on(methods.tagValues(), serving.handler(TracesSourceService::tagValues))
        .on(
            methods.coveredBlocks(),
            serving.handler((s, asked, call) ->
                Texts.send(new ArrayList<>(s.coveredBlocks(asked.select())), call)));
  }

  private RpcHandler handler(Answer answer) {
    return call -> {
      Decoded asked = TracesSelectCodec.decode(call, textTests);
      answer.send(sources.of(asked.blocks()), asked, call);
    };
  }

  private static void select(TracesSource source, Decoded asked, RpcHandler.Call call) {
    try (TracesCursor cursor = source.select(asked.select())) {
      var out = new SpanPageWriter(call::send);
      out.open();
      while (cursor.next()) {
        out.page(cursor.page(), cursor.scanned());
      }
      out.finish(cursor.scanned());
    }
  }

  private static void trace(TracesSource source, Decoded asked, RpcHandler.Call call) {
    TracesSelect select = asked.select();
    PiecesCodec.send(
        source.trace(
            select.tenant(),
            select.ids().getFirst(),
            select.startNanos(),
            select.endNanos(),
            asked.details().maxBytes(),
            select.budget()),
        call);
  }

  private static void tagValues(TracesSource source, Decoded asked, RpcHandler.Call call) {
    TracesSelect select = asked.select();
    Items.send(
        source.tagValues(select.fields().getFirst(), select, asked.details().limit()),
        call,
        SpanValueCodec::write);
  }
}
