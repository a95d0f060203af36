package io.foursight.ring.jgroups;

import io.foursight.model.FoursightException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// `memberlist.join_members`, parsed once and looked up as often as asked: `host:port` is one
/// address, `dns+host:port` all A and AAAA records behind a name.
final class JoinMembers {
  private record Entry(String host, int port, boolean all) {}

  private final List<Entry> entries = new ArrayList<>();

  /// @throws FoursightException `BAD_DATA` for what is neither
  JoinMembers(List<String> members, int defaultPort) {
    for (String member : members) {
      boolean all = member.startsWith("dns+");
      String address = all ? member.substring(4) : member;
      int colon = address.lastIndexOf(':');
      boolean bareIpv6 = address.indexOf(':') != colon && !address.contains("]");
      boolean hasPort = colon >= 0 && !bareIpv6 && !address.endsWith("]");
      String host = hasPort ? address.substring(0, colon) : address;
      int port = hasPort ? port(member, address.substring(colon + 1)) : defaultPort;
      if (host.isEmpty() || host.contains("+") || host.contains("/")) {
        throw notAMember(member);
      }
      entries.add(new Entry(host.replaceAll("[\\[\\]]", ""), port, all));
    }
  }

  private static int port(String member, String text) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw notAMember(member);
  }

  private static FoursightException notAMember(String member) {
    return FoursightException.badData(
        "memberlist.join_members: \"" + member + "\" is not host:port or dns+host:port");
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /// Addresses as the names resolve now; names that don't are left out.
  ///
  /// @param unknown gets those names
  List<InetSocketAddress> resolve(List<String> unknown) {
    List<InetSocketAddress> found = new ArrayList<>();
    for (Entry entry : entries) {
      try {
        InetAddress[] addresses = InetAddress.getAllByName(entry.host());
        for (int i = 0; i < (entry.all() ? addresses.length : 1); i++) {
          found.add(new InetSocketAddress(addresses[i], entry.port()));
        }
      } catch (UnknownHostException e) {
        unknown.add(entry.host());
      }
    }
    return found;
  }
}
