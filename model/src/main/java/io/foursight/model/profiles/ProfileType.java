package io.foursight.model.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import java.util.TreeMap;

/// What the values of a profile are: `process_cpu:cpu:nanoseconds:cpu:nanoseconds`.
///
/// @param name the kind of profile, label `__name__`
/// @param sampleType what a value counts, label `__type__`
/// @param sampleUnit in what unit, label `__unit__`
/// @param periodType what happens between two samples; may be empty
/// @param periodUnit likewise
public record ProfileType(
    String name, String sampleType, String sampleUnit, String periodType, String periodUnit) {
  /// The label that holds the whole id.
  public static final String LABEL = "__profile_type__";

  /// @param id five parts, perhaps with a sixth, `delta`, that says nothing
  /// @throws FoursightException `BAD_DATA`
  public static ProfileType parse(String id) {
    String[] parts = id.split(":", -1);
    if (parts.length != 5 && !(parts.length == 6 && parts[5].equals("delta"))) {
      throw new FoursightException(
          ErrorKind.BAD_DATA,
          "profile-type ID must be of the form"
              + " <name>:<type>:<unit>:<period_type>:<period_unit>(:delta), got \""
              + id
              + "\"");
    }
    return new ProfileType(parts[0], parts[1], parts[2], parts[3], parts[4]);
  }

  /// The id, as [#parse] takes it.
  public String id() {
    return String.join(":", name, sampleType, sampleUnit, periodType, periodUnit);
  }

  /// The labels of a series with the parts of this type beside them.
  public Labels label(Labels series) {
    var labels = new TreeMap<>(series.toMap());
    labels.put(LABEL, id());
    labels.put(Labels.METRIC_NAME, name);
    labels.put("__type__", sampleType);
    labels.put("__unit__", sampleUnit);
    labels.put("__period_type__", periodType);
    labels.put("__period_unit__", periodUnit);
    labels.values().removeIf(String::isEmpty);
    return Labels.of(labels);
  }

  @Override
  public String toString() {
    return id();
  }
}
