package io.foursight.queryfrontend.profiles;

import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesQueryRunner.Query;
import io.foursight.queryfrontend.profiles.QueryRules.Range;
import io.foursight.wire.profiles.DotGraph;
import io.foursight.wire.profiles.FlameGraph;
import io.foursight.wire.profiles.FrameTree;
import io.foursight.wire.profiles.PprofEncoder;
import io.foursight.wire.profiles.StackCut;
import io.foursight.wire.profiles.TreeEncoder;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Diff;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.GoPgo;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Merge;
import java.util.Optional;

/// Sums of profiles in all their forms. Safe from any thread.
final class MergeDesk {
  private static final int DEFAULT_DOT_NODES = 100;
  private static final long NANOS = 1_000_000;

  private final ProfilesReadDesk desk;

  MergeDesk(ProfilesReadDesk desk) {
    this.desk = desk;
  }

  /// `SelectMergeStacktracesResponse` or, for flame graphs and trees,
  /// `SelectMergeSpanProfileResponse`.
  byte[] answer(UnaryCall call, Merge asked) {
    return switch (asked.format()) {
      case FLAMEGRAPH -> QuerierMessages.flameGraph(FlameGraph.of(tree(call, asked)));
      case TREE -> QuerierMessages.tree(TreeEncoder.encode(tree(call, asked)));
      case DOT -> QuerierMessages.dot(dot(call, asked));
      case PPROF -> QuerierMessages.pprof(pprof(call, asked));
    };
  }

  /// A tree with as many nodes as asked for.
  FrameTree tree(UnaryCall call, Merge asked) {
    int maxNodes = QueryRules.maxNodes(asked.maxNodes(), desk.limits(call.tenants()));
    return whole(call, asked).truncate(maxNodes);
  }

  private FrameTree whole(UnaryCall call, Merge asked) {
    QueryBudget budget = desk.budget(call);
    Optional<MergedStacks> sum = sum(call, asked, budget);
    return FrameTree.of(sum.orElseGet(MergedStacks::new));
  }

  /// A graph of functions; empty when there is nothing.
  String dot(UnaryCall call, Merge asked) {
    ProfileType type = ProfileType.parse(asked.profileType());
    int nodes =
        asked.maxNodes() > 0
            ? QueryRules.maxNodes(asked.maxNodes(), desk.limits(call.tenants()))
            : DEFAULT_DOT_NODES;
    return DotGraph.of(whole(call, asked), type.sampleType(), type.sampleUnit(), nodes);
  }

  /// A `google.v1.Profile`, all stacks unless the request says how many.
  byte[] pprof(UnaryCall call, Merge asked) {
    int maxNodes =
        asked.maxNodes() == 0
            ? 0
            : QueryRules.maxNodes(asked.maxNodes(), desk.limits(call.tenants()));
    QueryBudget budget = desk.budget(call);
    MergedStacks sum = sum(call, asked, budget).orElseGet(MergedStacks::new);
    if (asked.stackTraces().goPgo().isPresent()) {
      GoPgo pgo = asked.stackTraces().goPgo().get();
      sum = StackCut.innermost(sum, pgo.keepLocations(), pgo.aggregateCallees());
    }
    return PprofEncoder.encode(
        StackCut.largest(sum, maxNodes),
        ProfileType.parse(asked.profileType()),
        asked.end() * NANOS,
        Math.max(0, asked.end() - asked.start()) * NANOS,
        0);
  }

  /// `DiffResponse`.
  byte[] diff(UnaryCall call, Diff asked) {
    return QuerierMessages.diff(difference(call, asked));
  }

  /// Two sums as one flame graph.
  FlameGraph difference(UnaryCall call, Diff asked) {
    long nodes = Math.max(asked.left().maxNodes(), asked.right().maxNodes());
    int maxNodes = QueryRules.maxNodes(nodes, desk.limits(call.tenants()));
    FrameTree left = whole(call, asked.left()).truncate(maxNodes);
    return FlameGraph.diff(left, whole(call, asked.right()).truncate(maxNodes));
  }

  private Optional<MergedStacks> sum(UnaryCall call, Merge asked, QueryBudget budget) {
    Optional<Range> range =
        QueryRules.range(asked.start(), asked.end(), desk.limits(call.tenants()), desk.nowMillis());
    // What makes no sense is refused in a range without data, too.
    Query query =
        QueryRules.query(
            call.tenants(),
            asked.profileType(),
            asked.selector(),
            range.orElse(new Range(0, 0)),
            QueryRules.profiles(asked.profiles()),
            QueryRules.samples(asked.spans(), asked.traces(), asked.stackTraces().callSite()),
            budget);
    return range.map(r ->
        desk.run(
            call.tenants(),
            budget,
            desk.metrics().merge,
            asked.profileType() + asked.selector(),
            runner -> runner.merge(query)));
  }
}
