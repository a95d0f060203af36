package io.foursight.queryfrontend.profiles;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesQueryRunner.Query;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.querylanguages.profileql.parse.ProfileqlParser;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rules that bind requests: ranges of time, sizes, ids. All failures are `BAD_DATA`.
final class QueryRules {
  private static final long NANOS = 1_000_000;
  private static final long MAX_MILLIS = Long.MAX_VALUE / NANOS - 1;

  private QueryRules() {}

  /// Milliseconds, both inclusive.
  record Range(long start, long end) {
    long startNanos() {
      return start * NANOS;
    }

    /// Exclusive: the last millisecond belongs to the range.
    long endNanos() {
      return (end + 1) * NANOS;
    }
  }

  /// The range that a query reads: what is older than queries may reach is cut off.
  ///
  /// @return empty when nothing is left of it
  static Optional<Range> range(long start, long end, ProfilesQueryLimits limits, long nowMillis) {
    if (start == 0 || end == 0) {
      throw FoursightException.badData("missing time range in the query");
    }
    if (start < 0 || end < 0 || start > MAX_MILLIS || end > MAX_MILLIS) {
      throw FoursightException.badData(
          "start = " + start + " and end = " + end + " must be milliseconds since 1970");
    }
    if (start > end) {
      throw FoursightException.badData(
          "invalid time range in the query: start = " + start + " is after end = " + end);
    }
    long from = start;
    Duration lookback = limits.maxQueryLookback();
    if (!lookback.isZero()) {
      long oldest = nowMillis - lookback.toMillis();
      if (end < oldest) {
        return Optional.empty();
      }
      from = Math.max(start, oldest);
    }
    Duration longest = limits.maxQueryLength();
    if (!longest.isZero() && end - from > longest.toMillis()) {
      throw FoursightException.badData(
          "the query time range exceeds the limit (max_query_length, actual: "
              + GoDuration.format(Duration.ofMillis(end - from))
              + ", limit: "
              + GoDuration.format(longest)
              + ")");
    }
    return Optional.of(new Range(from, end));
  }

  /// The nodes of a flame graph, 0 = all.
  static int maxNodes(long asked, ProfilesQueryLimits limits) {
    if (asked == 0) {
      return limits.maxFlamegraphNodesDefault();
    }
    int most = limits.maxFlamegraphNodesMax();
    if (most != 0 && asked > most) {
      throw FoursightException.badData(
          "max flamegraph nodes limit " + asked + " is greater than allowed " + most);
    }
    if (asked < 0) {
      if (most != 0) {
        throw FoursightException.badData(
            "max flamegraph nodes limit must be set (max allowed " + most + ")");
      }
      return 0;
    }
    return (int) Math.min(asked, Integer.MAX_VALUE);
  }

  static int limit(long asked) {
    if (asked < 0) {
      throw FoursightException.badData("limit must be non-negative, got " + asked);
    }
    return (int) Math.min(asked, Integer.MAX_VALUE);
  }

  /// @param seconds of a request
  /// @return nanoseconds, whole milliseconds
  static long step(double seconds) {
    if (!(seconds >= 0.001)) {
      throw FoursightException.badData("step must be >= 1ms, got " + seconds + "s");
    }
    return (long) Math.min(seconds * 1000, 1e12) * NANOS;
  }

  static Set<ProfileId> profiles(List<String> ids) {
    var found = new HashSet<ProfileId>();
    for (String id : ids) {
      try {
        if (id.length() == 36) {
          found.add(ProfileId.of(UUID.fromString(id)));
          continue;
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      throw FoursightException.badData("invalid profile id \"" + id + "\": expected a UUID");
    }
    return found;
  }

  /// @param spans 16 hexadecimal digits each
  /// @param traces 32 hexadecimal digits each
  static SampleFilter samples(List<String> spans, List<String> traces, List<String> callSite) {
    if (!spans.isEmpty() && !traces.isEmpty()) {
      throw FoursightException.badData(
          "span_selector and trace_id_selector cannot be used together");
    }
    var spanIds = new HashSet<Long>();
    for (String span : spans) {
      spanIds.add(hex("span id", span, 16));
    }
    var traceIds = new HashSet<SampleFilter.TraceId>();
    for (String trace : traces) {
      if (trace.length() != 32) {
        throw invalid("trace id", trace, 32);
      }
      traceIds.add(
          new SampleFilter.TraceId(
              hex("trace id", trace.substring(0, 16), 16),
              hex("trace id", trace.substring(16), 16)));
    }
    return new SampleFilter(spanIds, traceIds, callSite);
  }

  private static long hex(String what, String text, int digits) {
    boolean valid =
        text.length() == digits && text.chars().allMatch(c -> Character.digit(c, 16) >= 0);
    if (!valid) {
      throw invalid(what, text, digits);
    }
    return Long.parseUnsignedLong(text, 16);
  }

  private static FoursightException invalid(String what, String text, int digits) {
    String shown = text.length() > 64 ? text.substring(0, 64) + "..." : text;
    return FoursightException.badData(
        "invalid " + what + " \"" + shown + "\": expected " + digits + " hexadecimal digits");
  }

  /// A query whose type and selector parse.
  ///
  /// @param type must be there
  static Query query(
      List<TenantId> tenants,
      String type,
      String selector,
      Range range,
      Set<ProfileId> ids,
      SampleFilter samples,
      QueryBudget budget) {
    String id = ProfileType.parse(type).id();
    ProfileqlParser.parse(selector);
    return new Query(
        tenants, id, selector, range.startNanos(), range.endNanos(), ids, samples, budget);
  }

  /// A query about labels of all types.
  static Query labels(List<TenantId> tenants, String selector, Range range, QueryBudget budget) {
    ProfileqlParser.parse(selector);
    return new Query(
        tenants,
        "",
        selector,
        range.startNanos(),
        range.endNanos(),
        Set.of(),
        SampleFilter.ALL,
        budget);
  }
}
