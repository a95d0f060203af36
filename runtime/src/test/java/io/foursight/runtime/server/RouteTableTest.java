package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.foursight.runtime.server.RouteTable.Route;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private final RouteTable table = new RouteTable();

  @Test
  void literals_winOverSegments_andSegmentsOverTheRest() {
    add("GET", "/a/{x}/c");
    add("GET", "/a/b/{y}");
    add("GET", "/a/{rest...}");
    assertThat(found("/a/b/c")).isEqualTo("/a/b/{y}");
    assertThat(found("/a/z/c")).isEqualTo("/a/{x}/c");
    assertThat(found("/a/z/d")).isEqualTo("/a/{rest...}");
    assertThat(found("/a/b/c/d")).isEqualTo("/a/{rest...}");
    assertThat(table.find("/b")).isEmpty();
    assertThat(table.find("/a")).isEmpty();
  }

  @Test
  void segments_areDecoded_andASlashInsideOneDoesNotSplitIt() {
    add("GET", "/rules/{ns}/{group}");
    assertThat(table.find("/rules/a%2Fb/%C3%A9+%25%zz").orElseThrow().parameters())
        .isEqualTo(Map.of("ns", "a/b", "group", "é+%%zz"));
    assertThat(table.find("/rules//g")).isEmpty();
  }

  @Test
  void anotherMethod_isTold() {
    add("POST", "/push");
    var match = table.find("/push").orElseThrow();
    assertThat(match.route("GET")).isEmpty();
    assertThat(match.allowed()).containsExactly("POST");
    add("GET", "/g");
    assertThat(table.find("/g").orElseThrow().route("HEAD")).isPresent();
  }

  @Test
  void aRouteTwice_isAProgrammingError() {
    add("GET", "/a/{x}");
    assertThatThrownBy(() -> add("GET", "/a/{x}")).hasMessageContaining("registered twice");
    assertThatThrownBy(() -> add("POST", "/a/{y}")).hasMessageContaining("differently");
    assertThatThrownBy(() -> add("GET", "/{r...}/a")).hasMessageContaining("last segment");
  }

  private void add(String method, String pattern) {
    table.add(
        Set.of(method),
        pattern,
        new Route("r", pattern, ErrorShape.TEXT, call -> HttpReply.of(200), false, true));
  }

  private String found(String path) {
    return table.find(path).orElseThrow().route("GET").orElseThrow().pattern();
  }
}
