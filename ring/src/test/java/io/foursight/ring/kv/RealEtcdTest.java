package io.foursight.ring.kv;

import static org.awaitility.Awaitility.await;

import io.foursight.ring.RingStore;
import io.foursight.ring.RingStoreContract;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The contract over a real etcd, where one is installed (`etcd` on the PATH, or `-Detcd.binary`).
class RealEtcdTest extends RingStoreContract {
  @TempDir private Path directory;
  private Process process;
  private int port;

  @BeforeEach
  void startEtcd() throws IOException {
    Optional<Path> binary = binary();
    Assumptions.assumeTrue(binary.isPresent(), "no etcd is installed");
    port = freePort();
    int peer = freePort();
    String url = "http://127.0.0.1:" + port;
    String peerUrl = "http://127.0.0.1:" + peer;
    process =
        new ProcessBuilder(
                binary.get().toString(),
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=default=" + peerUrl)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("etcd.log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
          } catch (IOException e) {
            return false;
          }
        });
  }

  private static Optional<Path> binary() {
    String named = System.getProperty("etcd.binary", "");
    Stream<Path> candidates =
        named.isEmpty()
            ? Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(d -> Path.of(d, "etcd"))
            : Stream.of(Path.of(named));
    return candidates.filter(Files::isExecutable).findFirst();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void stopEtcd() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  @Override
  protected RingStore newStore() {
    return EtcdRingStoreTest.store(List.of("127.0.0.1:" + port), "", "");
  }
}
