package io.foursight.querier.profiles;

import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;

/// A Source and the profiles that it has of a selection. Charged to the budget until [#close].
record CountedProfiles(ProfilesSource source, ProfileRowsUnion rows) implements AutoCloseable {
  static CountedProfiles of(ProfilesSource source, ProfilesSelect select, boolean bySpan) {
    var rows = new ProfileRowsUnion(bySpan, select.budget());
    try {
      source.rows(select, bySpan, rows::add);
      return new CountedProfiles(source, rows);
    } catch (RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
