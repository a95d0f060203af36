package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.text.ByteSearch;

/// `| json`: every text, number and truth value of an object becomes a label; arrays and `null` are
/// left out. What was found before the object turned out to be broken stays.
final class JsonStep implements Step {
  static final String ERROR = "JSONParserErr";
  static final String MALFORMED = "Malformed JSON error";
  private static final int MAX_DEPTH = 128;

  private final Keys keys;
  private final Wanted wanted;
  private final Texts texts;

  JsonStep(Keys keys, Wanted wanted, Texts texts) {
    this.keys = keys;
    this.wanted = wanted;
    this.texts = texts;
  }

  @Override
  public boolean apply(Row row) {
    row.labels.beginPass();
    String problem = object(row, row.line, row.offset, row.offset + row.length, Keys.ROOT, 0);
    if (!problem.isEmpty()) {
      row.labels.error(ERROR, problem);
    }
    return true;
  }

  /// What is wrong with the object, or empty.
  private String object(Row row, byte[] b, int from, int end, int parent, int depth) {
    int at = Json.skipBlank(b, from, end);
    if (at == end || b[at] != '{' || depth > MAX_DEPTH) {
      return "Value looks like object, but can't find closing '}' symbol";
    }
    at = Json.skipBlank(b, at + 1, end);
    while (at < end) {
      if (b[at] == '}') {
        return "";
      }
      if (b[at] != '"') {
        return "Value looks like object, but can't find closing '}' symbol";
      }
      int keyStart = at + 1;
      int keyEnd = ByteSearch.indexOfEither(b, keyStart, end, (byte) '"', (byte) '\\');
      at = keyEnd >= 0 && b[keyEnd] == '"' ? keyEnd + 1 : Json.skipString(b, at, end);
      if (at < 0) {
        return "Value is string, but can't find closing '\"' symbol";
      }
      int key =
          keyEnd == at - 1
              ? keys.key(parent, b, keyStart, keyEnd - keyStart)
              : escapedKey(parent, b, keyStart, at - 1);
      at = Json.skipBlank(b, at, end);
      if (at == end || b[at] != ':') {
        return MALFORMED;
      }
      at = Json.skipBlank(b, at + 1, end);
      if (at == end) {
        return MALFORMED;
      }
      int value = at;
      at = Json.skipValue(b, at, end);
      if (at < 0) {
        return "Unknown value type";
      }
      if (b[value] == '{') {
        String problem = object(row, b, value, at, key, depth + 1);
        if (!problem.isEmpty()) {
          return problem;
        }
      } else {
        value(row, b, value, at, key);
      }
      at = Json.skipBlank(b, at, end);
      if (at < end && b[at] == ',') {
        at = Json.skipBlank(b, at + 1, end);
      } else if (at == end || b[at] != '}') {
        break;
      }
    }
    return "Value looks like object, but can't find closing '}' symbol";
  }

  private int escapedKey(int parent, byte[] b, int from, int to) {
    texts.escaped(b, from, to);
    return keys.key(parent, texts.bytes, texts.offset, texts.length);
  }

  private void value(Row row, byte[] b, int from, int to, int key) {
    int label = keys.label(key);
    if (label == Keys.NO_LABEL || b[from] == '[' || Json.isNull(b, from) || !wanted.is(label)) {
      return;
    }
    if (b[from] != '"') {
      row.labels.addParsed(label, b, from, to - from);
    } else if (texts.escaped(b, from + 1, to - 1)) {
      row.labels.addParsed(label, texts.bytes, texts.offset, texts.length);
    } else {
      row.labels.addParsed(label, b, from, 0);
    }
  }
}
