package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: what README.md tells people to type must work as it stands.
@Timeout(300)
class QuickStartIT {
  @TempDir private Path directory;

  @Test
  void theThreeProcessesOfTheReadme_areOne_andTheIngesterHandsOverBeforeItGoes() throws Exception {
    try (var cluster = new QuickStart(directory, "Three processes")) {
      writtenAndAsked(cluster);
    }
  }

  @Test
  void theThreeProcessesOfTheReadme_areOneOnS3() throws Exception {
    try (var store = new S3Server(directory.resolve("s3")).start();
        var cluster = new QuickStart(directory, "Three processes")) {
      cluster.processes().forEach(store::configure);
      writtenAndAsked(cluster);
    }
  }

  private static void writtenAndAsked(QuickStart cluster) throws Exception {
    for (FoursightProcess process : cluster.processes()) {
      process.launch();
    }
    for (FoursightProcess process : cluster.processes()) {
      process.awaitReady();
    }
    FoursightProcess write = cluster.process("Write to `localhost:(\\d+)`");
    FoursightProcess read = cluster.process("ask `localhost:(\\d+)`");
    try (var load = new ClusterLoad()) {
      var senders = load.send("quick", List.of(write.url()));
      senders.forEach(sender -> sender.more(200));
      load.end();
      senders.forEach(ClusterLoad.Sender::neverRefused);
      load.verify(List.of(read.url()));
      // What the ingester had is read from blocks once it has gone and come back without it.
      assertThat(write.get("/ingester/prepare-shutdown").body()).isEqualTo("unset\n");
      write.post("/ingester/prepare-shutdown", new byte[0]);
      assertThat(write.get("/ingester/prepare_shutdown").body()).isEqualTo("set\n");
      assertThat(write.stop()).isEqualTo(143);
      assertThat(write.logText())
          .contains("block uploaded")
          .containsPattern("ring=ingester instance=\\S+ state=LEFT");
      write.deleteData();
      write.start();
      load.verify(List.of(read.url()));
    }
  }
}
