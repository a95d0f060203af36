package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: a process that is told wrong things about its cluster must say so in words that
/// tell what to change, and must not harm the cluster.
@Timeout(300)
class ClusterBadInputIT {
  private static final String ALONE = "no member of memberlist.join_members answers";

  @TempDir private Path directory;

  @Test
  void mistakenMembers_areToldWhy_andHarmNobody() throws Exception {
    int nobody = FoursightProcess.freePort();
    int port = FoursightProcess.freePort();
    int strangerPort = FoursightProcess.freePort();
    int twinPort = FoursightProcess.freePort();
    String nowhere = "127.0.0.1:" + nobody + ",dns+nowhere.invalid:7946,";
    try (var member = member("member", "x", port, nowhere + "127.0.0.1:" + strangerPort, "one");
        var stranger = member("stranger", "y", strangerPort, "127.0.0.1:" + port, "two");
        var twin = member("twin", "x", twinPort, "127.0.0.1:" + port, "one")) {
      member.start();
      write(member, 1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> member.logText().contains(ALONE));
      assertThat(line(member, ALONE))
          .contains("unresolved=[nowhere.invalid]", "cluster_label=\"one\"", "next_message_in=");

      stranger.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              (member.logText() + stranger.logText())
                  .matches("(?s).*(foursight:one.*foursight:two|foursight:two.*foursight:one).*"));
      assertThat(instances(member)).isEqualTo(1);
      assertThat(instances(stranger)).isEqualTo(1);

      Process second = twin.launch();
      assertThat(second.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(second.exitValue()).isEqualTo(1);
      assertThat(twin.logText())
          .contains("instance id \"x\" is used by another process at 127.0.0.1:")
          .contains("give each process an instance_id of its own");
      assertThat(instances(member)).isEqualTo(1);

      rubbish(port);
      write(member, 2);
      assertThat(member.get("/ready").statusCode()).isEqualTo(200);
      try (var api = new PrometheusApi(member.url() + "/prometheus")) {
        var answer = api.query("sum_over_time(told[1h])", System.currentTimeMillis() / 1000.0);
        assertThat(answer.result().path(0).path("value").path(1).asText()).isEqualTo("3");
      }
      // Once a backoff, which doubles: not once a try.
      assertThat(member.logText().split(ALONE, -1).length - 1).isLessThan(12);
    }
  }

  private FoursightProcess member(String name, String id, int port, String join, String label) {
    var process =
        new FoursightProcess(directory.resolve(name))
            .flag("ingester.ring.replication-factor", "1")
            .flag("server.grpc-listen-address", "127.0.0.1")
            .flag("server.grpc-listen-port", String.valueOf(FoursightProcess.freePort()))
            .flag("memberlist.bind-addr", "127.0.0.1")
            .flag("memberlist.bind-port", String.valueOf(port))
            .flag("memberlist.cluster-label", label)
            .flag("memberlist.join-members", join);
    for (String ring :
        List.of("ingester.ring", "store-gateway.sharding-ring", "compactor.sharding-ring")) {
      process.flag(ring + ".instance-id", id);
      process.flag(ring + ".instance-addr", "127.0.0.1");
      process.flag(ring + ".heartbeat-period", "1s");
      process.flag(ring + ".heartbeat-timeout", "10s");
    }
    return process;
  }

  private static void write(FoursightProcess process, int value) throws Exception {
    var body =
        new WriteRequest()
            .sample(Map.of("__name__", "told"), System.currentTimeMillis() - 10_000 / value, value);
    var reply = process.post("/api/v1/push", body.snappy(), WriteRequest.HEADERS);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
  }

  private static String line(FoursightProcess process, String text) {
    return process.logText().lines().filter(l -> l.contains(text)).findFirst().orElseThrow();
  }

  private static int instances(FoursightProcess process) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(process.url() + "/ring/ingester"))
              .header("Accept", "application/json");
      String ring = http.send(request.build(), BodyHandlers.ofString()).body();
      return ring.split("\"heartbeat_age_seconds\"", -1).length - 1;
    }
  }

  /// Bytes that are no gossip.
  private static void rubbish(int port) throws Exception {
    var random = new Random(3);
    for (int length : List.of(1, 100, 10_000)) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(bytes);
      } catch (java.net.SocketException closedByTheOther) {
        // That is its right.
      }
    }
  }
}
