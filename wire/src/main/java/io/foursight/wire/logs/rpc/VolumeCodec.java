package io.foursight.wire.logs.rpc;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.StreamVolume;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Items;
import io.foursight.wire.signals.LabelPairs;
import java.util.Arrays;
import java.util.List;

/// Lists of series, volumes and patterns, in frames of a bounded size.
///
/// ```
/// series    1 LabelPairs, once for each
/// volumes   1 msg { 1 LabelPairs, 2 bytes: varint per bucket, 3 entries: likewise }
/// patterns  1 msg { 1 string pattern, 2 string level, 3 counts: likewise }
/// ```
final class VolumeCodec {
  private static final int BYTES = ProtoReader.BYTES;

  private VolumeCodec() {}

  static void sendSeries(List<Labels> series, RpcHandler.Call call) {
    Items.send(series, call, LabelPairs::write);
  }

  static List<Labels> receiveSeries(RpcStream stream) {
    return Items.receive(stream, LabelPairs::read);
  }

  static void sendVolumes(List<StreamVolume> volumes, RpcHandler.Call call) {
    Items.send(
        volumes,
        call,
        (out, volume) -> {
          LabelPairs.write(out, 1, volume.labels());
          numbers(out, 2, volume.bytes());
          numbers(out, 3, volume.entries());
        });
  }

  static List<StreamVolume> receiveVolumes(RpcStream stream) {
    return Items.receive(
        stream,
        in -> {
          Labels labels = Labels.EMPTY;
          long[] bytes = {};
          long[] entries = {};
          for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
              case 1 << 3 | BYTES -> labels = LabelPairs.readField(in);
              case 2 << 3 | BYTES -> bytes = numbers(in);
              case 3 << 3 | BYTES -> entries = numbers(in);
              default -> in.skip(tag);
            }
          }
          return new StreamVolume(labels, bytes, entries);
        });
  }

  static void sendPatterns(List<LogsPattern> patterns, RpcHandler.Call call) {
    Items.send(
        patterns,
        call,
        (out, pattern) -> {
          out.string(1, pattern.pattern());
          out.string(2, pattern.level());
          numbers(out, 3, pattern.counts());
        });
  }

  static List<LogsPattern> receivePatterns(RpcStream stream) {
    return Items.receive(
        stream,
        in -> {
          String pattern = "";
          String level = "";
          long[] counts = {};
          for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
              case 1 << 3 | BYTES -> pattern = in.string();
              case 2 << 3 | BYTES -> level = in.string();
              case 3 << 3 | BYTES -> counts = numbers(in);
              default -> in.skip(tag);
            }
          }
          return new LogsPattern(pattern, level, counts);
        });
  }

  private static void numbers(ProtoWriter out, int field, long[] numbers) {
    int mark = out.begin(field);
    for (long number : numbers) {
      out.rawVarint(number);
    }
    out.end(mark);
  }

  private static long[] numbers(ProtoReader in) {
    int outer = in.enter();
    var numbers = new long[16];
    int count = 0;
    while (!in.atEnd()) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = in.varint();
    }
    in.leave(outer);
    return Arrays.copyOf(numbers, count);
  }
}
