package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The contract over HTTP against an S3 server in this process.
class S3ObjectStoreTest extends ObjectStoreContract {
  private static TestS3Server server;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestS3Server.start();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @Override
  ObjectStore open() {
    return new S3ObjectStore(server.config(), server.newBucket());
  }

  /// Retries, hedging, counters and prefix around it, as a process has them.
  @Test
  void configuredPlaces_shareABucketAndDoNotMeet() {
    StorageConfig d = StorageConfig.defaults();
    S3Config s3 = server.config();
    var config =
        new StorageConfig(
            "s3",
            "unused",
            d.filesystem(),
            new S3Config(s3.endpoint(), "", server.newBucket(), "key", "secret", true, true),
            d.cache(),
            d.metrics(),
            d.logs(),
            d.traces(),
            d.profiles(),
            d.ruler(),
            d.alertmanager());
    var registry = new SimpleMeterRegistry();
    try (var metrics = ObjectStores.open(config, Signal.METRICS, registry);
        var logs = ObjectStores.open(config, Signal.LOGS, registry)) {
      metrics.put("t/b/meta.json", new byte[] {1, 2, 3});
      assertThat(metrics.get("t/b/meta.json", 1, 1)).contains(new byte[] {2});
      assertThat(metrics.listFolder("").folders()).containsExactly("t/");
      assertThat(logs.list("")).isEmpty();
      assertThat(metrics.putIfAbsent("t/b/meta.json", new byte[1])).isFalse();
    }
  }

  @Test
  void missingBucket_isAnErrorAndNotAnAbsentObject() {
    try (var store = new S3ObjectStore(server.config(), "no-such-bucket")) {
      assertThatThrownBy(() -> store.get("a"))
          .hasMessageContaining("no-such-bucket")
          .extracting(e -> ((FoursightException) e).kind())
          .isEqualTo(ErrorKind.INTERNAL);
    }
  }

  @Test
  void nobodyListening_isUnavailable() {
    var config = new S3Config("127.0.0.1:1", "", "b-b-b", "k", "s", true, true);
    try (var store = new S3ObjectStore(config, "b-b-b")) {
      assertThatThrownBy(() -> store.put("a", new byte[1]))
          .extracting(e -> ((FoursightException) e).kind())
          .isEqualTo(ErrorKind.UNAVAILABLE);
    }
  }

  @Test
  void endpoint_takesHostAndPortOrUrl() {
    assertThat(S3ObjectStore.endpoint(endpoint("minio:9000", true)))
        .hasToString("http://minio:9000");
    assertThat(S3ObjectStore.endpoint(endpoint("s3.example.com", false)))
        .hasToString("https://s3.example.com");
    assertThat(S3ObjectStore.endpoint(endpoint("http://x:1/", false))).hasToString("http://x:1/");
    assertThatThrownBy(() -> S3ObjectStore.endpoint(endpoint("a b", false)))
        .hasMessageContaining("storage.s3.endpoint");
  }

  private static S3Config endpoint(String endpoint, boolean insecure) {
    return new S3Config(endpoint, "", "", "", "", false, insecure);
  }
}
