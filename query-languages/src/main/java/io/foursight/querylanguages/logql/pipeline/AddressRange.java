package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.FoursightException;
import io.foursight.querylanguages.text.GoStrings;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Addresses of version 4 or 6 from `first` to `last`, written as one address, `a-b`, or a prefix
/// (`10.0.0.0/8`). Addresses of the other version are never in it.
record AddressRange(Address first, Address last) {
  private static final String V4 = "0123456789.";
  private static final String V6 = "0123456789abcdefABCDEF:.";

  static AddressRange parse(String text) {
    try {
      int dash = text.indexOf('-');
      int slash = text.indexOf('/');
      if (dash >= 0) {
        var range =
            new AddressRange(address(text.substring(0, dash)), address(text.substring(dash + 1)));
        if (range.first.v6() != range.last.v6() || range.first.compareTo(range.last) > 0) {
          throw new IllegalArgumentException(text);
        }
        return range;
      }
      if (slash >= 0) {
        Address base = address(text.substring(0, slash));
        int bits = Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > base.bits()) {
          throw new IllegalArgumentException(text);
        }
        return new AddressRange(base.network(bits), base.broadcast(bits));
      }
      return new AddressRange(address(text), address(text));
    } catch (IllegalArgumentException e) {
      throw FoursightException.badData(
          "ip: ParseIPRange: " + GoStrings.quote(text) + " is no address, range or prefix");
    }
  }

  private static Address address(String text) {
    byte[] bytes = text.strip().getBytes(StandardCharsets.UTF_8);
    Optional<Address> parsed = Address.parse(bytes, 0, bytes.length);
    return parsed.orElseThrow(() -> new IllegalArgumentException(text));
  }

  boolean contains(Address a) {
    return a.v6() == first.v6() && first.compareTo(a) <= 0 && a.compareTo(last) <= 0;
  }

  /// Whether some address in the text lies in the range.
  boolean isIn(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      String letters = startsV4(bytes, i, end) ? V4 : startsV6(bytes, i, end) ? V6 : "";
      if (letters.isEmpty()) {
        continue;
      }
      int stop = i;
      while (stop < end && letters.indexOf(bytes[stop]) >= 0) {
        stop++;
      }
      Optional<Address> found = Address.parse(bytes, i, stop);
      if (found.isPresent() && contains(found.get())) {
        return true;
      }
      i = Math.max(i, stop - 1);
    }
    return false;
  }

  /// A digit, and a point within the next three.
  private static boolean startsV4(byte[] b, int at, int end) {
    if (b[at] < '0' || b[at] > '9') {
      return false;
    }
    for (int i = at + 1; i < Math.min(end, at + 4); i++) {
      if (b[i] == '.') {
        return true;
      }
    }
    return false;
  }

  /// Two colons and a hexadecimal digit, or up to four such digits and a colon.
  private static boolean startsV6(byte[] b, int at, int end) {
    if (b[at] == ':') {
      return at + 1 < end && b[at + 1] == ':';
    }
    int i = at;
    while (i < end && i < at + 4 && Character.digit(b[i], 16) >= 0) {
      i++;
    }
    return i > at && i < end && b[i] == ':';
  }
}
