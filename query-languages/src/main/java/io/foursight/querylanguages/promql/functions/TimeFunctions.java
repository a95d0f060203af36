package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Parts of a date in UTC; of the time of the step when called without an argument.
final class TimeFunctions {
  private TimeFunctions() {}

  static Map<String, VectorFunction> all() {
    var all = new HashMap<String, VectorFunction>();
    all.put("year", of(ZonedDateTime::getYear));
    all.put("month", of(ZonedDateTime::getMonthValue));
    all.put("day_of_month", of(ZonedDateTime::getDayOfMonth));
    all.put("day_of_year", of(ZonedDateTime::getDayOfYear));
    all.put("day_of_week", of(t -> t.getDayOfWeek().getValue() % 7));
    all.put("days_in_month", of(t -> YearMonth.from(t).lengthOfMonth()));
    all.put("hour", of(ZonedDateTime::getHour));
    all.put("minute", of(ZonedDateTime::getMinute));
    return all;
  }

  private static VectorFunction of(ToDoubleFunction<ZonedDateTime> part) {
    VectorFunction ofVector = MathFunctions.of(seconds -> part(seconds, part));
    return call -> call.argumentCount() == 0 ? ofSteps(call, part) : ofVector.apply(call);
  }

  private static double part(double seconds, ToDoubleFunction<ZonedDateTime> part) {
    // Whole seconds, as far as a date can be told.
    long whole = (long) seconds;
    if (Double.isNaN(seconds) || Math.abs(seconds) > 31_556_889_864_403_199.0) {
      whole = 0;
    }
    return part.applyAsDouble(Instant.ofEpochSecond(whole).atZone(ZoneOffset.UTC));
  }

  private static SeriesStream ofSteps(FunctionCall call, ToDoubleFunction<ZonedDateTime> part) {
    var values = new double[call.steps().count()];
    for (int step = 0; step < values.length; step++) {
      values[step] = part(Math.floorDiv(call.steps().time(step), 1000), part);
    }
    return SeriesStream.of(List.of(StepSeries.of(Labels.EMPTY, false, values)));
  }
}
