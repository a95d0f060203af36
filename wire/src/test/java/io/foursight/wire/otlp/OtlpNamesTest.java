package io.foursight.wire.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.wire.otlp.OtlpNames.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtlpNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orders | '' | COUNTER | orders_total",
        "orders_total | '' | COUNTER | orders_total",
        "total.orders | '' | COUNTER | orders_total",
        "request.duration | s | OTHER | request_duration_seconds",
        "request.duration.seconds | s | OTHER | request_duration_seconds",
        "payload | By | OTHER | payload_bytes",
        "queue.depth | '' | GAUGE | queue_depth",
        "cpu.utilization | 1 | GAUGE | cpu_utilization_ratio",
        "hits | 1 | COUNTER | hits_total",
        "io | By/s | GAUGE | io_bytes_per_second",
        "speed | m/s | GAUGE | speed_meters_per_second",
        "requests | {requests}/s | GAUGE | requests_per_second",
        "things | {thing} | COUNTER | things_total",
        "system.disk.io | By | COUNTER | system_disk_io_bytes_total",
        "1st.metric | '' | GAUGE | _1st_metric",
        "a..b__c | '' | GAUGE | a_b_c",
        "custom | widgets | GAUGE | custom_widgets",
        "temp | Cel | GAUGE | temp_celsius",
        "a:b | '' | GAUGE | a:b",
        "___ | '' | GAUGE | ''",
        "load | % | GAUGE | load_percent",
      })
  void withSuffixes(String name, String unit, Kind kind, String expected) {
    var names = new OtlpNames(TranslationStrategy.UNDERSCORE_ESCAPING_WITH_SUFFIXES);
    assertThat(names.metric(name, unit, kind)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "orders.placed, s, COUNTER, orders_placed",
    "a__b, '', GAUGE, a__b",
    "a.-b, '', GAUGE, a_b",
    "1a, '', GAUGE, _1a",
  })
  void withoutSuffixes(String name, String unit, Kind kind, String expected) {
    var names = new OtlpNames(TranslationStrategy.UNDERSCORE_ESCAPING_WITHOUT_SUFFIXES);
    assertThat(names.metric(name, unit, kind)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "orders.placed, '', COUNTER, orders.placed_total",
    "request.duration, s, OTHER, request.duration_seconds",
    "io, By/s, GAUGE, io_bytes_per_second",
    "used_ratio, 1, GAUGE, used_ratio",
  })
  void unescapedWithSuffixes(String name, String unit, Kind kind, String expected) {
    var names = new OtlpNames(TranslationStrategy.NO_UTF8_ESCAPING_WITH_SUFFIXES);
    assertThat(names.metric(name, unit, kind)).isEqualTo(expected);
    assertThat(new OtlpNames(TranslationStrategy.NO_TRANSLATION).metric(name, unit, kind))
        .isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "host.name, host_name",
    "_hidden, key_hidden",
    "__twice, __twice",
    "1st, key_1st",
    "a..b, a__b",
    "ünder, key_nder",
  })
  void labels(String key, String expected) {
    var names = new OtlpNames(TranslationStrategy.UNDERSCORE_ESCAPING_WITH_SUFFIXES);
    assertThat(names.label(key)).isEqualTo(expected);
    assertThat(new OtlpNames(TranslationStrategy.NO_TRANSLATION).label(key)).isEqualTo(key);
  }
}
