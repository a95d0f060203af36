package io.foursight.queryfrontend.traces;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// The rules that bind searches and their like, over HTTP and gRPC. All times are checked here.
final class SearchDesk {
  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 262_144;
  private static final int DEFAULT_SPANS = 3;
  private static final int MAX_SPANS = 100;
  private static final int MAX_QUERY_BYTES = 128 << 10;

  private SearchDesk() {}

  /// A range of time in nanoseconds, the end left out.
  record Range(long startNanos, long endNanos) {
    static final Range ALL = new Range(0, Long.MAX_VALUE);
  }

  /// The range that `start` and `end` name: all time without them; back from the end as far as a
  /// search may reach when only that is there.
  ///
  /// @throws FoursightException `BAD_DATA` for a start without an end, an end that is not after its
  ///   start, or a range that is too long
  static Range range(OptionalLong start, OptionalLong end, Duration most) {
    if (start.isEmpty() && end.isEmpty()) {
      return Range.ALL;
    }
    if (end.isEmpty()) {
      throw FoursightException.badData(
          "please provide both start and end times: start = " + start.getAsLong());
    }
    long last = end.getAsLong();
    long first = start.orElse(most.isZero() ? 0 : Math.max(0, last - most.toSeconds()));
    if (last <= first) {
      throw FoursightException.badData(
          "http parameter start must be before end. received start=" + first + " end=" + last);
    }
    if (!most.isZero() && last - first > most.toSeconds()) {
      throw FoursightException.badData(
          "range specified by start and end ("
              + GoDuration.format(Duration.ofSeconds(last - first))
              + ") exceeds "
              + GoDuration.format(most)
              + ". received start="
              + first
              + " end="
              + last
              + " (limits.max_search_duration)");
    }
    return new Range(first * 1_000_000_000, last * 1_000_000_000);
  }

  /// @throws FoursightException `BAD_DATA` when it is longer than 128 KiB
  static String query(String query) {
    int bytes = query.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_QUERY_BYTES) {
      throw FoursightException.badData(
          "TraceQL query size exceeds limit: " + bytes + " bytes, at most " + MAX_QUERY_BYTES);
    }
    return query;
  }

  /// @param limit 0 is the default
  /// @param spans likewise
  static Search search(
      List<TenantId> tenants, String query, Range range, int limit, int spans, QueryBudget budget) {
    if (limit < 0 || limit > MAX_LIMIT) {
      throw FoursightException.badData("limit " + limit + " exceeds max limit " + MAX_LIMIT);
    }
    if (spans < 0 || spans > MAX_SPANS) {
      throw FoursightException.badData(
          "spans per span set exceeds " + MAX_SPANS + ". received " + spans);
    }
    TraceqlParser.parseSearch(query(query));
    return new Search(
        tenants,
        query,
        range.startNanos(),
        range.endNanos(),
        limit == 0 ? DEFAULT_LIMIT : limit,
        spans == 0 ? DEFAULT_SPANS : spans,
        budget);
  }
}
