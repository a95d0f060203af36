package io.foursight.wire.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.ArrayList;
import java.util.List;

/// Reads `logproto.PushRequest` into a [LogsBatch]; lines and metadata stay where they are in the
/// message.
///
/// ```
/// PushRequest  { streams 1 }
/// Stream       { labels 1 string, entries 2 }
/// Entry        { timestamp 1 google.protobuf.Timestamp, line 2, structuredMetadata 3 LabelPair }
/// LabelPair    { name 1, value 2 }
/// ```
///
/// Reusable; owned by one thread. Errors: `BAD_DATA` for bytes that are no such message. A stream
/// whose labels are no labels is in the batch with none of them; [#streams] tells.
public final class PushDecoder {
  private static final int FIELD_1 = ProtoReader.tagOf(1, ProtoReader.BYTES);
  private static final int FIELD_2 = ProtoReader.tagOf(2, ProtoReader.BYTES);
  private static final int FIELD_3 = ProtoReader.tagOf(3, ProtoReader.BYTES);
  private static final int INT_1 = ProtoReader.tagOf(1, ProtoReader.VARINT);
  private static final int INT_2 = ProtoReader.tagOf(2, ProtoReader.VARINT);

  private final ProtoReader in = new ProtoReader();
  private final LabelCache labels = new LabelCache(LabelText::parse);
  private final List<StreamLabels> streams = new ArrayList<>();
  private final MetadataPairs pairs = new MetadataPairs();
  private int nameOffset;
  private int nameLength;
  private int valueOffset;
  private int valueLength;

  /// @param message the uncompressed message; the batch refers to it
  public void decode(byte[] message, LogsBatch batch) {
    batch.reset(message);
    streams.clear();
    in.reset(message, 0, message.length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == FIELD_1) {
        int outer = in.enter();
        stream(batch);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  /// What the labels of each stream of the batch decoded last came to.
  public List<StreamLabels> streams() {
    return streams;
  }

  private void stream(LogsBatch batch) {
    int stream = batch.beginStream(Labels.EMPTY);
    streams.add(StreamLabels.of(Labels.EMPTY));
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == FIELD_1) {
        int n = in.length();
        StreamLabels found = labels.get(in.array(), in.position(), n);
        in.position(in.position() + n);
        streams.set(stream, found);
        batch.labels(stream, found.labels());
      } else if (tag == FIELD_2) {
        int outer = in.enter();
        entry(batch);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void entry(LogsBatch batch) {
    long time = 0;
    int lineOffset = in.position();
    int lineLength = 0;
    pairs.clear();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == FIELD_1) {
        int outer = in.enter();
        time = timestamp();
        in.leave(outer);
      } else if (tag == FIELD_2) {
        lineLength = in.length();
        lineOffset = in.position();
        in.position(lineOffset + lineLength);
      } else if (tag == FIELD_3) {
        int outer = in.enter();
        pair();
        in.leave(outer);
        pairs.add(in.array(), nameOffset, nameLength, valueOffset, valueLength);
      } else {
        in.skip(tag);
      }
    }
    batch.addEntry(time, lineOffset, lineLength);
    pairs.emit(batch);
  }

  private long timestamp() {
    long seconds = 0;
    long nanos = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == INT_1) {
        seconds = in.varint();
      } else if (tag == INT_2) {
        nanos = (int) in.varint();
      } else {
        in.skip(tag);
      }
    }
    return Times.nanos(seconds, nanos);
  }

  private void pair() {
    nameLength = 0;
    valueLength = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == FIELD_1) {
        nameLength = in.length();
        nameOffset = in.position();
        in.position(nameOffset + nameLength);
      } else if (tag == FIELD_2) {
        valueLength = in.length();
        valueOffset = in.position();
        in.position(valueOffset + valueLength);
      } else {
        in.skip(tag);
      }
    }
  }
}
