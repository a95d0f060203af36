package io.foursight.querylanguages.logql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;

/// What is said when a metric query has more series than its tenant may ask for. Clients know the
/// beginning of both texts.
public final class SeriesLimit {
  private SeriesLimit() {}

  public static FoursightException exceeded(int most) {
    return new FoursightException(
        ErrorKind.QUERY_LIMIT,
        "maximum number of series ("
            + most
            + ") reached for a single query; aggregate by fewer labels (sum by (...), topk), narrow"
            + " the selector or shorten the time range (limits.max_query_series)");
  }

  public static String warning(int most) {
    return "maximum number of series ("
        + most
        + ") reached for a single query; the answer is partial";
  }
}
