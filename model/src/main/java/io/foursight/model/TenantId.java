package io.foursight.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/// The name of a tenant: 1 to 150 bytes of ASCII letters, digits and `! - _ . * ' ( )`, neither `.`
/// nor `..` and not the reserved `__foursight_cluster`. It is safe as a path segment and as a part
/// of an object key. The character rules are those of Mimir's documented tenant ids.
public record TenantId(String value) implements Comparable<TenantId> {
  public static final int MAX_LENGTH = 150;

  /// The tenant of every request when multitenancy is off.
  public static final TenantId ANONYMOUS = new TenantId("anonymous");

  /// @throws FoursightException `BAD_DATA`, naming the offending character and its place
  public TenantId {
    Objects.requireNonNull(value);
    if (value.isEmpty()) {
      throw FoursightException.badData("tenant ID is empty");
    }
    for (int i = 0; i < value.length(); i++) {
      if (!allowed(value.charAt(i))) {
        throw FoursightException.badData(
            "tenant ID "
                + quote(value)
                + " contains unsupported character '"
                + printable(value.charAt(i))
                + "' at position "
                + i);
      }
    }
    if (value.length() > MAX_LENGTH) {
      throw FoursightException.badData(
          "tenant ID is too long: " + value.length() + " bytes, the maximum is " + MAX_LENGTH);
    }
    if (value.equals(".") || value.equals("..") || value.equals("__foursight_cluster")) {
      throw FoursightException.badData("tenant ID " + quote(value) + " is reserved");
    }
  }

  /// The tenants of a federated header value `a|b|c`: distinct, in ascending order, at least one.
  public static List<TenantId> parseFederated(String header) {
    var distinct = new TreeSet<TenantId>();
    for (String part : header.split("\\|", -1)) {
      distinct.add(new TenantId(part));
    }
    return new ArrayList<>(distinct);
  }

  private static boolean allowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!-_.*'()".indexOf(c) >= 0;
  }

  private static String quote(String value) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < Math.min(value.length(), MAX_LENGTH); i++) {
      out.append(printable(value.charAt(i)));
    }
    return out.append('"').toString();
  }

  private static String printable(char c) {
    return c < 0x20 || c > 0x7e ? String.format("\\u%04x", (int) c) : String.valueOf(c);
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
