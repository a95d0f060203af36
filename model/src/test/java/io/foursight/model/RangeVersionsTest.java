package io.foursight.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RangeVersionsTest {
  private static final long HOUR = 3_600_000;

  private final RangeVersions versions = new RangeVersions();

  @Test
  void change_isSeenInItsBucketOnly() {
    long before = versions.version(new TimeRange(0, HOUR));
    versions.changed(new TimeRange(HOUR, HOUR));
    long after = versions.version(new TimeRange(0, HOUR));
    assertThat(after).isGreaterThan(before);
    assertThat(versions.version(new TimeRange(2 * HOUR, 9 * HOUR))).isEqualTo(before);
    assertThat(versions.version(TimeRange.ALL)).isEqualTo(after);
    versions.changed(new TimeRange(-HOUR, -1));
    assertThat(versions.version(new TimeRange(0, HOUR))).isEqualTo(after);
    assertThat(versions.version(new TimeRange(-1, HOUR))).isGreaterThan(after);
  }

  @Test
  void tooManyChanges_changeEverything_andNumbersNeverComeBack() {
    var far = new TimeRange(Long.MIN_VALUE, Long.MIN_VALUE + 1);
    versions.changed(TimeRange.ALL);
    long all = versions.version(far);
    assertThat(all).isPositive();
    for (int i = 0; i < 10_000; i++) {
      versions.changed(new TimeRange(i * 2 * HOUR, i * 2 * HOUR));
    }
    assertThat(versions.version(far)).isEqualTo(all);
    long last = versions.version(TimeRange.ALL);
    versions.changed(new TimeRange(30_000 * HOUR, 30_000 * HOUR));
    assertThat(versions.version(far)).isGreaterThan(last);
    assertThat(versions.version(TimeRange.ALL)).isGreaterThan(last);
  }
}
