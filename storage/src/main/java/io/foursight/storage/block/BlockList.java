package io.foursight.storage.block;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// `block-list.json.gz`: `{"version":1,"updated_millis":..,"blocks":[<meta without checksum>..]}`.
/// It spares a reader that starts one request a block. It is never the truth: which blocks exist is
/// what a listing says, and a block that the list does not have is read from its own `meta.json`.
final class BlockList {
  private static final int VERSION = 1;

  private BlockList() {}

  static byte[] encode(Collection<BlockMeta> metas, long nowMillis) {
    ObjectNode root = BlockMetaCodec.JSON.createObjectNode();
    root.put("version", VERSION).put("updated_millis", nowMillis);
    ArrayNode blocks = root.putArray("blocks");
    metas.forEach(meta -> blocks.add(BlockMetaCodec.JSON.<ObjectNode>valueToTree(meta)));
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      BlockMetaCodec.JSON.writeValue(gzip, root);
    } catch (IOException e) {
      throw new FoursightException(ErrorKind.INTERNAL, "block list", e);
    }
    return bytes.toByteArray();
  }

  /// @throws FoursightException `CORRUPT` when it cannot be read or is of another version; callers
  ///   can do without it
  static List<BlockMeta> decode(byte[] bytes, String place) {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      var root = BlockMetaCodec.JSON.readTree(gzip);
      if (root.path("version").asInt() != VERSION) {
        throw FoursightException.corrupt(place + " has version " + root.path("version"));
      }
      var metas = new ArrayList<BlockMeta>();
      for (var node : root.path("blocks")) {
        metas.add(BlockMetaCodec.JSON.treeToValue(node, BlockMeta.class));
      }
      return metas;
    } catch (IOException e) {
      throw new FoursightException(ErrorKind.CORRUPT, place + ": " + e.getMessage(), e);
    }
  }
}
