package io.foursight.storage.metrics.prometheus;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What `meta.json` of a Prometheus block says, as far as we need it.
///
/// @param minTimeMillis inclusive
/// @param maxTimeMillis **exclusive**
public record PrometheusBlockMeta(
    String ulid, long minTimeMillis, long maxTimeMillis, long samples, long series, long chunks) {
  static final String FILE = "meta.json";

  /// @throws FoursightException `NOT_FOUND` without a `meta.json`, `CORRUPT` when it makes no
  ///   sense, `UNIMPLEMENTED` for a version other than 1
  public static PrometheusBlockMeta read(Path block) {
    Path file = block.resolve(FILE);
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (json.path("version").asInt() != 1) {
        throw new FoursightException(
            ErrorKind.UNIMPLEMENTED, file + ": version " + json.path("version") + ", not 1");
      }
      JsonNode stats = json.path("stats");
      return new PrometheusBlockMeta(
          json.path("ulid").asText(),
          json.path("minTime").asLong(),
          json.path("maxTime").asLong(),
          stats.path("numSamples").asLong(),
          stats.path("numSeries").asLong(),
          stats.path("numChunks").asLong());
    } catch (JacksonException e) {
      throw FoursightException.corrupt(file + ": " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.NOT_FOUND, "no Prometheus block: cannot read " + file, e);
    }
  }

  void write(Path block, long floatSamples) throws IOException {
    var mapper = new ObjectMapper();
    var json = mapper.createObjectNode();
    json.put("ulid", ulid);
    json.put("minTime", minTimeMillis);
    json.put("maxTime", maxTimeMillis);
    var stats = json.putObject("stats");
    stats.put("numSamples", samples);
    stats.put("numFloatSamples", floatSamples);
    stats.put("numHistogramSamples", samples - floatSamples);
    stats.put("numSeries", series);
    stats.put("numChunks", chunks);
    var compaction = json.putObject("compaction");
    compaction.put("level", 1);
    compaction.putArray("sources").add(ulid);
    json.put("version", 1);
    Files.write(
        block.resolve(FILE), mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }
}
