package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Signal;
import io.foursight.storage.object.StorageConfig.Place;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageConfigTest {
  @TempDir Path dir;

  private StorageConfig config(Place metrics, Place logs) {
    StorageConfig d = StorageConfig.defaults();
    return new StorageConfig(
        "filesystem",
        dir.toString(),
        d.filesystem(),
        d.s3(),
        d.cache(),
        metrics,
        logs,
        d.traces(),
        d.profiles(),
        d.ruler(),
        d.alertmanager());
  }

  @Test
  void defaults_areADirectoryWithAPlaceForEach() {
    StorageConfig d = StorageConfig.defaults();
    assertThat(d.backend()).isEqualTo("filesystem");
    assertThat(d.objectsPath()).isEqualTo(Path.of("./data/objects"));
    for (Signal signal : Signal.values()) {
      assertThat(d.place(signal)).isEqualTo(new Place("", signal.plural()));
    }
  }

  @Test
  void samePlace_isAStartupErrorThatNamesBoth() {
    assertThatThrownBy(() -> config(new Place("", "x"), new Place("", "x/")))
        .hasMessageContaining("storage.metrics")
        .hasMessageContaining("storage.logs");
  }

  @Test
  void placeInsideAnother_isAStartupError() {
    assertThatThrownBy(() -> config(new Place("", "x"), new Place("", "x/logs")))
        .hasMessageContaining("lie in each other");
    assertThatThrownBy(() -> config(new Place("", ""), new Place("", "logs")))
        .hasMessageContaining("lie in each other");
  }

  @Test
  void sameNameBeginning_isNoConflict() {
    assertThat(config(new Place("", "x"), new Place("", "x2")).metrics().prefix()).isEqualTo("x");
    assertThat(config(new Place("a", "x"), new Place("b", "x")).logs().bucketName()).isEqualTo("b");
  }

  @Test
  void unknownBackend_isNamed() {
    StorageConfig d = StorageConfig.defaults();
    assertThatThrownBy(() ->
            new StorageConfig(
                "ftp",
                "x",
                d.filesystem(),
                d.s3(),
                d.cache(),
                d.metrics(),
                d.logs(),
                d.traces(),
                d.profiles(),
                d.ruler(),
                d.alertmanager()))
        .hasMessageContaining("\"ftp\"");
  }

  @Test
  void placesOfOneDirectory_doNotMeet() {
    StorageConfig config = config(new Place("", "metrics"), new Place("bucket", "logs"));
    var registry = new SimpleMeterRegistry();
    try (var metrics = ObjectStores.open(config, Signal.METRICS, registry);
        var logs = ObjectStores.open(config, Signal.LOGS, registry)) {
      metrics.put("t/a", new byte[3]);
      logs.put("t/b", new byte[1]);
      assertThat(metrics.list("")).hasSize(1);
      assertThat(logs.list("")).hasSize(1);
      assertThat(dir.resolve("objects/metrics/t/a")).exists();
      assertThat(dir.resolve("objects/bucket/logs/t/b")).exists();
      assertThat(
              registry
                  .get("foursight_object_store_written_bytes_total")
                  .tag("place", "metrics")
                  .counter()
                  .count())
          .isEqualTo(3);
    }
  }
}
