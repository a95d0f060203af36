package io.foursight.storage.block;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// `meta.json`: the fields of [BlockMeta] in snake case and `checksum`, the CRC-32C (8 hex digits)
/// of the same object without it, written compactly. Fields that this program does not know are
/// part of the checksum and otherwise ignored.
///
/// ```
/// {"version":1,"id":"01J...","format":"storage.metrics.block.v1","min_time_millis":0,"max_time_millis":7199999,
///  "level":1,"sources":["01J..."],"parents":[],"files":[{"name":"index","size_bytes":12}],"stats":{"series":3},
///  "created_millis":1700000000000,"checksum":"89abcdef"}
/// ```
public final class BlockMetaCodec {
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private static final String CHECKSUM = "checksum";

  private BlockMetaCodec() {}

  public static byte[] encode(BlockMeta meta) {
    try {
      ObjectNode node = JSON.valueToTree(meta);
      node.put(CHECKSUM, checksum(node));
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new FoursightException(ErrorKind.INTERNAL, "meta.json of block " + meta.id(), e);
    }
  }

  /// @param place the key or path, for messages
  /// @throws FoursightException `CORRUPT` when it is no meta.json or fails its checksum,
  ///   `UNIMPLEMENTED` when a newer program wrote it
  public static BlockMeta decode(byte[] bytes, String place) {
    try {
      JsonNode tree = JSON.readTree(bytes);
      if (!(tree instanceof ObjectNode node) || !node.path("version").isInt()) {
        throw FoursightException.corrupt(place + " is no block meta: it has no version");
      }
      int version = node.path("version").intValue();
      if (version > BlockMeta.VERSION) {
        throw new FoursightException(
            ErrorKind.UNIMPLEMENTED,
            place
                + " has version "
                + version
                + ", written by a newer program; this one reads up to "
                + BlockMeta.VERSION);
      }
      JsonNode stored = node.remove(CHECKSUM);
      String computed = checksum(node);
      if (stored == null || !stored.asText().equals(computed)) {
        throw FoursightException.corrupt(
            place + " fails its checksum: it says " + stored + ", its content gives " + computed);
      }
      return JSON.treeToValue(node, BlockMeta.class);
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.CORRUPT, place + " is no block meta: " + e.getMessage(), e);
    }
  }

  private static String checksum(ObjectNode node) throws JsonProcessingException {
    var crc = new CRC32C();
    crc.update(JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }
}
