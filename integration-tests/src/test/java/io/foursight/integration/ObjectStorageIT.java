package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On S3: what was flushed outlives the local disk, and an object store that is away costs nothing
/// that was acknowledged.
class ObjectStorageIT {
  private static final int SERIES = 50;
  private static final int SAMPLES = 1200;

  @Test
  void flushedData_areAnsweredAfterTheDataDirectoryIsGone(@TempDir Path directory)
      throws Exception {
    long end = System.currentTimeMillis() / 1000 * 1000;
    try (var s3 = new S3Server(directory.resolve("s3")).start();
        var server = s3.configure(new FoursightProcess(directory.resolve("server"))).start();
        var api = new PrometheusApi(server.url() + "/prometheus")) {
      write(server, end, 0);
      assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
      JsonNode before = api.query("sum by (n) (count_over_time(kept[6h]))", end / 1000.0).result();
      assertThat(before).hasSize(SERIES);
      server.stop();
      server.deleteData();
      server.start();
      JsonNode after = api.query("sum by (n) (count_over_time(kept[6h]))", end / 1000.0).result();
      assertThat(after).isEqualTo(before);
      assertThat(
              api.query("sum(count_over_time(kept[6h]))", end / 1000.0)
                  .result()
                  .path(0)
                  .path("value")
                  .path(1)
                  .asText())
          .isEqualTo(String.valueOf(SERIES * SAMPLES));
    }
  }

  @Test
  void writesGoOn_whileTheStoreIsAway_andFlushCatchesUp(@TempDir Path directory) throws Exception {
    long end = System.currentTimeMillis() / 1000 * 1000;
    try (var s3 = new S3Server(directory.resolve("s3")).start();
        var server = s3.configure(new FoursightProcess(directory.resolve("server"))).start();
        var api = new PrometheusApi(server.url() + "/prometheus")) {
      write(server, end, 0);
      s3.stop();
      server.post("/ingester/flush", new byte[0]);
      write(server, end, 1);
      // Recent data are answered by the ingester as long as the store is not needed; a killed
      // server replays them.
      server.kill();
      s3.start();
      server.start();
      assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
      for (int round = 0; round < 2; round++) {
        var counted =
            api.query("sum(count_over_time(kept{round=\"" + round + "\"}[6h]))", end / 1000.0);
        assertThat(counted.result().path(0).path("value").path(1).asText())
            .isEqualTo(String.valueOf(SERIES * SAMPLES));
      }
    }
  }

  private static void write(FoursightProcess server, long end, int round) throws Exception {
    long start = end - Duration.ofHours(5).toMillis();
    var request = new WriteRequest();
    for (int n = 0; n < SERIES; n++) {
      var timestamps = new long[SAMPLES];
      var values = new double[SAMPLES];
      for (int i = 0; i < SAMPLES; i++) {
        timestamps[i] = start + i * 15_000L;
        values[i] = n * 1000.0 + i;
      }
      request.series(
          Map.of("__name__", "kept", "n", String.valueOf(n), "round", String.valueOf(round)),
          timestamps,
          values);
    }
    var response = server.post("/api/v1/push", request.snappy(), WriteRequest.HEADERS);
    assertThat(response.statusCode()).as(response.body()).isIn(200, 204);
  }
}
