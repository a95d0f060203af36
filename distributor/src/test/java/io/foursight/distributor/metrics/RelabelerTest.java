package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.distributor.FakeCall;
import io.foursight.distributor.RelabelRule;
import io.foursight.distributor.RelabelRule.Action;
import io.foursight.distributor.Relabeler;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The actions as Prometheus documents them, and their way through a write request.
class RelabelerTest {
  private static final long T = DistributorBench.NOW;
  private static final Map<String, String> LABELS =
      Map.of("__name__", "up", "a", "foo", "b", "bar", "c", "baz");

  private static RelabelRule rule(
      Action action, List<String> sources, String target, String regex, String replacement) {
    return new RelabelRule(sources, ";", target, regex, 0, replacement, action);
  }

  private static Map<String, String> after(RelabelRule... rules) {
    var labels = new TreeMap<>(LABELS);
    return new Relabeler(List.of(rules), "rules", DistributorBench::expression).apply(labels)
        ? labels
        : Map.of();
  }

  private static Map<String, String> with(String name, String value) {
    var labels = new TreeMap<>(LABELS);
    labels.put(name, value);
    return labels;
  }

  @Test
  void replace_writesTheFilledTemplate_orTakesTheLabelAway() {
    assertThat(after(rule(Action.REPLACE, List.of("a"), "d", "f(.*)", "ch${1}-ch${1}")))
        .isEqualTo(with("d", "choo-choo"));
    assertThat(after(rule(Action.REPLACE, List.of("a", "b"), "a", "f(.*);(.*)r", "b${1}${2}m")))
        .isEqualTo(with("a", "boobam"));
    assertThat(after(rule(Action.REPLACE, List.of("a"), "a", "no match", "x"))).isEqualTo(LABELS);
    assertThat(after(rule(Action.REPLACE, List.of("a"), "a", "foo", "")))
        .isEqualTo(Map.of("__name__", "up", "b", "bar", "c", "baz"));
    assertThat(after(rule(Action.REPLACE, List.of("a"), "${1}_x", "(foo)", "1")))
        .isEqualTo(with("foo_x", "1"));
    assertThat(after(rule(Action.REPLACE, List.of(), "d", "(.*)", "constant")))
        .isEqualTo(with("d", "constant"));
  }

  @Test
  void keepAndDrop_decideOverTheSeries() {
    assertThat(after(rule(Action.KEEP, List.of("a"), "", "f.*", "$1"))).isEqualTo(LABELS);
    assertThat(after(rule(Action.KEEP, List.of("a"), "", "f", "$1"))).isEmpty();
    assertThat(after(rule(Action.DROP, List.of("a"), "", ".*o.*", "$1"))).isEmpty();
    assertThat(after(rule(Action.DROP, List.of("a"), "", "o", "$1"))).isEqualTo(LABELS);
    assertThat(after(rule(Action.DROP, List.of("missing"), "", "", "$1"))).isEmpty();
    assertThat(after(rule(Action.KEEPEQUAL, List.of("a"), "b", "(.*)", "$1"))).isEmpty();
    assertThat(after(rule(Action.KEEPEQUAL, List.of("a"), "a", "(.*)", "$1"))).isEqualTo(LABELS);
    assertThat(after(rule(Action.DROPEQUAL, List.of("a"), "a", "(.*)", "$1"))).isEmpty();
    assertThat(after(rule(Action.DROPEQUAL, List.of("a"), "b", "(.*)", "$1"))).isEqualTo(LABELS);
  }

  @Test
  void hashmodAndCase_writeTheirTarget() {
    // The last 8 bytes of md5("baz"), modulo 1000, as Prometheus's own test has it.
    assertThat(after(new RelabelRule(List.of("c"), ";", "d", "(.*)", 1000, "$1", Action.HASHMOD)))
        .isEqualTo(with("d", "976"));
    assertThat(after(rule(Action.UPPERCASE, List.of("a"), "a", "(.*)", "$1")))
        .isEqualTo(with("a", "FOO"));
    assertThat(
            after(
                rule(Action.UPPERCASE, List.of("a"), "d", "(.*)", "$1"),
                rule(Action.LOWERCASE, List.of("d"), "d", "(.*)", "$1")))
        .isEqualTo(with("d", "foo"));
  }

  @Test
  void labelActions_lookAtNames() {
    assertThat(after(rule(Action.LABELMAP, List.of(), "", "(a|b)", "bar_${1}")))
        .isEqualTo(
            Map.of(
                "__name__",
                "up",
                "a",
                "foo",
                "b",
                "bar",
                "c",
                "baz",
                "bar_a",
                "foo",
                "bar_b",
                "bar"));
    assertThat(after(rule(Action.LABELDROP, List.of(), "", "(a|b)", "$1")))
        .isEqualTo(Map.of("__name__", "up", "c", "baz"));
    assertThat(after(rule(Action.LABELKEEP, List.of(), "", "__name__|c", "$1")))
        .isEqualTo(Map.of("__name__", "up", "c", "baz"));
    assertThat(after(rule(Action.LABELDROP, List.of(), "", ".*", "$1"))).isEmpty();
  }

  @Test
  void rules_changeAndDropSeriesOfARequest() {
    var bench = new DistributorBench();
    bench.limits =
        Limits.with(
            "metricRelabelConfigs",
            List.of(
                rule(Action.DROP, List.of("__name__"), "", "go_.*", "$1"),
                rule(Action.REPLACE, List.of("a"), "z", "(.*)", "${1}!"),
                rule(Action.LABELDROP, List.of(), "", "a", "$1")));
    for (int again = 0; again < 2; again++) {
      var out = new io.foursight.wire.protobuf.ProtoWriter();
      Requests.series(out, T, 1, "__name__", "go_threads", "a", "1");
      Requests.series(out, T, 2, "__name__", "up", "a", "ü");
      Requests.series(out, T, 3, "__name__", "up", "b", "1");
      assertThat(bench.remoteWrite.push(FakeCall.snappy(out.toByteArray())).status())
          .isEqualTo(200);
    }
    assertThat(bench.sink.samples)
        .hasSize(4)
        .startsWith(
            "anonymous {__name__=\"up\", z=\"ü!\"} @" + T + " 2.0",
            "anonymous {__name__=\"up\", b=\"1\", z=\"!\"} @" + T + " 3.0");
    // Other rules: what was known as valid before is looked at again.
    bench.limits = Limits.with();
    bench.remoteWrite.push(FakeCall.snappy(Requests.v1(T, 1, "__name__", "go_threads", "a", "1")));
    assertThat(bench.sink.samples).hasSize(5);
  }

  @Test
  void malformedExpression_isAnsweredSoThatSendersKeepTheirData() {
    var bench = new DistributorBench();
    bench.limits =
        Limits.with(
            "metricRelabelConfigs", List.of(rule(Action.DROP, List.of("a"), "", "(", "$1")));
    var reply = bench.remoteWrite.push(FakeCall.snappy(Requests.v1(T, 1, "__name__", "up")));
    assertThat(reply.status()).isEqualTo(500);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8))
        .contains("limits.metric_relabel_configs[0].regex");
    assertThat(bench.sink.samples).isEmpty();
  }

  @Test
  void ruleWithoutWhatItsActionNeeds_isNoLimit() {
    assertThatThrownBy(() ->
            Limits.with(
                "metricRelabelConfigs",
                List.of(rule(Action.REPLACE, List.of("a"), "", "(.*)", "$1"))))
        .rootCause()
        .hasMessageContaining("replace needs a target_label")
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
    assertThatThrownBy(() ->
            Limits.with(
                "metricRelabelConfigs",
                List.of(rule(Action.HASHMOD, List.of("a"), "t", "(.*)", "$1"))))
        .rootCause()
        .hasMessageContaining("modulus above 0");
  }
}
