package io.foursight.distributor.metrics;

import static io.foursight.distributor.metrics.HaElections.Verdict.ACCEPT;
import static io.foursight.distributor.metrics.HaElections.Verdict.DEDUPLICATE;
import static io.foursight.distributor.metrics.HaElections.Verdict.TOO_MANY_CLUSTERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Deadline;
import io.foursight.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHaElectionsTest {
  private static final TenantId TENANT = new TenantId("t");

  private long now = 1_790_000_000_000L;
  private final LocalHaElections elections =
      new LocalHaElections(
          () -> Instant.ofEpochMilli(now), Duration.ofSeconds(30), Duration.ofSeconds(15));

  private HaElections.Verdict seen(String cluster, String replica) {
    return elections.seen(TENANT, cluster, replica, 2);
  }

  @Test
  void firstReplica_staysElectedWhileItSpeaks() {
    assertThat(seen("c", "a")).isEqualTo(ACCEPT);
    for (int i = 0; i < 20; i++) {
      now += 20_000;
      assertThat(seen("c", "a")).isEqualTo(ACCEPT);
      assertThat(seen("c", "b")).isEqualTo(DEDUPLICATE);
    }
  }

  @Test
  void otherReplica_takesOverAfterTheFailoverTimeoutAndNotBefore() {
    seen("c", "a");
    now += 30_000;
    assertThat(seen("c", "b")).isEqualTo(DEDUPLICATE);
    now += 1;
    assertThat(seen("c", "b")).isEqualTo(ACCEPT);
    assertThat(seen("c", "a")).isEqualTo(DEDUPLICATE);
  }

  @Test
  void clusters_areElectedApartAndBounded() {
    assertThat(seen("c1", "a")).isEqualTo(ACCEPT);
    assertThat(seen("c2", "b")).isEqualTo(ACCEPT);
    assertThat(seen("c3", "a")).isEqualTo(TOO_MANY_CLUSTERS);
    assertThat(elections.seen(new TenantId("other"), "c3", "z", 2)).isEqualTo(ACCEPT);
    now += Duration.ofHours(25).toMillis();
    assertThat(seen("c3", "a")).isEqualTo(ACCEPT);
  }

  /// A restart of the distributor must not hand every cluster to whoever speaks first.
  @Test
  void elections_surviveARestart(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("a").resolve("elections");
    var keeper = new HaElectionsFile(elections, file);
    keeper.start();
    seen("c", "a");
    keeper.stop(Deadline.NONE);

    var next =
        new LocalHaElections(
            () -> Instant.ofEpochMilli(now), Duration.ofSeconds(30), Duration.ofSeconds(15));
    var nextKeeper = new HaElectionsFile(next, file);
    nextKeeper.start();
    now += 5_000;
    assertThat(next.seen(TENANT, "c", "b", 2)).isEqualTo(DEDUPLICATE);
    assertThat(next.seen(TENANT, "c", "a", 2)).isEqualTo(ACCEPT);
    nextKeeper.stop(Deadline.NONE);

    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    var afresh =
        new LocalHaElections(
            () -> Instant.ofEpochMilli(now), Duration.ofSeconds(30), Duration.ofSeconds(15));
    var lastKeeper = new HaElectionsFile(afresh, file);
    lastKeeper.start();
    assertThat(afresh.seen(TENANT, "c", "b", 2)).isEqualTo(ACCEPT);
    lastKeeper.stop(Deadline.NONE);
  }
}
