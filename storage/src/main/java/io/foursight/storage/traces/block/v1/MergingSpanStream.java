package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.TraceId;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/// Several streams as one, in block order. A span that comes more than once - equal origin and
/// equal bytes, and so equal ids and times - is passed on once; spans that only share their id are
/// kept. Held are a span of every stream and 16 bytes for every span with the same trace and start.
public final class MergingSpanStream implements SpanStream {
  private final List<SpanStream> streams;
  private final PriorityQueue<SpanStream> queue;
  private boolean begun;
  private SpanStream current;
  private long high;
  private long low;
  private long start;
  private final Set<Fingerprint> seen = new HashSet<>();
  private long dropped;

  /// 128 bits of a span's content.
  private record Fingerprint(long a, long b) {
    static Fingerprint of(SpanStream span) {
      long a = 0x9e3779b97f4a7c15L ^ span.length();
      long b = 0xc2b2ae3d27d4eb4fL + span.spanId();
      byte[] bytes = span.bytes();
      for (int i = span.offset(); i < span.offset() + span.length(); i++) {
        a = (a ^ bytes[i]) * 0xd6e8feb86659fd93L;
        a ^= a >>> 29;
        b = Long.rotateLeft(b + bytes[i] * 0x9e3779b97f4a7c15L, 27) * 0x165667b19e3779f9L;
      }
      SpanOrigin origin = span.origin();
      for (byte[] part : List.of(origin.resource(), origin.scope())) {
        a = (a ^ part.length) * 0xd6e8feb86659fd93L;
        for (byte one : part) {
          b = Long.rotateLeft(b + one * 0x9e3779b97f4a7c15L, 27) * 0x165667b19e3779f9L;
        }
      }
      a ^= 31L * origin.resourceSchemaUrl().hashCode() + origin.scopeSchemaUrl().hashCode();
      return new Fingerprint(a, b);
    }
  }

  /// @param streams closed with this one
  public MergingSpanStream(List<? extends SpanStream> streams) {
    this.streams = List.copyOf(streams);
    queue = new PriorityQueue<>(Math.max(1, streams.size()), MergingSpanStream::compare);
  }

  private static int compare(SpanStream a, SpanStream b) {
    int order = TraceId.compare(a.traceHigh(), a.traceLow(), b.traceHigh(), b.traceLow());
    if (order == 0) {
      order = Long.compare(a.startNanos(), b.startNanos());
    }
    return order != 0 ? order : Long.compareUnsigned(a.spanId(), b.spanId());
  }

  @Override
  public boolean next() {
    if (!begun) {
      begun = true;
      for (SpanStream stream : streams) {
        push(stream);
      }
    } else if (current != null) {
      push(current);
    }
    for (current = queue.poll(); current != null; current = queue.poll()) {
      if (isNew()) {
        return true;
      }
      dropped++;
      push(current);
    }
    return false;
  }

  private void push(SpanStream stream) {
    if (stream.next()) {
      queue.add(stream);
    }
  }

  private boolean isNew() {
    boolean sameMoment =
        !seen.isEmpty()
            && current.traceHigh() == high
            && current.traceLow() == low
            && current.startNanos() == start;
    if (!sameMoment) {
      seen.clear();
      high = current.traceHigh();
      low = current.traceLow();
      start = current.startNanos();
    }
    return seen.add(Fingerprint.of(current));
  }

  /// How many repetitions were left out so far.
  public long dropped() {
    return dropped;
  }

  @Override
  public long traceHigh() {
    return current.traceHigh();
  }

  @Override
  public long traceLow() {
    return current.traceLow();
  }

  @Override
  public long spanId() {
    return current.spanId();
  }

  @Override
  public long startNanos() {
    return current.startNanos();
  }

  @Override
  public SpanOrigin origin() {
    return current.origin();
  }

  @Override
  public byte[] bytes() {
    return current.bytes();
  }

  @Override
  public int offset() {
    return current.offset();
  }

  @Override
  public int length() {
    return current.length();
  }

  @Override
  public void close() {
    streams.forEach(SpanStream::close);
  }
}
