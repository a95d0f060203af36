package io.foursight.wire.profiles.rpc;

import io.foursight.model.TextMatcher;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.wire.profiles.rpc.ProfilesSelectCodec.Decoded;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.Items;
import io.foursight.wire.signals.LabelPairs;
import io.foursight.wire.signals.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Serves local Sources.
public final class ProfilesSourceService {
  /// Which Source answers.
  @FunctionalInterface
  public interface Sources {
    /// @param blocks which blocks to read, only at a store-gateway; empty = all
    ProfilesSource of(List<String> blocks);
  }

  private interface Answer {
    void send(ProfilesSource source, Decoded asked, RpcHandler.Call call);
  }

  private final Sources sources;
  private final Function<String, TextMatcher> regexes;

  private ProfilesSourceService(Sources sources, Function<String, TextMatcher> regexes) {
    this.sources = sources;
    this.regexes = regexes;
  }

  /// @param regexes compiles an expression of a matcher, fully anchored
  public static void register(
      RpcService service,
      ProfilesSourceMethods methods,
      Sources sources,
      Function<String, TextMatcher> regexes) {
    var serving = new ProfilesSourceService(sources, regexes);
    service
        .on(
            methods.merge(),
            serving.handler(
                (s, asked, call) -> MergedStacksCodec.send(s.merge(asked.select()), call)))
        .on(methods.rows(), serving.handler(ProfilesSourceService::rows))
        .on(
            methods.series(),
            serving.handler(
                (s, asked, call) -> Items.send(s.series(asked.select()), call, LabelPairs::write)))
        .on(
            methods.labelNames(),
            serving.handler((s, asked, call) -> Texts.send(s.labelNames(asked.select()), call)))
        .on(
            methods.labelValues(),
            serving.handler((s, asked, call) ->
                Texts.send(s.labelValues(asked.details().label(), asked.select()), call)))
        .on(
            methods.stats(),
            serving.handler(
                (s, asked, call) -> call.send(ProfilesStatsCodec.encode(s.stats(asked.select())))))
        .on(
            methods.coveredBlocks(),
            serving.handler((s, asked, call) ->
                Texts.send(new ArrayList<>(s.coveredBlocks(asked.select())), call)));
  }

  private RpcHandler handler(Answer answer) {
    return call -> {
      Decoded asked = ProfilesSelectCodec.decode(call, regexes);
      answer.send(sources.of(asked.blocks()), asked, call);
    };
  }

  private static void rows(ProfilesSource source, Decoded asked, RpcHandler.Call call) {
    boolean bySpan = asked.details().bySpan();
    var out = new ProfileRowsCodec.Writer(call, bySpan);
    source.rows(asked.select(), bySpan, out::write);
    out.finish();
  }
}
