package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.logql.pipeline.JsonPath.Field;
import io.foursight.querylanguages.logql.pipeline.JsonPath.Index;
import io.foursight.querylanguages.logql.pipeline.JsonPath.PathStep;
import java.util.Arrays;
import java.util.List;

/// `| json a="x.y[0]"`: the named values, texts unescaped, objects and arrays as they stand. What
/// is not there is the empty text.
final class JsonPathStep implements Step {
  private final int[] labels;
  private final List<JsonPath> paths;
  private final Texts texts;

  JsonPathStep(int[] labels, List<JsonPath> paths, Texts texts) {
    this.labels = labels;
    this.paths = paths;
    this.texts = texts;
  }

  @Override
  public boolean apply(Row row) {
    row.labels.beginPass();
    if (row.length == 0) {
      return true;
    }
    byte[] b = row.line;
    int from = row.offset;
    int end = from + row.length;
    if (b[from] != '{' && b[from] != '[' && b[from] != '"') {
      row.labels.error(JsonStep.ERROR, "");
      return true;
    }
    for (int i = 0; i < labels.length; i++) {
      int at = from;
      for (PathStep step : paths.get(i).steps()) {
        at = at < 0 ? at : value(b, at, end, step);
      }
      extract(row, labels[i], b, at, end);
    }
    return true;
  }

  private void extract(Row row, int label, byte[] b, int at, int end) {
    int to = at < 0 ? -1 : Json.skipValue(b, at, end);
    if (to < 0 || Json.isNull(b, at)) {
      if (row.labels.find(label) < 0) {
        row.labels.addParsed(label, b, row.offset, 0);
      }
    } else if (b[at] != '"') {
      row.labels.addParsed(label, b, at, to - at);
    } else if (texts.escaped(b, at + 1, to - 1)) {
      row.labels.addParsed(label, texts.bytes, texts.offset, texts.length);
    } else {
      row.labels.addParsed(label, b, at, 0);
    }
  }

  /// Where the value of one step begins, or [Json#BROKEN].
  private int value(byte[] b, int from, int end, PathStep step) {
    int at = Json.skipBlank(b, from, end);
    if (at == end) {
      return Json.BROKEN;
    }
    return switch (step) {
      case Field f -> b[at] == '{' ? field(b, at, end, f.name()) : Json.BROKEN;
      case Index i -> b[at] == '[' ? element(b, at, end, i.index()) : Json.BROKEN;
    };
  }

  private int field(byte[] b, int open, int end, byte[] name) {
    int at = Json.skipBlank(b, open + 1, end);
    while (at < end && b[at] == '"') {
      int keyStart = at + 1;
      at = Json.skipString(b, at, end);
      if (at < 0) {
        return Json.BROKEN;
      }
      boolean found = isKey(b, keyStart, at - 1, name);
      at = Json.skipBlank(b, at, end);
      if (at == end || b[at] != ':') {
        return Json.BROKEN;
      }
      at = Json.skipBlank(b, at + 1, end);
      if (found) {
        return at < end ? at : Json.BROKEN;
      }
      at = next(b, at, end);
    }
    return Json.BROKEN;
  }

  private int element(byte[] b, int open, int end, int index) {
    int at = Json.skipBlank(b, open + 1, end);
    for (int i = 0; i < index && at < end && b[at] != ']'; i++) {
      at = next(b, at, end);
    }
    return at < end && b[at] != ']' ? at : Json.BROKEN;
  }

  /// Past a value and the comma behind it; `end` when there is none.
  private static int next(byte[] b, int value, int end) {
    int at = Json.skipValue(b, value, end);
    if (at < 0) {
      return end;
    }
    at = Json.skipBlank(b, at, end);
    return at < end && b[at] == ',' ? Json.skipBlank(b, at + 1, end) : end;
  }

  private boolean isKey(byte[] b, int from, int to, byte[] name) {
    if (Arrays.equals(b, from, to, name, 0, name.length)) {
      return true;
    }
    for (int i = from; i < to; i++) {
      if (b[i] == '\\') {
        texts.escaped(b, from, to);
        return Arrays.equals(
            texts.bytes, texts.offset, texts.offset + texts.length, name, 0, name.length);
      }
    }
    return false;
  }
}
