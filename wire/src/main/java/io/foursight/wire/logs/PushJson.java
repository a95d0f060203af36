package io.foursight.wire.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsBatch;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Reads Loki's JSON push in one pass:
///
/// ```
/// {"streams":[{"stream":{"app":"x"},"values":[["<ns>","line",{"name":"value"}], ...]}]}
/// {"streams":[{"labels":"{app=\"x\"}","entries":[{"ts":"<RFC 3339>","line":"line"}]}]}      the older form
/// ```
///
/// Times and lines must be strings; the third element is optional. Unescaped strings are written to
/// an array that becomes the batch's body. Reusable; owned by one thread. Errors: `BAD_DATA`. A
/// stream whose labels are no labels is in the batch with none of them; [#streams] tells.
public final class PushJson {
  /// An array that grew larger than this is not kept.
  private static final int MAX_KEPT = 8 << 20;

  private final JsonCursor in = new JsonCursor();
  private final LabelCache objects = new LabelCache(PushJson::labels);
  private final LabelCache texts = new LabelCache(LabelText::parse);
  private final List<StreamLabels> streams = new ArrayList<>();
  private final MetadataPairs pairs = new MetadataPairs();
  private byte[] json = {};
  private byte[] out = {};
  private int size;

  /// @param bytes the text; not referred to afterwards
  public void decode(byte[] bytes, LogsBatch batch) {
    streams.clear();
    json = bytes;
    int room = bytes.length + 2 * JsonCursor.SLACK + 128;
    if (out.length < room || out.length > MAX_KEPT) {
      out = new byte[room];
    }
    size = 0;
    batch.reset(out, 0);
    in.reset(bytes, 0, bytes.length);
    in.expect('{', "at the beginning");
    for (boolean first = true; in.more(first, '}'); first = false) {
      String key = key();
      if (key.equals("streams")) {
        streams(batch);
      } else {
        in.skip();
      }
    }
    in.end();
    batch.body(out, size);
  }

  /// What the labels of each stream of the batch decoded last came to.
  public List<StreamLabels> streams() {
    return streams;
  }

  private String key() {
    String key = in.text();
    in.expect(':', "behind a key");
    return key;
  }

  private void streams(LogsBatch batch) {
    if (isNull()) {
      return;
    }
    in.expect('[', "before the streams");
    for (boolean first = true; in.more(first, ']'); first = false) {
      stream(batch);
    }
  }

  private boolean isNull() {
    if (in.peek() == 'n') {
      in.skip();
      return true;
    }
    return false;
  }

  private void stream(LogsBatch batch) {
    int stream = batch.beginStream(Labels.EMPTY);
    streams.add(StreamLabels.of(Labels.EMPTY));
    in.expect('{', "before a stream");
    for (boolean first = true; in.more(first, '}'); first = false) {
      switch (key()) {
        case "stream" -> {
          in.peek();
          int start = in.position();
          in.skip();
          found(batch, stream, objects.get(json, start, in.position() - start));
        }
        case "labels" -> {
          byte[] text = in.text().getBytes(StandardCharsets.UTF_8);
          found(batch, stream, texts.get(text, 0, text.length));
        }
        case "values" -> values(batch);
        case "entries" -> entries(batch);
        default -> in.skip();
      }
    }
  }

  private void found(LogsBatch batch, int stream, StreamLabels labels) {
    streams.set(stream, labels);
    batch.labels(stream, labels.labels());
  }

  private void values(LogsBatch batch) {
    if (isNull()) {
      return;
    }
    in.expect('[', "before the values");
    for (boolean first = true; in.more(first, ']'); first = false) {
      in.expect('[', "before an entry");
      long time = in.integer("the timestamp");
      in.expect(',', "behind the timestamp");
      int line = size;
      size = in.string(out, size);
      int length = size - line;
      pairs.clear();
      if (in.take(',')) {
        metadata();
      }
      in.expect(']', "behind an entry");
      batch.addEntry(time, line, length);
      pairs.emit(batch);
    }
  }

  private void metadata() {
    in.expect('{', "before structured metadata");
    for (boolean first = true; in.more(first, '}'); first = false) {
      int name = size;
      size = in.string(out, size);
      int value = size;
      in.expect(':', "behind a key");
      size = in.string(out, size);
      pairs.add(out, name, value - name, value, size - value);
    }
  }

  private void entries(LogsBatch batch) {
    if (isNull()) {
      return;
    }
    in.expect('[', "before the entries");
    for (boolean first = true; in.more(first, ']'); first = false) {
      long time = 0;
      int line = size;
      int length = 0;
      in.expect('{', "before an entry");
      for (boolean firstKey = true; in.more(firstKey, '}'); firstKey = false) {
        switch (key()) {
          case "ts", "timestamp" -> time = rfc3339(in.text());
          case "line" -> {
            line = size;
            size = in.string(out, size);
            length = size - line;
          }
          default -> in.skip();
        }
      }
      batch.addEntry(time, line, length);
    }
  }

  private long rfc3339(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return Times.nanos(time.getEpochSecond(), time.getNano());
    } catch (DateTimeException e) {
      throw in.error("\"" + text + "\" is no RFC 3339 time");
    }
  }

  /// The labels in a JSON object of strings.
  private static StreamLabels labels(byte[] bytes, int offset, int length) {
    var cursor = new JsonCursor();
    cursor.reset(bytes, offset, length);
    if (cursor.peek() == 'n') {
      return StreamLabels.of(Labels.EMPTY);
    }
    cursor.expect('{', "before the labels of a stream");
    var labels = new TreeMap<String, String>(Labels::compareText);
    String bad = "";
    String twice = "";
    for (boolean first = true; cursor.more(first, '}'); first = false) {
      String name = cursor.text();
      cursor.expect(':', "behind a key");
      String value = cursor.text();
      if (!LabelText.isName(name)) {
        bad = name;
      }
      if (labels.put(name, value) != null) {
        twice = name;
      }
    }
    var all = Labels.of(labels);
    if (!bad.isEmpty() || labels.containsKey("")) {
      return StreamLabels.refused(
          StreamLabels.INVALID,
          all.toString(),
          "error parsing labels '"
              + all
              + "' with error: 1:2: parse error: \""
              + bad
              + "\" is not a valid label name");
    }
    if (!twice.isEmpty()) {
      return StreamLabels.refused(
          StreamLabels.DUPLICATE,
          all.toString(),
          "stream '" + all + "' has duplicate label name: '" + twice + "'");
    }
    return StreamLabels.of(all);
  }
}
