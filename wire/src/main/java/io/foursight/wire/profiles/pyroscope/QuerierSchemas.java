package io.foursight.wire.profiles.pyroscope;

import io.foursight.wire.connect.MessageSchema;
import java.util.List;

/// The messages of `querier.v1` and `types.v1` as their JSON needs to know them.
public final class QuerierSchemas {
  private static final List<String> FORMATS =
      List.of(
          "PROFILE_FORMAT_UNSPECIFIED",
          "PROFILE_FORMAT_FLAMEGRAPH",
          "PROFILE_FORMAT_TREE",
          "PROFILE_FORMAT_DOT",
          "PROFILE_FORMAT_PPROF");
  private static final List<String> EXEMPLARS =
      List.of(
          "EXEMPLAR_TYPE_UNSPECIFIED",
          "EXEMPLAR_TYPE_NONE",
          "EXEMPLAR_TYPE_INDIVIDUAL",
          "EXEMPLAR_TYPE_SPAN");
  private static final List<String> AGGREGATIONS =
      List.of("TIME_SERIES_AGGREGATION_TYPE_SUM", "TIME_SERIES_AGGREGATION_TYPE_AVERAGE");
  private static final List<String> HEATMAPS =
      List.of(
          "HEATMAP_QUERY_TYPE_UNSPECIFIED",
          "HEATMAP_QUERY_TYPE_INDIVIDUAL",
          "HEATMAP_QUERY_TYPE_SPAN");
  private static final List<String> ASYNC_TYPES =
      List.of("ASYNC_QUERY_TYPE_DISABLED", "ASYNC_QUERY_TYPE_FORCE");
  private static final List<String> ASYNC_STATUSES =
      List.of(
          "ASYNC_QUERY_STATUS_UNKNOWN",
          "ASYNC_QUERY_STATUS_IN_PROGRESS",
          "ASYNC_QUERY_STATUS_SUCCESS",
          "ASYNC_QUERY_STATUS_FAILURE");

  private QuerierSchemas() {}

  private static MessageSchema message() {
    return new MessageSchema();
  }

  public static final MessageSchema NOTHING = message();

  // Shared.

  static final MessageSchema LABEL_PAIR = message().text(1, "name").text(2, "value");

  private static final MessageSchema LABELS = message().many().message(1, "labels", LABEL_PAIR);

  private static final MessageSchema EXEMPLAR =
      message()
          .int64(1, "timestamp")
          .text(2, "profile_id")
          .text(3, "span_id")
          .int64(4, "value")
          .many()
          .message(5, "labels", LABEL_PAIR)
          .text(6, "trace_id");

  private static final MessageSchema STACK_TRACE_SELECTOR =
      message()
          .many()
          .message(1, "call_site", message().text(1, "name"))
          .message(2, "go_pgo", message().number(1, "keep_locations").bool(2, "aggregate_callees"));

  // Requests.

  public static final MessageSchema PROFILE_TYPES_REQUEST =
      message().int64(1, "start").int64(2, "end");

  public static final MessageSchema LABEL_NAMES_REQUEST =
      message().many().text(1, "matchers").int64(2, "start").int64(3, "end");

  public static final MessageSchema LABEL_VALUES_REQUEST =
      message().text(1, "name").many().text(2, "matchers").int64(3, "start").int64(4, "end");

  public static final MessageSchema SERIES_REQUEST =
      message()
          .many()
          .text(1, "matchers")
          .many()
          .text(2, "label_names")
          .int64(3, "start")
          .int64(4, "end");

  public static final MessageSchema SELECT_MERGE_STACKTRACES_REQUEST =
      message()
          .text(1, "profile_typeID")
          .text(2, "label_selector")
          .int64(3, "start")
          .int64(4, "end")
          .int64(5, "max_nodes")
          .choice(6, "format", FORMATS)
          .message(7, "stack_trace_selector", STACK_TRACE_SELECTOR)
          .many()
          .text(8, "profile_id_selector")
          .message(9, "async", message().text(1, "request_id").choice(2, "type", ASYNC_TYPES))
          .many()
          .text(10, "trace_id_selector")
          .many()
          .text(11, "span_selector");

  public static final MessageSchema SELECT_MERGE_SPAN_PROFILE_REQUEST =
      message()
          .text(1, "profile_typeID")
          .text(2, "label_selector")
          .many()
          .text(3, "span_selector")
          .int64(4, "start")
          .int64(5, "end")
          .int64(6, "max_nodes")
          .choice(7, "format", FORMATS);

  public static final MessageSchema SELECT_MERGE_PROFILE_REQUEST =
      message()
          .text(1, "profile_typeID")
          .text(2, "label_selector")
          .int64(3, "start")
          .int64(4, "end")
          .int64(5, "max_nodes")
          .message(6, "stack_trace_selector", STACK_TRACE_SELECTOR)
          .many()
          .text(7, "profile_id_selector")
          .many()
          .text(8, "trace_id_selector");

  public static final MessageSchema SELECT_SERIES_REQUEST =
      message()
          .text(1, "profile_typeID")
          .text(2, "label_selector")
          .int64(3, "start")
          .int64(4, "end")
          .many()
          .text(5, "group_by")
          .float64(6, "step")
          .choice(7, "aggregation", AGGREGATIONS)
          .message(8, "stack_trace_selector", STACK_TRACE_SELECTOR)
          .int64(9, "limit")
          .choice(10, "exemplar_type", EXEMPLARS);

  public static final MessageSchema SELECT_HEATMAP_REQUEST =
      message()
          .text(1, "profile_typeID")
          .text(2, "label_selector")
          .int64(3, "start")
          .int64(4, "end")
          .float64(5, "step")
          .many()
          .text(6, "group_by")
          .choice(7, "query_type", HEATMAPS)
          .choice(8, "exemplar_type", EXEMPLARS)
          .int64(9, "limit");

  public static final MessageSchema DIFF_REQUEST =
      message()
          .message(1, "left", SELECT_MERGE_STACKTRACES_REQUEST)
          .message(2, "right", SELECT_MERGE_STACKTRACES_REQUEST);

  public static final MessageSchema ANALYZE_QUERY_REQUEST =
      message().int64(2, "start").int64(3, "end").text(4, "query");

  // Responses.

  public static final MessageSchema PROFILE_TYPES_RESPONSE =
      message()
          .many()
          .message(
              1,
              "profile_types",
              message()
                  .text(1, "ID")
                  .text(2, "name")
                  .text(4, "sample_type")
                  .text(5, "sample_unit")
                  .text(6, "period_type")
                  .text(7, "period_unit"));

  public static final MessageSchema NAMES_RESPONSE = message().many().text(1, "names");

  public static final MessageSchema SERIES_RESPONSE =
      message().many().message(2, "labels_set", LABELS);

  private static final MessageSchema FLAME_GRAPH =
      message()
          .many()
          .text(1, "names")
          .many()
          .message(2, "levels", message().many().int64(1, "values"))
          .int64(3, "total")
          .int64(4, "max_self")
          .int64(5, "leftTicks")
          .int64(6, "rightTicks");

  private static final MessageSchema VALUE_TYPE = message().int64(1, "type").int64(2, "unit");

  /// `google.v1.Profile`.
  public static final MessageSchema PROFILE =
      message()
          .many()
          .message(1, "sample_type", VALUE_TYPE)
          .many()
          .message(
              2,
              "sample",
              message()
                  .many()
                  .uint64(1, "location_id")
                  .many()
                  .int64(2, "value")
                  .many()
                  .message(
                      3,
                      "label",
                      message()
                          .int64(1, "key")
                          .int64(2, "str")
                          .int64(3, "num")
                          .int64(4, "num_unit")))
          .many()
          .message(
              3,
              "mapping",
              message()
                  .uint64(1, "id")
                  .uint64(2, "memory_start")
                  .uint64(3, "memory_limit")
                  .uint64(4, "file_offset")
                  .int64(5, "filename")
                  .int64(6, "build_id")
                  .bool(7, "has_functions")
                  .bool(8, "has_filenames")
                  .bool(9, "has_line_numbers")
                  .bool(10, "has_inline_frames"))
          .many()
          .message(
              4,
              "location",
              message()
                  .uint64(1, "id")
                  .uint64(2, "mapping_id")
                  .uint64(3, "address")
                  .many()
                  .message(4, "line", message().uint64(1, "function_id").int64(2, "line"))
                  .bool(5, "is_folded"))
          .many()
          .message(
              5,
              "function",
              message()
                  .uint64(1, "id")
                  .int64(2, "name")
                  .int64(3, "system_name")
                  .int64(4, "filename")
                  .int64(5, "start_line"))
          .many()
          .text(6, "string_table")
          .int64(7, "drop_frames")
          .int64(8, "keep_frames")
          .int64(9, "time_nanos")
          .int64(10, "duration_nanos")
          .message(11, "period_type", VALUE_TYPE)
          .int64(12, "period")
          .many()
          .int64(13, "comment")
          .int64(14, "default_sample_type");

  public static final MessageSchema SELECT_MERGE_STACKTRACES_RESPONSE =
      message()
          .message(1, "flamegraph", FLAME_GRAPH)
          .bytes(2, "tree")
          .text(3, "dot")
          .message(
              4,
              "async",
              message()
                  .text(1, "request_id")
                  .choice(2, "status", ASYNC_STATUSES)
                  .text(3, "error_message"))
          .message(5, "pprof", message().message(1, "profile", PROFILE));

  public static final MessageSchema SELECT_SERIES_RESPONSE =
      message()
          .many()
          .message(
              1,
              "series",
              message()
                  .many()
                  .message(1, "labels", LABEL_PAIR)
                  .many()
                  .message(
                      2,
                      "points",
                      message()
                          .float64(1, "value")
                          .int64(2, "timestamp")
                          .many()
                          .message(4, "exemplars", EXEMPLAR)));

  public static final MessageSchema SELECT_HEATMAP_RESPONSE =
      message()
          .many()
          .message(
              1,
              "series",
              message()
                  .many()
                  .message(1, "labels", LABEL_PAIR)
                  .many()
                  .message(
                      2,
                      "slots",
                      message()
                          .int64(1, "timestamp")
                          .many()
                          .float64(2, "y_min")
                          .many()
                          .number(3, "counts")
                          .many()
                          .message(4, "exemplars", EXEMPLAR)));

  public static final MessageSchema DIFF_RESPONSE = message().message(1, "flamegraph", FLAME_GRAPH);

  public static final MessageSchema GET_PROFILE_STATS_RESPONSE =
      message()
          .bool(1, "data_ingested")
          .int64(2, "oldest_profile_time")
          .int64(3, "newest_profile_time");

  public static final MessageSchema ANALYZE_QUERY_RESPONSE =
      message()
          .many()
          .message(
              1,
              "query_scopes",
              message()
                  .text(1, "component_type")
                  .uint64(2, "component_count")
                  .uint64(3, "block_count")
                  .uint64(4, "series_count")
                  .uint64(5, "profile_count")
                  .uint64(6, "sample_count")
                  .uint64(7, "index_bytes")
                  .uint64(8, "profile_bytes")
                  .uint64(9, "symbol_bytes"))
          .message(
              2,
              "query_impact",
              message()
                  .uint64(2, "total_bytes_in_time_range")
                  .uint64(3, "total_queried_series")
                  .bool(4, "deduplication_needed"));
}
