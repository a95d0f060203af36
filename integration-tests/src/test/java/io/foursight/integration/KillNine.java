package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Senders that write numbered items for as long as the server lives; the server is killed at
/// random instants, flushes included, and started again; then somebody looks for every item.
final class KillNine {
  static final int ITEMS_A_REQUEST = 50;

  private KillNine() {}

  /// One sender. Items are numbered from 0 in the order in which they are sent.
  abstract static class Sender {
    final String name;
    private int sent;
    volatile int acknowledged;
    private final List<int[]> unacknowledged = new ArrayList<>();

    Sender(String name) {
      this.name = name;
    }

    /// A request with items `first..end-1`.
    abstract HttpRequest.Builder request(FoursightProcess server, int first, int end)
        throws IOException;

    final int sent() {
      return sent;
    }

    /// Whether the server has said that it has the item.
    final boolean isAcknowledged(int n) {
      return unacknowledged.stream().noneMatch(range -> n >= range[0] && n < range[1]);
    }

    final void send(FoursightProcess server, HttpClient http, AtomicBoolean stop)
        throws InterruptedException {
      while (!stop.get()) {
        int first = sent;
        sent += ITEMS_A_REQUEST;
        try {
          var request = request(server, first, sent).timeout(Duration.ofSeconds(10)).build();
          var response = http.send(request, HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() / 100 == 2) {
            acknowledged = acknowledged + ITEMS_A_REQUEST;
          } else {
            unacknowledged.add(new int[] {first, sent});
          }
        } catch (IOException e) {
          unacknowledged.add(new int[] {first, sent});
        }
      }
    }
  }

  /// Looks for the items of a sender.
  @FunctionalInterface
  interface Verifier<S extends Sender> {
    /// @param what says which round it is, for messages
    void verify(FoursightProcess server, S sender, String what) throws Exception;
  }

  /// @param usualRounds unless the system property `killnine.rounds` says otherwise
  static <S extends Sender> void run(
      Path directory, int usualRounds, List<S> senders, Verifier<S> verifier) throws Exception {
    run(directory, usualRounds, unused -> {}, senders, verifier);
  }

  /// @param settings sets the server's flags
  static <S extends Sender> void run(
      Path directory,
      int usualRounds,
      Consumer<FoursightProcess> settings,
      List<S> senders,
      Verifier<S> verifier)
      throws Exception {
    int rounds = Integer.getInteger("killnine.rounds", usualRounds);
    long seed = Long.getLong("killnine.seed", System.nanoTime());
    var random = new Random(seed);
    try (var server = new FoursightProcess(directory);
        var http = HttpClient.newHttpClient()) {
      settings.accept(server);
      server.start();
      for (int round = 0; round < rounds; round++) {
        var stop = new AtomicBoolean();
        var threads = new ArrayList<Thread>();
        for (S sender : senders) {
          threads.add(
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      sender.send(server, http, stop);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
        }
        if (round % 2 == 0) {
          // A busy machine may take long for its first answer; the other rounds may kill before it.
          awaitAnswers(senders);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
        if (random.nextInt(3) == 0) {
          Thread.ofVirtual().start(() -> flush(server));
          TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
        }
        server.kill();
        stop.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        server.start();
        if (round % 5 == 4 || round == rounds - 1) {
          for (S sender : senders) {
            verifier.verify(
                server, sender, "seed " + seed + ", round " + round + ", " + sender.name);
          }
        }
      }
      int acknowledged = acknowledged(senders);
      System.out.printf(
          "kill -9: %d rounds, %d acknowledged items, each read once; seed %d%n",
          rounds, acknowledged, seed);
      assertThat(acknowledged).as("acknowledged items").isPositive();
    }
  }

  private static int acknowledged(List<? extends Sender> senders) {
    return senders.stream().mapToInt(sender -> sender.acknowledged).sum();
  }

  private static void awaitAnswers(List<? extends Sender> senders) throws InterruptedException {
    int before = acknowledged(senders);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (acknowledged(senders) == before && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void flush(FoursightProcess server) {
    try {
      server.post("/ingester/flush", new byte[0]);
    } catch (IOException | InterruptedException expectedWhenKilled) {
      // The server may die under the request; that is the point.
    }
  }
}
