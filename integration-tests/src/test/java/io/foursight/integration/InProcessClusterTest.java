package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.cmd.InProcessCluster;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Every component by itself, in this JVM: ingesters in three zones behind a network that can be
/// cut, queriers that pull from two frontends.
class InProcessClusterTest extends ClusterScenarios {
  private static final List<String> ZONES = List.of("a", "b", "c");

  private final Map<String, TcpProxy> proxies = new LinkedHashMap<>();
  private InProcessCluster cluster;

  @BeforeAll
  void startCluster() {
    var flags =
        Stream.concat(
            LIMITS.stream(),
            Stream.of(
                "-ingester.ring.replication-factor=3",
                "-ingester.ring.zone-awareness-enabled=true",
                "-ingester.flush-check-interval=500ms",
                "-distributor.remote-timeout=8s"));
    cluster = new InProcessCluster(directory.resolve("cluster"), flags.toArray(String[]::new));
    for (String zone : ZONES) {
      int port = FoursightProcess.freePort();
      var proxy = new TcpProxy(port);
      proxies.put(zone, proxy);
      cluster.start(
          "ingester-" + zone,
          "ingester",
          "-server.grpc-listen-port=" + port,
          "-ingester.ring.instance-addr=127.0.0.1",
          "-ingester.ring.instance-port=" + proxy.port(),
          "-ingester.ring.instance-availability-zone=" + zone);
    }
    cluster.start("distributor-1", "distributor").start("distributor-2", "distributor");
    cluster.start("gateway-1", "store-gateway").start("gateway-2", "store-gateway");
    cluster.start("frontend-1", "query-frontend").start("frontend-2", "query-frontend");
    String both = cluster.internal("frontend-1") + "," + cluster.internal("frontend-2");
    for (String querier : List.of("querier-1", "querier-2")) {
      cluster.start(querier, "querier", "-querier.frontend-address=" + both);
    }
    for (String frontend : frontends()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              endpoints(List.of(frontend), "any").getFirst().get("/ready").statusCode() == 200);
    }
  }

  @AfterAll
  void stopCluster() throws Exception {
    cluster.close();
    for (TcpProxy proxy : proxies.values()) {
      proxy.close();
    }
  }

  @Override
  List<String> distributors() {
    return List.of(cluster.url("distributor-1"), cluster.url("distributor-2"));
  }

  @Override
  List<String> frontends() {
    return List.of(cluster.url("frontend-1"), cluster.url("frontend-2"));
  }

  @Override
  List<String> ingesters() {
    return ZONES.stream().map(zone -> cluster.url("ingester-" + zone)).toList();
  }

  /// Ingesters that are there but not reachable: one is not waited for, without two nothing is
  /// acknowledged, and after healing everything acknowledged is read.
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void ingestersBehindACutNetwork_costNoAcknowledgedSample() throws Exception {
    long start = System.currentTimeMillis() - 600_000;
    assertThat(push(start, 0).statusCode()).isEqualTo(200);
    proxies.get("a").cut();
    for (int n = 1; n <= 5; n++) {
      assertThat(push(start, n).statusCode()).isEqualTo(200);
    }
    assertThat(count(start)).isEqualTo(6);
    proxies.get("b").cut();
    assertThat(push(start, 6).statusCode()).isGreaterThanOrEqualTo(500);
    proxies.values().forEach(TcpProxy::heal);
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> push(start, 7).statusCode() / 100 == 2);
    // The refused sample may be there or not; those acknowledged are.
    assertThat(count(start)).isBetween(7, 8);
    everythingIsThere(frontends());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void withoutAZoneAQuerierAGatewayAndAFrontend_everythingIsThere() throws Exception {
    // What the cluster is asked for afterwards must have been written before.
    everythingIsThere(frontends());
    cluster.stop("ingester-c");
    cluster.stop("querier-1");
    cluster.stop("gateway-1");
    cluster.stop("frontend-1");
    cluster.stop("distributor-1");
    everythingIsThere(List.of(cluster.url("frontend-2")));
    var body =
        new WriteRequest().sample(Map.of("__name__", "later"), System.currentTimeMillis(), 1);
    write(cluster.url("distributor-2"), "later", body.snappy());
  }

  private HttpResponse<String> push(long start, int n) throws Exception {
    var body = new WriteRequest().sample(Map.of("__name__", "cut"), start + n * 1000L, n);
    return endpoints(distributors(), "cut")
        .get(n % 2)
        .post("/api/v1/push", body.snappy(), WriteRequest.HEADERS);
  }

  private int count(long start) throws Exception {
    try (var api =
        new PrometheusApi(frontends().getFirst() + "/prometheus", "X-Scope-OrgID", "cut")) {
      var answer = api.query("cut[10m]", start / 1000.0 + 60);
      assertThat(answer.isSuccess()).as(answer.json().toString()).isTrue();
      return answer.result().path(0).path("values").size();
    }
  }
}
