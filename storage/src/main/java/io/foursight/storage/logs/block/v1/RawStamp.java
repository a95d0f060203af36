package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;

/// What is known of a raw column without unpacking it: which bytes occur, how long values are at
/// most, and a filter of the tokens (runs of letters, digits, `_` and bytes from 0x80) or, when
/// there is room, of every four bytes in a row inside tokens, which also tells of strings that
/// begin or end inside a token.
///
/// ```
/// | a bit for each of 256 bytes, low first, 32 bytes | longest varint | keys u8: 0 tokens, 1 four bytes | TokenFilter |
/// ```
final class RawStamp {
  private static final int TOKENS = 0;
  private static final int GRAMS = 1;
  private static final int GRAM_BYTES = 4;
  static final RawStamp NONE =
      new RawStamp(new byte[0], Integer.MAX_VALUE, TOKENS, TokenFilter.NONE);

  /// A filter may take this share of the column's bytes.
  private static final int SHARE = 4;

  /// Or so many keys, if that is more.
  private static final int FEW_KEYS = 4096;

  private final byte[] bytes;
  private final int longest;
  private final int keys;
  private final TokenFilter tokens;

  private RawStamp(byte[] bytes, int longest, int keys, TokenFilter tokens) {
    this.bytes = bytes;
    this.longest = longest;
    this.keys = keys;
    this.tokens = tokens;
  }

  static RawStamp read(ByteReader in) {
    byte[] seen = in.bytes(32);
    int longest = in.varint(Integer.MAX_VALUE);
    int keys = in.u8();
    if (keys > GRAMS) {
      throw in.corrupt("filter of keys " + keys);
    }
    return new RawStamp(seen, longest, keys, TokenFilter.read(in));
  }

  boolean possible(Column.Op op, byte[] part) {
    if (bytes.length == 0) {
      return true;
    }
    if (part.length > longest) {
      return false;
    }
    for (byte b : part) {
      if ((bytes[(b & 0xff) >>> 3] >>> (b & 7) & 1) == 0) {
        return false;
      }
    }
    return tokens.isNone() || haveTokens(op, part);
  }

  /// Only tokens of the string that are whole in every value that has it.
  private boolean haveTokens(Column.Op op, byte[] part) {
    boolean fromStart = op == Column.Op.STARTS_WITH || op == Column.Op.EQUALS;
    boolean toEnd = op == Column.Op.ENDS_WITH || op == Column.Op.EQUALS;
    int i = 0;
    while (i < part.length) {
      if (!isToken(part[i])) {
        i++;
        continue;
      }
      int start = i;
      while (i < part.length && isToken(part[i])) {
        i++;
      }
      if (keys == GRAMS) {
        for (int g = start; g + GRAM_BYTES <= i; g++) {
          if (!tokens.mayHave(TokenFilter.hash(part, g, GRAM_BYTES))) {
            return false;
          }
        }
        continue;
      }
      boolean whole = (start > 0 || fromStart) && (i < part.length || toEnd);
      if (whole && !tokens.mayHave(TokenFilter.hash(part, start, i - start))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isToken(byte b) {
    return Tokenizer.isAlphanumeric(b) || b == '_' || b < 0;
  }

  /// @param all the values one after the other
  /// @param stored bytes that the column takes
  static void write(byte[] all, long[] lengths, long stored, ByteWriter out) {
    var seen = new byte[32];
    long longest = 0;
    int end = 0;
    for (long length : lengths) {
      longest = Math.max(longest, length);
      end += (int) length;
    }
    for (int i = 0; i < end; i++) {
      seen[(all[i] & 0xff) >>> 3] |= (byte) (1 << (all[i] & 7));
    }
    out.bytes(seen, 0, seen.length);
    out.varint(longest);
    int most = Math.max(FEW_KEYS, (int) Math.min(1 << 20, stored * 8 / 10 / SHARE));
    for (int keys = GRAMS; keys >= TOKENS; keys--) {
      var set = new KeySet(most);
      if (addKeys(all, lengths, keys, set)) {
        out.u8(keys);
        TokenFilter.write(set.keys(), set.size(), out);
        return;
      }
    }
    out.u8(TOKENS);
    TokenFilter.writeNone(out);
  }

  private static boolean addKeys(byte[] all, long[] lengths, int keys, KeySet set) {
    int start = 0;
    for (long length : lengths) {
      int to = start + (int) length;
      if (!addKeys(all, start, to, keys, set)) {
        return false;
      }
      start = to;
    }
    return true;
  }

  private static boolean addKeys(byte[] b, int from, int to, int keys, KeySet set) {
    int i = from;
    while (i < to) {
      if (!isToken(b[i])) {
        i++;
        continue;
      }
      int start = i;
      while (i < to && isToken(b[i])) {
        i++;
      }
      if (keys == TOKENS && !set.add(TokenFilter.hash(b, start, i - start))) {
        return false;
      }
      for (int g = start; keys == GRAMS && g + GRAM_BYTES <= i; g++) {
        if (!set.add(TokenFilter.hash(b, g, GRAM_BYTES))) {
          return false;
        }
      }
    }
    return true;
  }

  /// Distinct hashes, up to a bound.
  private static final class KeySet {
    private final int most;
    private long[] table = new long[64];
    private int size;

    KeySet(int most) {
      this.most = most;
    }

    int size() {
      return size;
    }

    /// False when there is no room.
    boolean add(long hash) {
      long key = hash == 0 ? 1 : hash;
      int slot = (int) key & table.length - 1;
      while (table[slot] != 0) {
        if (table[slot] == key) {
          return true;
        }
        slot = slot + 1 & table.length - 1;
      }
      if (size == most) {
        return false;
      }
      table[slot] = key;
      if (++size * 2 > table.length) {
        long[] old = table;
        table = new long[2 * old.length];
        size = 0;
        for (long k : old) {
          if (k != 0) {
            add(k);
          }
        }
      }
      return true;
    }

    long[] keys() {
      return Arrays.stream(table).filter(k -> k != 0).toArray();
    }
  }
}
