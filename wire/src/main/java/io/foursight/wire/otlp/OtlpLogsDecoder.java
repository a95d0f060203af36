package io.foursight.wire.otlp;

import com.google.protobuf.CodedInputStream;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.FieldName;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.MetadataPairs;
import io.foursight.wire.otlp.OtlpAttributeRules.Action;
import io.foursight.wire.protobuf.ProtoReader;
import io.opentelemetry.proto.common.v1.AnyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;

/// Reads an `ExportLogsServiceRequest` into a [LogsBatch] as Loki maps it: chosen resource
/// attributes are stream labels (under their answered names, [FieldName]), everything else
/// structured metadata, the body's text the line. Lines and texts stay where they are in the
/// message; what has to be made (numbers, hex ids, joined names) is put behind it.
///
/// | structured metadata | from |
/// | --- | --- |
/// | attribute names as they are, maps flattened with `_` | resource, scope, record; the later wins |
/// | `resource_dropped_attributes_count` | resource |
/// | `scope_name`, `scope_version`, `scope_dropped_attributes_count` | scope |
/// | `severity_number`, `severity_text`, `dropped_attributes_count`, `flags`, `trace_id`, `span_id`, `event_name` | record |
/// | `observed_timestamp` | record, when it has both times |
///
/// Reusable; owned by one thread. Errors: `BAD_DATA` for bytes that are no such message.
public final class OtlpLogsDecoder {
  private static final int BYTES_1 = ProtoReader.tagOf(1, ProtoReader.BYTES);
  private static final int BYTES_2 = ProtoReader.tagOf(2, ProtoReader.BYTES);
  private static final int BYTES_3 = ProtoReader.tagOf(3, ProtoReader.BYTES);
  private static final int BYTES_5 = ProtoReader.tagOf(5, ProtoReader.BYTES);
  private static final int BYTES_6 = ProtoReader.tagOf(6, ProtoReader.BYTES);
  private static final int BYTES_9 = ProtoReader.tagOf(9, ProtoReader.BYTES);
  private static final int BYTES_10 = ProtoReader.tagOf(10, ProtoReader.BYTES);
  private static final int BYTES_12 = ProtoReader.tagOf(12, ProtoReader.BYTES);
  private static final int INT_2 = ProtoReader.tagOf(2, ProtoReader.VARINT);
  private static final int INT_4 = ProtoReader.tagOf(4, ProtoReader.VARINT);
  private static final int INT_7 = ProtoReader.tagOf(7, ProtoReader.VARINT);
  private static final int FIXED_1 = ProtoReader.tagOf(1, ProtoReader.FIXED64);
  private static final int FIXED_8 = ProtoReader.tagOf(8, ProtoReader.FIXED32);
  private static final int FIXED_11 = ProtoReader.tagOf(11, ProtoReader.FIXED64);
  private static final int MAX_DEPTH = 16;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /// Names that this class makes; they lie in one block of bytes that is put behind the message.
  private enum Field {
    RESOURCE_DROPPED_ATTRIBUTES_COUNT,
    SCOPE_NAME,
    SCOPE_VERSION,
    SCOPE_DROPPED_ATTRIBUTES_COUNT,
    SEVERITY_NUMBER,
    SEVERITY_TEXT,
    DROPPED_ATTRIBUTES_COUNT,
    FLAGS,
    TRACE_ID,
    SPAN_ID,
    EVENT_NAME,
    OBSERVED_TIMESTAMP;

    private static final byte[] NAMES;

    static {
      var all = new StringBuilder();
      for (Field field : values()) {
        field.start = all.length();
        all.append(field.text);
      }
      NAMES = all.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private final String text = name().toLowerCase(Locale.ROOT);
    private int start;
  }

  private final ProtoReader in = new ProtoReader();
  private final MetadataPairs pairs = new MetadataPairs();
  private final TreeMap<String, String> labels = new TreeMap<>(Labels::compareText);
  private final TreeMap<String, String> recordLabels = new TreeMap<>(Labels::compareText);
  private LogsBatch batch = new LogsBatch(new byte[0]);
  private OtlpLogsOptions options = OtlpLogsOptions.DEFAULT;
  private long nowNanos;
  private int[] resourcePairs = {};
  private int[] scopePairs = {};
  private int textOffset;
  private int textLength;
  private int names;
  private Labels stream = Labels.EMPTY;
  private final byte[] hexText = new byte[32];

  /// @param message the uncompressed message; the batch refers to it
  /// @param nowNanos the time of records without any
  public void decode(byte[] message, OtlpLogsOptions options, long nowNanos, LogsBatch into) {
    batch = into;
    batch.reset(message);
    this.options = options;
    this.nowNanos = nowNanos;
    names = batch.append(Field.NAMES, 0, Field.NAMES.length);
    in.reset(message, 0, message.length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        resourceLogs();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  /// The resource may stand behind its records: it is looked for first.
  private void resourceLogs() {
    int start = in.position();
    labels.clear();
    pairs.clear();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        resource();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    resourcePairs = pairs.copy(pairs.size());
    stream = Labels.of(labels);
    boolean begun = false;
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        if (!begun) {
          batch.beginStream(stream);
          begun = true;
        }
        int outer = in.enter();
        scopeLogs();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void resource() {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        attribute(options.resource(), labels);
        in.leave(outer);
      } else if (tag == INT_2) {
        count(Field.RESOURCE_DROPPED_ATTRIBUTES_COUNT, in.varint());
      } else {
        in.skip(tag);
      }
    }
  }

  private void scopeLogs() {
    int start = in.position();
    pairs.restore(resourcePairs);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        scope();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    scopePairs = pairs.copy(pairs.size());
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        int outer = in.enter();
        logRecord();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void scope() {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        text(Field.SCOPE_NAME);
      } else if (tag == BYTES_2) {
        text(Field.SCOPE_VERSION);
      } else if (tag == BYTES_3) {
        int outer = in.enter();
        attribute(options.scope(), labels);
        in.leave(outer);
      } else if (tag == INT_4) {
        count(Field.SCOPE_DROPPED_ATTRIBUTES_COUNT, in.varint());
      } else {
        in.skip(tag);
      }
    }
  }

  private void logRecord() {
    pairs.restore(scopePairs);
    long time = 0;
    long observed = 0;
    textOffset = 0;
    textLength = 0;
    int body = 0;
    int bodyLength = 0;
    recordLabels.clear();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == FIXED_1) {
        time = in.fixed64();
      } else if (tag == INT_2) {
        count(Field.SEVERITY_NUMBER, in.varint());
      } else if (tag == BYTES_3) {
        text(Field.SEVERITY_TEXT);
      } else if (tag == BYTES_5) {
        int outer = in.enter();
        value(in.position(), in.limit());
        body = textOffset;
        bodyLength = textLength;
        in.leave(outer);
      } else if (tag == BYTES_6) {
        int outer = in.enter();
        attribute(options.log(), recordLabels);
        in.leave(outer);
      } else if (tag == INT_7) {
        count(Field.DROPPED_ATTRIBUTES_COUNT, in.varint());
      } else if (tag == FIXED_8) {
        count(Field.FLAGS, in.fixed32());
      } else if (tag == BYTES_9) {
        hex(Field.TRACE_ID);
      } else if (tag == BYTES_10) {
        hex(Field.SPAN_ID);
      } else if (tag == FIXED_11) {
        observed = in.fixed64();
      } else if (tag == BYTES_12) {
        text(Field.EVENT_NAME);
      } else {
        in.skip(tag);
      }
    }
    if (time != 0 && observed != 0) {
      decimal(observed);
      add(Field.OBSERVED_TIMESTAMP, textOffset, textLength);
    }
    boolean own = !recordLabels.isEmpty();
    if (own) {
      labels.forEach(recordLabels::putIfAbsent);
      batch.beginStream(Labels.of(recordLabels));
    }
    batch.addEntry(time != 0 ? time : observed != 0 ? observed : nowNanos, body, bodyLength);
    pairs.emit(batch);
    if (own) {
      batch.beginStream(stream);
    }
  }

  /// A string field as structured metadata.
  private void text(Field field) {
    int n = in.length();
    add(field, in.position(), n);
    in.position(in.position() + n);
  }

  /// A number as structured metadata; zero is absent.
  private void count(Field field, long value) {
    if ((int) value != 0) {
      decimal(value & 0xffffffffL);
      add(field, textOffset, textLength);
    }
  }

  private void hex(Field field) {
    int n = in.length();
    byte[] from = in.array();
    byte[] text = n <= 16 ? hexText : new byte[2 * n];
    boolean zero = true;
    for (int i = 0; i < n; i++) {
      int b = from[in.position() + i];
      zero &= b == 0;
      text[2 * i] = HEX[b >> 4 & 15];
      text[2 * i + 1] = HEX[b & 15];
    }
    in.position(in.position() + n);
    if (!zero) {
      add(field, batch.append(text, 0, 2 * n), 2 * n);
    }
  }

  private void add(Field field, int valueOffset, int valueLength) {
    pairs.add(batch.body(), names + field.start, field.text.length(), valueOffset, valueLength);
  }

  /// One `KeyValue`, by the rules: a label, structured metadata or nothing.
  private void attribute(OtlpAttributeRules rules, TreeMap<String, String> asLabel) {
    int nameOffset = 0;
    int nameLength = 0;
    int value = -1;
    int valueEnd = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        nameLength = in.length();
        nameOffset = in.position();
        in.position(nameOffset + nameLength);
      } else if (tag == BYTES_2) {
        int n = in.length();
        value = in.position();
        valueEnd = value + n;
        in.position(valueEnd);
      } else {
        in.skip(tag);
      }
    }
    if (value < 0 || nameLength == 0) {
      return;
    }
    Action action =
        rules.isTrivial()
            ? Action.STRUCTURED_METADATA
            : rules.of(new String(in.array(), nameOffset, nameLength, StandardCharsets.UTF_8));
    if (action == Action.DROP) {
      return;
    }
    int after = in.position();
    flatten(nameOffset, nameLength, value, valueEnd, action, asLabel, 0);
    in.position(after);
  }

  private void flatten(
      int name,
      int nameSize,
      int value,
      int valueEnd,
      Action action,
      TreeMap<String, String> asLabel,
      int depth) {
    int limit = in.limit();
    in.reset(in.array(), value, valueEnd - value);
    int tag = in.tag();
    if (tag == BYTES_6 && depth < MAX_DEPTH) {
      int map = in.length();
      int mapStart = in.position();
      in.reset(in.array(), mapStart, map);
      for (int t = in.tag(); t != 0; t = in.tag()) {
        if (t != BYTES_1) {
          in.skip(t);
          continue;
        }
        int outer = in.enter();
        nested(name, nameSize, action, asLabel, depth);
        in.leave(outer);
      }
    } else {
      value(value, valueEnd);
      if (action == Action.INDEX_LABEL) {
        asLabel.put(FieldName.answered(string(name, nameSize)), string(textOffset, textLength));
      } else {
        pairs.add(batch.body(), name, nameSize, textOffset, textLength);
      }
    }
    in.reset(in.array(), value, limit - value);
  }

  private void nested(
      int name, int nameSize, Action action, TreeMap<String, String> asLabel, int depth) {
    int keyOffset = 0;
    int keyLength = 0;
    int value = -1;
    int valueEnd = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        keyLength = in.length();
        keyOffset = in.position();
        in.position(keyOffset + keyLength);
      } else if (tag == BYTES_2) {
        int n = in.length();
        value = in.position();
        valueEnd = value + n;
        in.position(valueEnd);
      } else {
        in.skip(tag);
      }
    }
    if (value < 0) {
      return;
    }
    String joined =
        string(name, nameSize)
            + "_"
            + new String(in.array(), keyOffset, keyLength, StandardCharsets.UTF_8);
    byte[] bytes = joined.getBytes(StandardCharsets.UTF_8);
    int at = batch.append(bytes, 0, bytes.length);
    int end = in.limit();
    flatten(at, bytes.length, value, valueEnd, action, asLabel, depth + 1);
    in.position(end);
  }

  private String string(int offset, int length) {
    return new String(batch.body(), offset, length, StandardCharsets.UTF_8);
  }

  /// The text of the `AnyValue` in a range, to `textOffset` and `textLength`; moves the reader.
  private void value(int start, int end) {
    textLength = 0;
    if (start == end) {
      return;
    }
    in.position(start);
    if (in.tag() == BYTES_1) {
      int n = in.length();
      if (in.position() + n == end) {
        textOffset = in.position();
        textLength = n;
        return;
      }
    }
    try {
      AnyValue any =
          AnyValue.parseFrom(CodedInputStream.newInstance(in.array(), start, end - start));
      byte[] text = OtlpValues.text(any).getBytes(StandardCharsets.UTF_8);
      textOffset = batch.append(text, 0, text.length);
      textLength = text.length;
    } catch (IOException e) {
      throw FoursightException.badData("malformed OTLP protobuf: " + e.getMessage());
    }
  }

  private void decimal(long value) {
    byte[] text = Long.toUnsignedString(value).getBytes(StandardCharsets.US_ASCII);
    textOffset = batch.append(text, 0, text.length);
    textLength = text.length;
  }
}
