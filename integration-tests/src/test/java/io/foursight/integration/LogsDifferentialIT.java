package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random LogQL over random entries answers as [NaiveLogs] does: from the head, from blocks, from
/// both, after a restart and after compaction; in both directions, with limits.
class LogsDifferentialIT {
  private static final int QUERIES = Integer.getInteger("logs.queries", 250);
  private static final Pattern MERGED =
      Pattern.compile("foursight_compactor_merges_total\\{.*signal=\"logs\".*} [1-9].*");

  @Test
  void randomQueries_answerAsTheNaiveModel(@TempDir Path directory) throws Exception {
    var logs = new LogsDifferential();
    try (var server = new FoursightProcess(directory).start()) {
      logs.push(List.of(server), 3000);
      logs.compare(List.of(server), QUERIES, "head");
      flush(server);
      logs.compare(List.of(server), QUERIES, "blocks");
      logs.push(List.of(server), 3000);
      logs.compare(List.of(server), QUERIES, "head and blocks");
      flush(server);
      logs.push(List.of(server), 500);
      server.kill();
      server.start();
      logs.compare(List.of(server), QUERIES, "several blocks and a replayed head");
      flush(server);
      server.stop();
      server
          .flag("compactor.compaction-interval", "200ms")
          .flag("compactor.first-level-compaction-wait", "0s")
          .flag("compactor.late-block-wait", "0s");
      server.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> server.get("/metrics").body().lines().anyMatch(MERGED.asMatchPredicate()));
      logs.compare(List.of(server), QUERIES, "compacted");
      logs.push(List.of(server), 500);
      logs.compare(List.of(server), QUERIES, "compacted, and a head");
    }
  }

  private static void flush(FoursightProcess server) throws Exception {
    assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
  }
}
