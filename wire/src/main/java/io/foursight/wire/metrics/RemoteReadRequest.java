package io.foursight.wire.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.TimeRange;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.ArrayList;
import java.util.List;

/// A decoded `prometheus.ReadRequest`. Regular expressions are not compiled here: that is the query
/// languages' work.
public record RemoteReadRequest(List<Query> queries, ResponseType responseType) {
  /// The content type of a sampled response; its body is a Snappy block.
  public static final String SAMPLES_CONTENT_TYPE = "application/x-protobuf";

  /// The content type of a chunk stream; it has no content encoding.
  public static final String CHUNKS_CONTENT_TYPE =
      "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";

  private static final int MAX_QUERIES = 1000;
  private static final int MAX_MATCHERS = 10_000;

  /// The two forms of an answer.
  public enum ResponseType {
    SAMPLES,
    STREAMED_XOR_CHUNKS
  }

  /// One selection; both ends of the range are inclusive.
  public record Query(TimeRange range, List<Matcher> matchers, Hints hints) {
    public Query {
      matchers = List.copyOf(matchers);
    }
  }

  /// A matcher as it was sent.
  public record Matcher(LabelMatcher.Type type, String name, String value) {}

  /// What the sender's engine will do with the answer; zeros and empties where it did not say.
  public record Hints(
      long stepMillis,
      String function,
      long startMillis,
      long endMillis,
      List<String> grouping,
      boolean by,
      long rangeMillis) {
    public static final Hints NONE = new Hints(0, "", 0, 0, List.of(), false, 0);

    public Hints {
      grouping = List.copyOf(grouping);
    }
  }

  public RemoteReadRequest {
    queries = List.copyOf(queries);
  }

  /// @param message the decompressed body
  /// @throws FoursightException `BAD_DATA` with the offset; also when no accepted response type is
  ///   known
  public static RemoteReadRequest decode(byte[] message) {
    var in = new ProtoReader(message);
    var queries = new ArrayList<Query>();
    var accepted = new ArrayList<Long>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x0a -> {
          if (queries.size() >= MAX_QUERIES) {
            throw in.error("more than " + MAX_QUERIES + " queries", in.position());
          }
          int outer = in.enter();
          queries.add(query(in));
          in.leave(outer);
        }
        case 0x10 -> accepted.add(in.varint());
        case 0x12 -> {
          int outer = in.enter();
          while (!in.atEnd() && accepted.size() < 100) {
            accepted.add(in.varint());
          }
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
    return new RemoteReadRequest(queries, negotiate(accepted));
  }

  /// The first that we know wins; none asked for means samples.
  private static ResponseType negotiate(List<Long> accepted) {
    for (long type : accepted) {
      if (type == 0) {
        return ResponseType.SAMPLES;
      }
      if (type == 1) {
        return ResponseType.STREAMED_XOR_CHUNKS;
      }
    }
    if (accepted.isEmpty()) {
      return ResponseType.SAMPLES;
    }
    throw FoursightException.badData(
        "server does not support any of the requested response types: "
            + accepted
            + "; supported are SAMPLES (0) and STREAMED_XOR_CHUNKS (1)");
  }

  private static Query query(ProtoReader in) {
    long start = 0;
    long end = 0;
    var matchers = new ArrayList<Matcher>();
    Hints hints = Hints.NONE;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> start = in.varint();
        case 0x10 -> end = in.varint();
        case 0x1a -> {
          if (matchers.size() >= MAX_MATCHERS) {
            throw in.error("more than " + MAX_MATCHERS + " matchers", in.position());
          }
          int outer = in.enter();
          matchers.add(matcher(in));
          in.leave(outer);
        }
        case 0x22 -> {
          int outer = in.enter();
          hints = hints(in);
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
    return new Query(new TimeRange(start, end), matchers, hints);
  }

  private static Matcher matcher(ProtoReader in) {
    long type = 0;
    String name = "";
    String value = "";
    int at = in.position();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> type = in.varint();
        case 0x12 -> name = in.string();
        case 0x1a -> value = in.string();
        default -> in.skip(tag);
      }
    }
    var types = LabelMatcher.Type.values();
    if (type < 0 || type >= types.length) {
      throw in.error("invalid matcher type " + type, at);
    }
    return new Matcher(types[(int) type], name, value);
  }

  private static Hints hints(ProtoReader in) {
    long step = 0;
    String function = "";
    long start = 0;
    long end = 0;
    var grouping = new ArrayList<String>();
    boolean by = false;
    long range = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> step = in.varint();
        case 0x12 -> function = in.string();
        case 0x18 -> start = in.varint();
        case 0x20 -> end = in.varint();
        case 0x2a -> grouping.add(in.string());
        case 0x30 -> by = in.varint() != 0;
        case 0x38 -> range = in.varint();
        default -> in.skip(tag);
      }
    }
    return new Hints(step, function, start, end, grouping, by, range);
  }
}
