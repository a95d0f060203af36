package io.foursight.ingester.metrics;

import io.foursight.storage.encoding.Varint;
import java.util.Arrays;

/// Packs one staging row, 1 to 16 ascending times and their value bits, losslessly.
///
/// ```
/// packed := [times] [values]          n is kept by the caller; both parts are left out where n = 1 says so
/// times  := uvarint delta                                   0x00 in mode: all deltas equal     (n > 1)
///         | uvarint smallest, width u8, packed rest          0x01
/// values := f64                                              0x00: all equal
///         | exponent u8, z(first), z(smallest), width u8, packed deltas    0x10: v = m / 10^exponent, exactly
///         | f64, trailing zeros u8, width u8, packed xor     0x20
/// packed begins with the mode byte (times | values)
/// ```
///
/// Owned by one thread (scratch arrays); decoding is done by [Decoder]s.
final class StagingCodec {
  static final int MAX = 16;
  static final int MAX_BYTES = 320;
  private static final double[] POWERS = {1, 10, 100, 1000, 1e4, 1e5, 1e6};
  private static final long MAX_EXACT = 1L << 53;

  private final long[] scratch = new long[MAX];
  private final long[] mantissas = new long[MAX];
  final byte[] out = new byte[MAX_BYTES];

  /// @return the size of what is now in [#out]
  int encode(int[] times, int timeAt, long[] bits, int bitsAt, int n) {
    int p = 1;
    int mode = 0;
    if (n > 1) {
      int smallest = Integer.MAX_VALUE;
      int all = 0;
      for (int i = 1; i < n; i++) {
        int delta = times[timeAt + i] - times[timeAt + i - 1];
        smallest = Math.min(smallest, delta);
        scratch[i] = delta;
      }
      for (int i = 1; i < n; i++) {
        scratch[i] -= smallest;
        all |= (int) scratch[i];
      }
      p = Varint.put(out, p, smallest);
      if (all != 0) {
        mode = 1;
        int width = 32 - Integer.numberOfLeadingZeros(all);
        out[p++] = (byte) width;
        p = BitPacking.pack(scratch, 1, n - 1, width, out, p);
      }
    }
    long first = bits[bitsAt];
    long difference = 0;
    for (int i = 1; i < n; i++) {
      difference |= bits[bitsAt + i] ^ bits[bitsAt + i - 1];
    }
    if (difference == 0) {
      p = putLong(p, first);
    } else {
      int trailing = Long.numberOfTrailingZeros(difference);
      int width = 64 - trailing - Long.numberOfLeadingZeros(difference);
      int xorBytes = 10 + BitPacking.bytes(n - 1, width);
      int decimal = decimal(bits, bitsAt, n, p, xorBytes);
      if (decimal > 0) {
        mode |= 0x10;
        p = decimal;
      } else {
        mode |= 0x20;
        p = putLong(p, first);
        out[p++] = (byte) trailing;
        out[p++] = (byte) width;
        for (int i = 1; i < n; i++) {
          scratch[i] = (bits[bitsAt + i] ^ bits[bitsAt + i - 1]) >>> trailing;
        }
        p = BitPacking.pack(scratch, 1, n - 1, width, out, p);
      }
    }
    out[0] = (byte) mode;
    return p;
  }

  /// Tries the decimal form at position `p`; the end of it, or -1 when it is not exact or not
  /// smaller than `limit` bytes.
  private int decimal(long[] bits, int bitsAt, int n, int p, int limit) {
    int exponent = 0;
    for (int i = 0; i < n; ) {
      double v = Double.longBitsToDouble(bits[bitsAt + i]);
      double scaled = v * POWERS[exponent];
      long m = (long) Math.rint(scaled);
      if (m < MAX_EXACT
          && m > -MAX_EXACT
          && Double.doubleToRawLongBits(m / POWERS[exponent]) == bits[bitsAt + i]) {
        mantissas[i++] = m;
      } else if (++exponent == POWERS.length) {
        return -1;
      } else {
        i = 0;
      }
    }
    long smallest = Long.MAX_VALUE;
    for (int i = 1; i < n; i++) {
      smallest = Math.min(smallest, mantissas[i] - mantissas[i - 1]);
    }
    long all = 0;
    for (int i = 1; i < n; i++) {
      scratch[i] = mantissas[i] - mantissas[i - 1] - smallest;
      all |= scratch[i];
    }
    int width = 64 - Long.numberOfLeadingZeros(all);
    long zFirst = Varint.zigzag(mantissas[0]);
    long zSmallest = Varint.zigzag(smallest);
    int size = 2 + Varint.size(zFirst) + Varint.size(zSmallest) + BitPacking.bytes(n - 1, width);
    if (size >= limit) {
      return -1;
    }
    int q = p;
    out[q++] = (byte) exponent;
    q = Varint.put(out, q, zFirst);
    q = Varint.put(out, q, zSmallest);
    out[q++] = (byte) width;
    return BitPacking.pack(scratch, 1, n - 1, width, out, q);
  }

  private int putLong(int position, long v) {
    for (int i = 0; i < 8; i++) {
      out[position + i] = (byte) (v >>> (56 - 8 * i));
    }
    return position + 8;
  }

  /// Unpacks rows. Owned by one thread.
  static final class Decoder {
    private final long[] scratch = new long[MAX];
    private final ByteCursor in = new ByteCursor();

    private final boolean presenceOnly;

    Decoder() {
      this(false);
    }

    /// @param presenceOnly whether values matter only as far as they are stale markers
    Decoder(boolean presenceOnly) {
      this.presenceOnly = presenceOnly;
    }

    /// Writes `n` times (`firstTime` + milliseconds after it) and values.
    void decode(
        byte[] page, int position, int n, long firstTime, long[] times, double[] values, int at) {
      in.at(page, position, page.length);
      int mode = in.u8();
      times[at] = firstTime;
      if (n > 1) {
        times(page, mode, n, times, at);
      }
      switch (mode & 0x30) {
        case 0 -> Arrays.fill(values, at, at + n, Double.longBitsToDouble(in.bits(8)));
        case 0x10 -> {
          // Decimals are numbers.
          if (presenceOnly) {
            Arrays.fill(values, at, at + n, 0);
          } else {
            decimals(page, n, values, at);
          }
        }
        default -> patterns(page, n, values, at);
      }
    }

    private void times(byte[] page, int mode, int n, long[] times, int at) {
      long delta = in.uvarint();
      long time = times[at];
      if ((mode & 1) == 0) {
        for (int i = at + 1; i < at + n; i++) {
          time += delta;
          times[i] = time;
        }
        return;
      }
      int width = in.u8();
      BitPacking.unpack(page, in.position, n - 1, width, scratch, 1);
      in.position += BitPacking.bytes(n - 1, width);
      for (int i = 1; i < n; i++) {
        time += delta + scratch[i];
        times[at + i] = time;
      }
    }

    private void decimals(byte[] page, int n, double[] values, int at) {
      int exponent = in.u8();
      long m = in.zigzag();
      long smallest = in.zigzag();
      int width = in.u8();
      BitPacking.unpack(page, in.position, n - 1, width, scratch, 1);
      values[at] = m;
      for (int i = 1; i < n; i++) {
        m += smallest + scratch[i];
        values[at + i] = m;
      }
      if (exponent > 0) {
        double power = POWERS[exponent];
        for (int i = at; i < at + n; i++) {
          values[i] /= power;
        }
      }
    }

    private void patterns(byte[] page, int n, double[] values, int at) {
      long v = in.bits(8);
      int trailing = in.u8();
      int width = in.u8();
      BitPacking.unpack(page, in.position, n - 1, width, scratch, 1);
      values[at] = Double.longBitsToDouble(v);
      for (int i = 1; i < n; i++) {
        v ^= scratch[i] << trailing;
        values[at + i] = Double.longBitsToDouble(v);
      }
    }
  }
}
