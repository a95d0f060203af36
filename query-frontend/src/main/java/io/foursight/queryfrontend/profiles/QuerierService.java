package io.foursight.queryfrontend.profiles;

import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.connect.MessageSchema;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import io.foursight.wire.profiles.pyroscope.QuerierRequests;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Analyze;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Diff;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.LabelTexts;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Merge;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.SelectHeatmap;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.SelectSeries;
import io.foursight.wire.profiles.pyroscope.QuerierRequests.Types;
import io.foursight.wire.profiles.pyroscope.QuerierSchemas;

/// `querier.v1.QuerierService`: its twelve methods.
final class QuerierService {
  private static final String NAME = "querier.v1.QuerierService";
  private static final long MAX_REQUEST = 4 << 20;

  private QuerierService() {}

  static void register(
      HttpRoutes routes, MergeDesk merge, AsyncQueries async, SeriesDesk series, LabelDesk labels) {
    new UnaryServices(routes, NAME, MAX_REQUEST)
        .on(
            "ProfileTypes",
            QuerierSchemas.PROFILE_TYPES_REQUEST,
            QuerierSchemas.PROFILE_TYPES_RESPONSE,
            (call, in) -> QuerierMessages.profileTypes(labels.types(call, Types.of(in))))
        .on(
            "LabelNames",
            QuerierSchemas.LABEL_NAMES_REQUEST,
            QuerierSchemas.NAMES_RESPONSE,
            (call, in) -> labels.names(call, LabelTexts.ofNames(in)))
        .on(
            "LabelValues",
            QuerierSchemas.LABEL_VALUES_REQUEST,
            QuerierSchemas.NAMES_RESPONSE,
            (call, in) -> labels.values(call, LabelTexts.ofValues(in)))
        .on(
            "Series",
            QuerierSchemas.SERIES_REQUEST,
            QuerierSchemas.SERIES_RESPONSE,
            (call, in) -> labels.series(call, QuerierRequests.Series.of(in)))
        .on(
            "SelectMergeStacktraces",
            QuerierSchemas.SELECT_MERGE_STACKTRACES_REQUEST,
            stacktraces(),
            (call, in) -> async.answer(call, Merge.of(in)))
        .on(
            "SelectMergeSpanProfile",
            QuerierSchemas.SELECT_MERGE_SPAN_PROFILE_REQUEST,
            stacktraces(),
            (call, in) -> merge.answer(call, Merge.ofSpans(in)))
        .on(
            "SelectMergeProfile",
            QuerierSchemas.SELECT_MERGE_PROFILE_REQUEST,
            QuerierSchemas.PROFILE,
            (call, in) -> merge.pprof(call, Merge.ofProfile(in)))
        .on(
            "SelectSeries",
            QuerierSchemas.SELECT_SERIES_REQUEST,
            QuerierSchemas.SELECT_SERIES_RESPONSE,
            (call, in) -> series.series(call, SelectSeries.of(in)))
        .on(
            "SelectHeatmap",
            QuerierSchemas.SELECT_HEATMAP_REQUEST,
            QuerierSchemas.SELECT_HEATMAP_RESPONSE,
            (call, in) -> series.heatmap(call, SelectHeatmap.of(in)))
        .on(
            "Diff",
            QuerierSchemas.DIFF_REQUEST,
            QuerierSchemas.DIFF_RESPONSE,
            (call, in) -> merge.diff(call, Diff.of(in)))
        .on(
            "GetProfileStats",
            QuerierSchemas.NOTHING,
            QuerierSchemas.GET_PROFILE_STATS_RESPONSE,
            (call, in) -> labels.stats(call))
        .on(
            "AnalyzeQuery",
            QuerierSchemas.ANALYZE_QUERY_REQUEST,
            QuerierSchemas.ANALYZE_QUERY_RESPONSE,
            (call, in) -> labels.analyze(call, Analyze.of(in)))
        .register();
  }

  private static MessageSchema stacktraces() {
    return QuerierSchemas.SELECT_MERGE_STACKTRACES_RESPONSE;
  }
}
