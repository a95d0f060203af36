package io.foursight.queryfrontend.profiles;

import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.ProfilesQueryRunner.Aggregation;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplars;
import io.foursight.model.profiles.ProfilesQueryRunner.Points;
import io.foursight.model.profiles.ProfilesQueryRunner.Query;
import io.foursight.queryfrontend.profiles.QueryRules.Range;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import io.foursight.wire.profiles.pyroscope.QuerierRequests;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.SelectHeatmap;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.SelectSeries;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Series and heatmaps of profiles. Safe from any thread.
final class SeriesDesk {
  private static final int BANDS = 20;

  private final ProfilesReadDesk desk;

  SeriesDesk(ProfilesReadDesk desk) {
    this.desk = desk;
  }

  /// `SelectSeriesResponse`.
  byte[] series(UnaryCall call, SelectSeries asked) {
    return QuerierMessages.points(points(call, asked));
  }

  List<Points> points(UnaryCall call, SelectSeries asked) {
    long step = QueryRules.step(asked.step());
    int limit = QueryRules.limit(asked.limit());
    QueryBudget budget = desk.budget(call);
    Optional<Range> range =
        QueryRules.range(asked.start(), asked.end(), desk.limits(call.tenants()), desk.nowMillis());
    Query query =
        QueryRules.query(
            call.tenants(),
            asked.profileType(),
            asked.selector(),
            range.orElse(new Range(0, 0)),
            Set.of(),
            QueryRules.samples(List.of(), List.of(), asked.stackTraces().callSite()),
            budget);
    return range
        .map(r ->
            desk.run(
                call.tenants(),
                budget,
                desk.metrics().series,
                asked.profileType() + asked.selector(),
                runner ->
                    runner.series(
                        query,
                        asked.groupBy(),
                        step,
                        asked.average() ? Aggregation.AVERAGE : Aggregation.SUM,
                        exemplars(asked.exemplars()),
                        limit)))
        .orElse(List.of());
  }

  private static Exemplars exemplars(QuerierRequests.Exemplars asked) {
    return switch (asked) {
      case NONE -> Exemplars.NONE;
      case INDIVIDUAL -> Exemplars.INDIVIDUAL;
      case SPAN -> Exemplars.SPAN;
    };
  }

  /// `SelectHeatmapResponse`.
  byte[] heatmap(UnaryCall call, SelectHeatmap asked) {
    long step = QueryRules.step(asked.step());
    int limit = QueryRules.limit(asked.limit());
    QueryBudget budget = desk.budget(call);
    Optional<Range> range =
        QueryRules.range(asked.start(), asked.end(), desk.limits(call.tenants()), desk.nowMillis());
    Query query =
        QueryRules.query(
            call.tenants(),
            asked.profileType(),
            asked.selector(),
            range.orElse(new Range(0, 0)),
            Set.of(),
            QueryRules.samples(List.of(), List.of(), List.of()),
            budget);
    return range
        .map(r ->
            desk.run(
                call.tenants(),
                budget,
                desk.metrics().heatmap,
                asked.profileType() + asked.selector(),
                runner ->
                    runner.heatmap(
                        query,
                        asked.groupBy(),
                        step,
                        asked.bySpan(),
                        exemplars(asked.exemplars()),
                        BANDS,
                        limit)))
        .map(QuerierMessages::heatmaps)
        .orElse(QuerierMessages.NOTHING);
  }
}
