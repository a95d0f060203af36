package io.foursight.wire.profiles.rpc;

import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.wire.profiles.rpc.ProfilesSelectCodec.Details;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Items;
import io.foursight.wire.signals.LabelPairs;
import io.foursight.wire.signals.Texts;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// A Source in another process. Safe from any thread.
public final class RemoteProfilesSource implements ProfilesSource {
  private final RpcCaller caller;
  private final ProfilesSourceMethods methods;
  private final List<String> blocks;

  public RemoteProfilesSource(RpcCaller caller, ProfilesSourceMethods methods) {
    this(caller, methods, List.of());
  }

  /// @param blocks the blocks to read; empty = everything
  public RemoteProfilesSource(
      RpcCaller caller, ProfilesSourceMethods methods, List<String> blocks) {
    this.caller = caller;
    this.methods = methods;
    this.blocks = List.copyOf(blocks);
  }

  private RpcStream call(RpcMethod method, ProfilesSelect select, Details details) {
    byte[] request = ProfilesSelectCodec.encode(blocks, select, details);
    return caller.call(method, request, CallScope.of(select.budget()));
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    return MergedStacksCodec.receive(call(methods.merge(), select, Details.NONE), select.budget());
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    ProfileRowsCodec.receive(
        call(methods.rows(), select, new Details("", bySpan)), bySpan, select.budget(), each);
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return Items.receive(call(methods.series(), select, Details.NONE), LabelPairs::read);
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    return Texts.receive(call(methods.labelNames(), select, Details.NONE));
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    return Texts.receive(call(methods.labelValues(), select, new Details(label, false)));
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    return ProfilesStatsCodec.decode(call(methods.stats(), select, Details.NONE).single());
  }

  @Override
  public Set<String> coveredBlocks(ProfilesSelect select) {
    return Set.copyOf(Texts.receive(call(methods.coveredBlocks(), select, Details.NONE)));
  }
}
