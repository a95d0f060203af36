package io.foursight.wire.logs;

import io.foursight.model.logs.LogsBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// A batch as text, one line an entry: `{labels} time line {metadata}`.
public final class Entries {
  private Entries() {}

  public static List<String> of(LogsBatch batch) {
    var all = new ArrayList<String>();
    for (int s = 0; s < batch.streamCount(); s++) {
      for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
        var metadata = new TreeMap<String, String>();
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          metadata.put(
              text(batch, batch.nameOffset(p), batch.nameLength(p)),
              text(batch, batch.valueOffset(p), batch.valueLength(p)));
        }
        all.add(
            batch.labels(s)
                + " "
                + batch.timestamps()[e]
                + " "
                + text(batch, batch.lineOffset(e), batch.lineLength(e))
                + " "
                + metadata);
      }
    }
    return all;
  }

  private static String text(LogsBatch batch, int offset, int length) {
    return new String(batch.body(), offset, length, StandardCharsets.UTF_8);
  }
}
