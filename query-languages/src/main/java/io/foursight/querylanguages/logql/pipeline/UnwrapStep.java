package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.logql.ast.LabelFilter.Quantity.Unit;
import io.foursight.querylanguages.logql.ast.Unwrap;
import io.foursight.querylanguages.text.GoDurations;

/// `| unwrap duration(x)`: the value of an entry. Entries without the label, or with an empty one,
/// are left out; a value that is no number marks the entry.
final class UnwrapStep implements Step {
  static final String ERROR = "SampleExtractionErr";

  private final int name;
  private final Unwrap.Conversion conversion;
  private final Quantities quantities;

  /// Of the entry that passed last; seconds for durations.
  double value;

  UnwrapStep(Unwrap unwrap, Names names, Quantities quantities) {
    this.name = names.id(unwrap.label());
    this.conversion = unwrap.conversion();
    this.quantities = quantities;
  }

  @Override
  public boolean apply(Row row) {
    EntryLabels labels = row.labels;
    int i = labels.find(name);
    if (i < 0 || labels.valueLength(i) == 0) {
      return false;
    }
    Unit unit =
        switch (conversion) {
          case NONE -> Unit.NUMBER;
          case BYTES -> Unit.BYTES;
          case DURATION, DURATION_SECONDS -> Unit.DURATION;
        };
    boolean read =
        quantities.read(unit, labels.valueBytes(i), labels.valueOffset(i), labels.valueLength(i));
    if (!read) {
      labels.error(ERROR, quantities.problem);
      value = 0;
    } else {
      value =
          unit == Unit.DURATION ? GoDurations.seconds((long) quantities.value) : quantities.value;
    }
    return true;
  }
}
