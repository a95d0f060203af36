package io.foursight.wire.traces.tempo;

import io.foursight.wire.protobuf.ProtoReader;
import java.util.LinkedHashMap;
import java.util.Map;

/// The requests of `tempopb.StreamingQuerier`. Zero is absent. Errors: `BAD_DATA`.
public final class TempoRequests {
  private static final int VARINT = ProtoReader.VARINT;
  private static final int BYTES = ProtoReader.BYTES;

  private TempoRequests() {}

  /// `SearchRequest`.
  ///
  /// @param start and `end` in seconds
  public record Search(
      Map<String, String> tags,
      long minDurationMillis,
      long maxDurationMillis,
      int limit,
      long start,
      long end,
      String query,
      int spansPerSpanSet) {

    public static Search of(byte[] message) {
      var in = new ProtoReader(message);
      Map<String, String> tags = new LinkedHashMap<>();
      long min = 0;
      long max = 0;
      int limit = 0;
      long start = 0;
      long end = 0;
      String query = "";
      int spans = 0;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> entry(in, tags);
          case 2 << 3 | VARINT -> min = in.varint();
          case 3 << 3 | VARINT -> max = in.varint();
          case 4 << 3 | VARINT -> limit = in.varint32();
          case 5 << 3 | VARINT -> start = in.varint();
          case 6 << 3 | VARINT -> end = in.varint();
          case 8 << 3 | BYTES -> query = in.string();
          case 9 << 3 | VARINT -> spans = in.varint32();
          default -> in.skip(tag);
        }
      }
      return new Search(tags, min, max, limit, start, end, query, spans);
    }
  }

  /// `SearchTagsRequest` and `SearchTagValuesRequest`.
  ///
  /// @param subject the scope, or the tag whose values are asked for
  /// @param start and `end` in seconds
  public record Tags(String subject, String query, long start, long end, int limit) {
    public static Tags ofNames(byte[] message) {
      return read(message, 3);
    }

    public static Tags ofValues(byte[] message) {
      return read(message, 4);
    }

    private static Tags read(byte[] message, int startField) {
      var in = new ProtoReader(message);
      String subject = "";
      String query = "";
      long start = 0;
      long end = 0;
      int limit = 0;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        if (tag == ProtoReader.tagOf(1, BYTES)) {
          subject = in.string();
        } else if (tag == ProtoReader.tagOf(2, BYTES)) {
          query = in.string();
        } else if (tag == ProtoReader.tagOf(startField, VARINT)) {
          start = in.varint();
        } else if (tag == ProtoReader.tagOf(startField + 1, VARINT)) {
          end = in.varint();
        } else if (tag == ProtoReader.tagOf(startField + 2, VARINT)) {
          limit = in.varint32();
        } else {
          in.skip(tag);
        }
      }
      return new Tags(subject, query, start, end, limit);
    }
  }

  /// `QueryRangeRequest` and `QueryInstantRequest`, times in nanoseconds.
  public record Metrics(
      String query,
      long startNanos,
      long endNanos,
      long stepNanos,
      int exemplars,
      int maxSeries,
      boolean instant) {
    public static Metrics of(byte[] message) {
      var in = new ProtoReader(message);
      String query = "";
      long start = 0;
      long end = 0;
      long step = 0;
      int exemplars = 0;
      int maxSeries = 0;
      boolean instant = false;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> query = in.string();
          case 2 << 3 | VARINT -> start = in.varint();
          case 3 << 3 | VARINT -> end = in.varint();
          case 4 << 3 | VARINT -> step = in.varint();
          case 16 << 3 | VARINT -> exemplars = in.varint32();
          case 17 << 3 | VARINT -> maxSeries = in.varint32();
          case 18 << 3 | VARINT -> instant = in.varint() != 0;
          default -> in.skip(tag);
        }
      }
      return new Metrics(query, start, end, step, exemplars, maxSeries, instant);
    }
  }

  private static void entry(ProtoReader in, Map<String, String> into) {
    String key = "";
    String value = "";
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> key = in.string();
        case 2 << 3 | BYTES -> value = in.string();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    into.put(key, value);
  }
}
