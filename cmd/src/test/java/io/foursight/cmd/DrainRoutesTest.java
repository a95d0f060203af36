package io.foursight.cmd;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.ByteSize;
import io.foursight.model.Deadline;
import io.foursight.ring.InstanceSettings;
import io.foursight.ring.Lifecycler;
import io.foursight.ring.LifecyclerMetrics;
import io.foursight.ring.MemoryRingStore;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.SystemRingScheduler;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.server.Doors;
import io.foursight.runtime.server.ServerConfig;
import io.foursight.runtime.server.ServerTlsConfig;
import io.foursight.runtime.server.TenantScope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Over HTTP, as a rollout tool calls.
class DrainRoutesTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SystemRingScheduler scheduler = new SystemRingScheduler(Clock.systemUTC());
  private final MemoryRingStore store = new MemoryRingStore();
  private final RingClient client =
      new RingClient(
          RingName.INGESTER, store, new RingRules(1, false), Duration.ofMinutes(1), scheduler);
  private final Lifecycler life =
      new Lifecycler(
          new InstanceSettings(
              RingName.INGESTER,
              "i",
              "a:1",
              "",
              "test",
              8,
              Optional.empty(),
              Duration.ofSeconds(5),
              Duration.ofMinutes(1),
              Duration.ZERO,
              true,
              Duration.ZERO,
              Duration.ZERO),
          store,
          client,
          scheduler,
          new SplittableRandom(1),
          new LifecyclerMetrics(meters, RingName.INGESTER));
  private final Doors doors =
      new Doors(
          new ServerConfig(
              "127.0.0.1",
              -1,
              0,
              0,
              0,
              0,
              "127.0.0.1",
              0,
              0,
              new ByteSize(1 << 20),
              10,
              Duration.ofMinutes(1),
              Duration.ofSeconds(1),
              false,
              ServerTlsConfig.off(),
              ServerTlsConfig.off()),
          new TenantScope(false, false),
          meters);
  private Optional<Lifecycler> seat = Optional.of(life);

  @BeforeEach
  void start() {
    client.start();
    life.start();
    life.activate();
    var routes = new DrainRoutes(() -> seat, true);
    routes.registerIngester(doors);
    routes.registerStoreGateway(doors);
    doors.start();
    doors.open();
  }

  @AfterEach
  void stop() {
    doors.stop(Deadline.after(Duration.ofSeconds(2)));
    life.stop(Deadline.NONE);
    scheduler.stop(Deadline.NONE);
  }

  private String ask(String method, String path, String body) throws Exception {
    int port = doors.address(Door.MAIN).orElseThrow().getPort();
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, BodyPublishers.ofString(body))
            .build();
    var reply = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    return reply.statusCode() + " " + reply.body().strip();
  }

  /// First no new data, then, when the old ones are in blocks, the stop.
  @Test
  void anIngester_takesNoNewData_andSaysSinceWhen_untilThatIsUndone() throws Exception {
    String path = "/ingester/prepare-instance-ring-downscale";
    assertThat(ask("GET", path, "")).isEqualTo("200 {\"timestamp\":0}");
    String set = ask("POST", path, "");
    assertThat(set).matches("200 \\{\"timestamp\":[1-9][0-9]{9}\\}");
    assertThat(ask("POST", path, "")).isEqualTo(set);
    assertThat(ask("GET", path, "")).isEqualTo(set);
    assertThat(client.ring().instance("i").orElseThrow().readOnly()).isTrue();
    assertThat(ask("DELETE", path, "")).isEqualTo("200 {\"timestamp\":0}");
    assertThat(client.ring().instance("i").orElseThrow().readOnly()).isFalse();
  }

  @Test
  void whetherAnInstanceLeavesItsRing_isOverruledUntilItStops() throws Exception {
    String path = "/ingester/unregister-on-shutdown";
    assertThat(ask("GET", path, "")).isEqualTo("200 {\"unregister\":true}");
    assertThat(ask("PUT", path, "{\"unregister\": false}")).isEqualTo("200 {\"unregister\":false}");
    assertThat(ask("GET", "/store-gateway/prepare-shutdown", "")).isEqualTo("200 unset");
    assertThat(ask("POST", "/store-gateway/prepare_shutdown", "")).isEqualTo("204 ");
    assertThat(ask("GET", "/store-gateway/prepare_shutdown", "")).isEqualTo("200 set");
    assertThat(ask("PUT", path, "{\"unregister\": false}")).isEqualTo("200 {\"unregister\":false}");
    assertThat(ask("DELETE", path, "")).isEqualTo("200 {\"unregister\":true}");
    assertThat(ask("PUT", path, "no")).startsWith("400 expected {\"unregister\":true}");
  }

  @Test
  void aProcessAlone_saysThatItIsInNoRing() throws Exception {
    seat = Optional.empty();
    assertThat(ask("POST", "/ingester/prepare-instance-ring-downscale", ""))
        .isEqualTo("409 this process is alone: it is in no ring that it could leave");
  }
}
