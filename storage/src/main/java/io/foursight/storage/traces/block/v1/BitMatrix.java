package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.Crc32c;
import io.foursight.storage.object.RangedReader;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Bloom filters of several sets (row groups) laid side by side, so that one small read tells which
/// of them may have a token. A filter has `2^k` bits in blocks of 512; a token has one block and
/// six bits in it. Bit `b` of all filters lie together:
///
/// ```
/// page:  | blocks of a page | crc u32 |
/// block: bit b of set g is bit b * sets + g, low first in each byte; 64 * sets bytes
/// ```
///
/// Blocks of a page: `max(1, 64 / sets)`, at most all, rounded down to a power of two.
///
/// @param offset of the first page in the index file
/// @param sets how many
/// @param blocks of 512 bits a filter, a power of two; 0 = no filter, everything passes
record BitMatrix(long offset, int sets, int blocks) {
  private static final int BLOCK_BITS = 512;
  private static final int PROBES = 6;
  private static final int BITS_PER_TOKEN = 9;
  private static final int MAX_BLOCKS = 1 << 13;

  static final BitMatrix NONE = new BitMatrix(0, 0, 0);

  private int blocksOfPage() {
    return Math.min(blocks, Integer.highestOneBit(Math.max(1, 64 / sets)));
  }

  private int pageBytes() {
    return blocksOfPage() * 64 * sets + 4;
  }

  long sizeBytes() {
    return blocks == 0 ? 0 : (long) blocks / blocksOfPage() * pageBytes();
  }

  /// How many blocks a set of so many tokens wants.
  static int blocksFor(long tokens, int bound) {
    long wanted = Math.max(1, (tokens * BITS_PER_TOKEN + BLOCK_BITS - 1) / BLOCK_BITS);
    long power = Long.highestOneBit(wanted);
    // The lower power of two is taken while it leaves seven bits a token.
    if (power * BLOCK_BITS < tokens * 7) {
      power *= 2;
    }
    return (int) Math.min(power, bound);
  }

  static int blocksFor(long tokens) {
    return blocksFor(tokens, MAX_BLOCKS);
  }

  private static int block(long token, int blocks) {
    return (int) (token >>> 40) & blocks - 1;
  }

  private static int bit(long token, int probe) {
    // 54 low bits, of which the six probes take nine each after a mix with the block's bits.
    long h = token * 0x9e3779b97f4a7c15L;
    return (int) (h >>> 9 * probe) & BLOCK_BITS - 1;
  }

  /// Bits of one set.
  static long[] filter(TokenSet tokens, int blocks) {
    var bits = new long[blocks * BLOCK_BITS / 64];
    tokens.forEach(token -> add(bits, token, blocks));
    return bits;
  }

  static void add(long[] bits, long token, int blocks) {
    int base = block(token, blocks) * BLOCK_BITS;
    for (int p = 0; p < PROBES; p++) {
      int at = base + bit(token, p);
      bits[at >>> 6] |= 1L << (at & 63);
    }
  }

  /// @param filters of each set; shorter ones are repeated to the longest one's length
  static BitMatrix write(List<long[]> filters, long offset, ByteWriter out) {
    int blocks = 0;
    for (long[] filter : filters) {
      blocks = Math.max(blocks, filter.length * 64 / BLOCK_BITS);
    }
    if (blocks == 0) {
      return NONE;
    }
    var matrix = new BitMatrix(offset, filters.size(), blocks);
    int perPage = matrix.blocksOfPage();
    var page = new byte[perPage * 64 * matrix.sets];
    for (int first = 0; first < blocks; first += perPage) {
      Arrays.fill(page, (byte) 0);
      for (int g = 0; g < matrix.sets; g++) {
        long[] filter = filters.get(g);
        for (int b = 0; b < perPage * BLOCK_BITS; b++) {
          int from = (first * BLOCK_BITS + b) & (filter.length * 64 - 1);
          if ((filter[from >>> 6] >>> (from & 63) & 1) != 0) {
            long to = (long) b * matrix.sets + g;
            page[(int) (to >>> 3)] |= (byte) (1 << (to & 7));
          }
        }
      }
      out.bytes(page, 0, page.length);
      out.u32(Crc32c.of(page, 0, page.length));
    }
    return matrix;
  }

  RangedReader.Range page(long token) {
    int page = block(token, blocks) / blocksOfPage();
    return new RangedReader.Range(offset + (long) page * pageBytes(), pageBytes());
  }

  /// Which sets may have a token, with the page that [#page] told.
  BitSet mayHave(long token, byte[] page, long pageOffset) {
    ByteReader.checked(page, 0, page.length, TracesBlockFormat.INDEX, pageOffset);
    var all = new BitSet(sets);
    int base = block(token, blocks) % blocksOfPage() * BLOCK_BITS;
    for (int g = 0; g < sets; g++) {
      boolean there = true;
      for (int p = 0; p < PROBES && there; p++) {
        long at = (long) (base + bit(token, p)) * sets + g;
        there = (page[(int) (at >>> 3)] >>> (at & 7) & 1) != 0;
      }
      if (there) {
        all.set(g);
      }
    }
    return all;
  }

  /// Compares all checksums.
  void verify(RangedReader index) {
    for (long at = offset; at < offset + sizeBytes(); at += pageBytes()) {
      byte[] page = index.read(at, pageBytes());
      ByteReader.checked(page, 0, page.length, TracesBlockFormat.INDEX, at);
    }
  }

  void write(ByteWriter out) {
    out.varint(offset);
    out.varint(sets);
    out.varint(blocks);
  }

  static BitMatrix read(ByteReader in) {
    var matrix = new BitMatrix(in.varint(), in.varint(1 << 24), in.varint(1 << 28));
    if (matrix.blocks != 0
        && (Integer.bitCount(matrix.blocks) != 1 || matrix.sets == 0 || matrix.offset < 0)) {
      throw in.corrupt("bad filter " + matrix);
    }
    return matrix;
  }
}
