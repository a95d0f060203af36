package io.foursight.ring.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.Deadline;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.MemoryRingStore;
import io.foursight.ring.Ring;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.SystemRingScheduler;
import io.foursight.ring.Tokens;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.server.Doors;
import io.foursight.runtime.server.ServerConfig;
import io.foursight.runtime.server.ServerTlsConfig;
import io.foursight.runtime.server.TenantScope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RingPagesTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SystemRingScheduler scheduler = new SystemRingScheduler(Clock.systemUTC());
  private final MemoryRingStore store = new MemoryRingStore();
  private final HttpClient http = HttpClient.newHttpClient();
  private final RingClient client =
      new RingClient(
          RingName.INGESTER, store, new RingRules(3, false), Duration.ofMinutes(1), scheduler);
  private final List<RingView> views =
      List.of(client, RingView.fixed(RingName.COMPACTOR, Ring.solo("me", "127.0.0.1:9095")));
  private Doors doors;

  @BeforeEach
  void start() {
    add("good", "<zone>", Instant.now());
    add("dead", "b", Instant.EPOCH);
    client.start();
    RingMetrics.register(meters, client);
    doors = new Doors(config(), new TenantScope(false, false), meters);
    new RingPages(() -> views, () -> List.of("store: test", "member: m1"), Clock.systemUTC())
        .register(doors);
    doors.start();
  }

  private static ServerConfig config() {
    ServerConfig d = ServerConfig.defaults();
    return new ServerConfig(
        "127.0.0.1",
        -1,
        0,
        0,
        0,
        0,
        "127.0.0.1",
        0,
        0,
        d.maxRequestBodySize(),
        d.maxConcurrentRequests(),
        d.httpIdleTimeout(),
        Duration.ofSeconds(1),
        false,
        ServerTlsConfig.off(),
        ServerTlsConfig.off());
  }

  @AfterEach
  void stop() {
    doors.stop(Deadline.after(Duration.ofSeconds(5)));
    http.close();
    client.stop(Deadline.NONE);
    scheduler.stop(Deadline.NONE);
  }

  private void add(String id, String zone, Instant heartbeat) {
    store.update(
        RingName.INGESTER,
        s ->
            s.with(
                new InstanceDescriptor(
                    id,
                    id + ":9095",
                    zone,
                    InstanceState.ACTIVE,
                    Tokens.of(id.length(), -id.charAt(0)),
                    heartbeat,
                    heartbeat,
                    false,
                    Instant.EPOCH,
                    "1.2",
                    1,
                    s.nextVersion(1))));
  }

  private HttpResponse<String> send(String path, String accept, String form)
      throws IOException, InterruptedException {
    int port = doors.address(Door.MAIN).orElseThrow().getPort();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    request.header("accept", accept);
    if (!form.isEmpty()) {
      request
          .header("content-type", "application/x-www-form-urlencoded")
          .POST(HttpRequest.BodyPublishers.ofString(form));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void oneRing_hasTheSameJson_atEverySpelling() throws Exception {
    for (String path : List.of("/ring", "/ring/ingester", "/ingester/ring")) {
      HttpResponse<String> reply = send(path, "application/json", "");
      assertThat(reply.statusCode()).isEqualTo(200);
      JsonNode shards = new ObjectMapper().readTree(reply.body()).path("shards");
      assertThat(shards.size()).isEqualTo(2);
      assertThat(shards.path(0).path("id").asText()).isEqualTo("dead");
      assertThat(shards.path(0).path("state").asText()).isEqualTo("UNHEALTHY");
      assertThat(shards.path(1).path("state").asText()).isEqualTo("ACTIVE");
      assertThat(shards.path(1).path("address").asText()).isEqualTo("good:9095");
      assertThat(shards.path(1).path("tokens").toString()).isEqualTo("[4,4294967193]");
    }
  }

  @Test
  void thePage_escapesWhatInstancesSay_andOffersToForget() throws Exception {
    String page = send("/ingester/ring", "text/html", "").body();
    assertThat(page)
        .contains("<td>good</td><td>&lt;zone&gt;</td><td>ACTIVE</td>")
        .contains("<button name=\"forget\" value=\"dead\"")
        .contains("href=\"/ring/compactor\"")
        .doesNotContain("4294967193");
    assertThat(send("/ring?tokens=true", "text/html", "").body()).contains("4294967193");
  }

  @Test
  void forgetting_removesTheInstance_andGoesBackToThePage() throws Exception {
    HttpResponse<String> reply = send("/ingester/ring", "text/html", "forget=dead");
    assertThat(reply.statusCode()).isEqualTo(303);
    assertThat(reply.headers().firstValue("location")).hasValue("/ingester/ring");
    assertThat(client.ring().instance("dead")).isEmpty();
    assertThat(send("/ring", "application/json", "forget=dead").statusCode()).isEqualTo(404);
    assertThat(send("/ring", "application/json", "forget=").statusCode()).isEqualTo(400);
    assertThat(send("/ring", "application/json", "forget=good").body()).contains("success");
    assertThat(send("/ring/compactor", "text/html", "forget=me").statusCode()).isEqualTo(409);
  }

  @Test
  void anUnknownRing_isNamedWithThoseThatExist() throws Exception {
    HttpResponse<String> reply = send("/ring/nosuch", "text/html", "");
    assertThat(reply.statusCode()).isEqualTo(404);
    assertThat(reply.body()).contains("nosuch").contains("[ingester, compactor]");
    assertThat(send("/store-gateway/ring", "text/html", "").statusCode()).isEqualTo(404);
  }

  @Test
  void memberlist_showsTheStoreAndItsRings() throws Exception {
    JsonNode json = new ObjectMapper().readTree(send("/memberlist", "application/json", "").body());
    assertThat(json.path("members").toString()).isEqualTo("[\"m1\"]");
    assertThat(json.path("facts").path("store").asText()).isEqualTo("test");
    assertThat(json.path("rings").path("ingester").path("instances").asInt()).isEqualTo(2);
    assertThat(send("/memberlist", "*/*", "").body()).contains("<th>member</th><td>m1</td>");
  }

  @Test
  void meters_countMembersByState() {
    assertThat(members("ACTIVE")).isEqualTo(1);
    assertThat(members("Unhealthy")).isEqualTo(1);
    assertThat(members("LEAVING")).isZero();
    assertThat(meters.get("foursight_ring_tokens_count").gauge().value()).isEqualTo(4);
  }

  private double members(String state) {
    return meters.get("foursight_ring_members_count").tag("state", state).gauge().value();
  }
}
