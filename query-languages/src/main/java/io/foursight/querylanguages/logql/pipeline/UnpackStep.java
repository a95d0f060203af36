package io.foursight.querylanguages.logql.pipeline;

import java.util.Arrays;

/// `| unpack`: undoes the packing of labels into an object by Promtail's `pack` stage. Its texts
/// become labels and `_entry` the line; without `_entry` nothing changes.
final class UnpackStep implements Step {
  private static final byte[] ENTRY = {'_', 'e', 'n', 't', 'r', 'y'};

  private static final int CUT = -2;

  private final Keys keys;
  private final Wanted wanted;
  private final Texts texts;

  UnpackStep(Keys keys, Wanted wanted, Texts texts) {
    this.keys = keys;
    this.wanted = wanted;
    this.texts = texts;
  }

  @Override
  public boolean apply(Row row) {
    row.labels.beginPass();
    byte[] b = row.line;
    int end = row.offset + row.length;
    if (row.length == 0) {
      return true;
    }
    if (b[row.offset] != '{') {
      row.labels.error(JsonStep.ERROR, "expecting json object(6), but it is not");
      return true;
    }
    // Once to see whether it is a packed entry at all, once more to take it apart.
    int entry = find(b, row.offset, end);
    if (entry == Json.BROKEN) {
      row.labels.error(
          JsonStep.ERROR, "Value looks like object, but can't find closing '}' symbol");
    } else if (entry == CUT) {
      row.labels.error(JsonStep.ERROR, JsonStep.MALFORMED);
    } else if (entry > 0) {
      labels(row, b, row.offset, end);
      if (texts.escaped(b, entry + 1, Json.skipString(b, entry, end) - 1)) {
        row.line(texts.bytes, texts.offset, texts.length);
      } else {
        row.line(b, entry, 0);
      }
    }
    return true;
  }

  /// Where the packed line begins; 0 when there is none, [Json#BROKEN] when the object is broken,
  /// [#CUT] when it ends before a value.
  private int find(byte[] b, int open, int end) {
    int entry = 0;
    int at = Json.skipBlank(b, open + 1, end);
    while (at < end && b[at] == '"') {
      int keyStart = at + 1;
      at = Json.skipString(b, at, end);
      if (at < 0) {
        return Json.BROKEN;
      }
      boolean isEntry = isEntry(b, keyStart, at - 1);
      at = Json.skipBlank(b, at, end);
      if (at == end || b[at] != ':') {
        return Json.BROKEN;
      }
      int value = Json.skipBlank(b, at + 1, end);
      if (value == end) {
        return CUT;
      }
      at = Json.skipValue(b, value, end);
      if (at < 0) {
        return Json.BROKEN;
      }
      entry = isEntry && b[value] == '"' ? value : entry;
      at = Json.skipBlank(b, at, end);
      if (at < end && b[at] == ',') {
        at = Json.skipBlank(b, at + 1, end);
      }
    }
    return at < end && b[at] == '}' ? entry : Json.BROKEN;
  }

  private static boolean isEntry(byte[] b, int from, int to) {
    return Arrays.equals(b, from, to, ENTRY, 0, ENTRY.length);
  }

  /// Of an object that is known to be whole.
  private void labels(Row row, byte[] b, int open, int end) {
    int at = Json.skipBlank(b, open + 1, end);
    while (b[at] == '"') {
      int keyStart = at + 1;
      at = Json.skipString(b, at, end);
      int keyEnd = at - 1;
      int value = Json.skipBlank(b, Json.skipBlank(b, at, end) + 1, end);
      at = Json.skipValue(b, value, end);
      if (b[value] == '"' && !isEntry(b, keyStart, keyEnd)) {
        int label = keys.label(keys.key(Keys.ROOT, b, keyStart, keyEnd - keyStart));
        if (label != Keys.NO_LABEL && wanted.is(label) && texts.escaped(b, value + 1, at - 1)) {
          row.labels.addParsed(label, texts.bytes, texts.offset, texts.length);
        }
      }
      at = Json.skipBlank(b, at, end);
      if (b[at] == ',') {
        at = Json.skipBlank(b, at + 1, end);
      }
    }
  }
}
