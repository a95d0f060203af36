package io.foursight.distributor.traces;

import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;

/// Cuts names and texts of attributes that are too long, at the border of a character: of spans,
/// events, links, scopes and resources, at any depth of their values. What is cut is written anew
/// behind the batch's bytes; everything else stays where it is. Reusable; owned by one thread.
final class AttributeCutter {
  /// The messages that hold attributes, by the numbers of the fields in which others of them lie.
  private enum Shape {
    RESOURCE,
    SCOPE,
    SPAN,
    EVENT,
    LINK,
    PAIR,
    VALUE,
    VALUES,
    PAIRS,
    TEXT,
    OTHER;

    Shape at(int field) {
      return switch (this) {
        case RESOURCE -> field == 1 ? PAIR : OTHER;
        case SCOPE, EVENT -> field == 3 ? PAIR : OTHER;
        case SPAN -> field == 9 ? PAIR : field == 11 ? EVENT : field == 13 ? LINK : OTHER;
        case LINK -> field == 4 ? PAIR : OTHER;
        case PAIR -> field == 1 ? TEXT : field == 2 ? VALUE : OTHER;
        case VALUE -> field == 1 ? TEXT : field == 5 ? VALUES : field == 6 ? PAIRS : OTHER;
        case VALUES -> field == 1 ? VALUE : OTHER;
        case PAIRS -> field == 1 ? PAIR : OTHER;
        case TEXT, OTHER -> OTHER;
      };
    }
  }

  private final ProtoReader in = new ProtoReader();
  private final ProtoWriter out = new ProtoWriter(1024);
  private int max;
  private int cuts;

  /// @return how many names and texts were cut
  int cut(TracesBatch batch, int maxBytes) {
    max = maxBytes;
    int all = 0;
    for (int r = 0; r < batch.resourceCount(); r++) {
      if (rewritten(batch, batch.resourceOffset(r), batch.resourceLength(r), Shape.RESOURCE)) {
        batch.resource(r, batch.append(out.array(), 0, out.size()), out.size());
        all += cuts;
      }
    }
    for (int s = 0; s < batch.scopeCount(); s++) {
      if (rewritten(batch, batch.scopeOffset(s), batch.scopeLength(s), Shape.SCOPE)) {
        batch.scope(s, batch.append(out.array(), 0, out.size()), out.size());
        all += cuts;
      }
    }
    for (int i = 0; i < batch.spanCount(); i++) {
      if (rewritten(batch, batch.spanOffset(i), batch.spanLength(i), Shape.SPAN)) {
        batch.span(i, batch.append(out.array(), 0, out.size()), out.size());
        all += cuts;
      }
    }
    return all;
  }

  private boolean rewritten(TracesBatch batch, int offset, int length, Shape shape) {
    if (length <= max) {
      return false;
    }
    cuts = 0;
    out.clear();
    in.reset(batch.body(), offset, length);
    copy(shape);
    return cuts > 0;
  }

  private void copy(Shape shape) {
    int from = in.position();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      Shape inner = (tag & 7) == ProtoReader.BYTES ? shape.at(tag >>> 3) : Shape.OTHER;
      if (inner == Shape.OTHER) {
        in.skip(tag);
        out.raw(in.array(), from, in.position() - from);
      } else if (inner == Shape.TEXT) {
        int n = in.length();
        text(tag >>> 3, in.position(), n);
        in.position(in.position() + n);
      } else {
        int outer = in.enter();
        int mark = out.begin(tag >>> 3);
        copy(inner);
        out.end(mark);
        in.leave(outer);
      }
      from = in.position();
    }
  }

  private void text(int field, int offset, int length) {
    int kept = length;
    if (length > max) {
      kept = max;
      while (kept > 0 && (in.array()[offset + kept] & 0xc0) == 0x80) {
        kept--;
      }
      cuts++;
    }
    out.bytes(field, in.array(), offset, kept);
  }
}
