package io.foursight.runtime.server;

import io.airlift.compress.v3.xxhash.XxHash32Hasher;
import io.foursight.model.FoursightException;

/// Decoder of the LZ4 frame format 1.6 (the block decoders of libraries need the decoded size,
/// which a frame need not say). Linked and independent blocks, all checksums, several and skippable
/// frames; no dictionaries.
final class Lz4Frame {
  private static final int MAGIC = 0x184D2204;
  private static final int SKIPPABLE = 0x184D2A50;

  private final byte[] raw;
  private final GrowingBytes out;
  private int at;

  private Lz4Frame(byte[] raw, long maxBytes) {
    this.raw = raw;
    this.out = new GrowingBytes((int) Math.min(maxBytes, Math.max(512, 4L * raw.length)), maxBytes);
  }

  static byte[] decode(byte[] raw, long maxBytes) {
    var frame = new Lz4Frame(raw, maxBytes);
    do {
      int magic = frame.int32();
      if (magic == MAGIC) {
        frame.frame(maxBytes);
      } else if ((magic & 0xfffffff0) == SKIPPABLE) {
        frame.skip(frame.int32());
      } else {
        throw corrupt("no frame at offset " + (frame.at - 4));
      }
    } while (frame.at < raw.length);
    return frame.out.toArray();
  }

  private void frame(long maxBytes) {
    int descriptor = at;
    int flags = int8();
    checkBlockDescriptor();
    if (flags >>> 6 != 1) {
      throw corrupt("frame version " + (flags >>> 6));
    }
    if ((flags & 0x08) != 0) {
      long low = int32() & 0xffffffffL;
      long size = ((long) int32() << 32) | low;
      if (size < 0 || size > maxBytes) {
        throw BodyDecoder.tooLarge(size < 0 ? Long.MAX_VALUE : size, maxBytes);
      }
    }
    if ((flags & 0x01) != 0) {
      throw corrupt("it needs a dictionary");
    }
    int headerHash = (XxHash32Hasher.hash(raw, descriptor, at - descriptor) >>> 8) & 0xff;
    if (int8() != headerHash) {
      throw corrupt("header checksum");
    }
    blocks((flags & 0x10) != 0, (flags & 0x20) != 0, (flags & 0x04) != 0);
  }

  private void blocks(boolean blockHashes, boolean independent, boolean contentHash) {
    int start = out.length();
    for (int size = int32(); size != 0; size = int32()) {
      int length = size & 0x7fffffff;
      int begin = at;
      skip(length);
      if (size < 0) {
        out.append(raw, begin, length);
      } else {
        block(begin, begin + length, independent ? out.length() : start);
      }
      if (blockHashes && int32() != XxHash32Hasher.hash(raw, begin, length)) {
        throw corrupt("block checksum at offset " + begin);
      }
    }
    if (contentHash && int32() != XxHash32Hasher.hash(out.array(), start, out.length() - start)) {
      throw corrupt("content checksum");
    }
  }

  private void block(int from, int end, int historyStart) {
    int i = from;
    while (i < end) {
      int token = raw[i++] & 0xff;
      int literals = token >>> 4;
      if (literals == 15) {
        int more;
        do {
          more = byteOf(i++, end);
          literals = Math.addExact(literals, more);
        } while (more == 255);
      }
      if (literals > end - i) {
        throw corrupt("literals past the block at offset " + i);
      }
      out.append(raw, i, literals);
      i += literals;
      if (i == end) {
        return;
      }
      int distance = byteOf(i, end) | byteOf(i + 1, end) << 8;
      i += 2;
      int match = (token & 15) + 4;
      if ((token & 15) == 15) {
        int more;
        do {
          more = byteOf(i++, end);
          match = Math.addExact(match, more);
        } while (more == 255);
      }
      if (distance == 0 || distance > out.length() - historyStart) {
        throw corrupt("match before the start at offset " + i);
      }
      out.copyBack(distance, match);
    }
  }

  private int byteOf(int index, int end) {
    if (index >= end) {
      throw corrupt("block ends early at offset " + index);
    }
    return raw[index] & 0xff;
  }

  private void checkBlockDescriptor() {
    int descriptor = int8();
    if (descriptor >>> 4 < 4 || (descriptor & 0x8f) != 0) {
      throw corrupt("block size descriptor " + descriptor);
    }
  }

  private int int8() {
    skip(1);
    return raw[at - 1] & 0xff;
  }

  private int int32() {
    skip(4);
    return (raw[at - 4] & 0xff)
        | (raw[at - 3] & 0xff) << 8
        | (raw[at - 2] & 0xff) << 16
        | raw[at - 1] << 24;
  }

  private void skip(int count) {
    if (count < 0 || count > raw.length - at) {
      throw corrupt("it ends early at offset " + raw.length);
    }
    at += count;
  }

  private static FoursightException corrupt(String what) {
    return FoursightException.badData("the body does not decode as lz4: " + what);
  }
}
