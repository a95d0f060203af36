package io.foursight.ring.jgroups;

import io.foursight.model.FoursightException;
import io.foursight.runtime.client.SrvRecords;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// `memberlist.join_members`, parsed once and looked up as often as asked: `host:port` is one
/// address, `dns+host:port` all A and AAAA records behind a name, `dnssrv+name` (and
/// `dnssrvnoa+name`) all hosts and ports of its SRV records; a port behind the name overrides
/// theirs.
final class JoinMembers {
  private enum Kind {
    HOST,
    ADDRESSES,
    SERVICE
  }

  /// @param port 0 = that of the SRV record
  private record Entry(String host, int port, Kind kind) {}

  private final Function<String, List<SrvRecords.Place>> services;
  private final List<Entry> entries = new ArrayList<>();

  /// @throws FoursightException `BAD_DATA` for what is neither
  JoinMembers(List<String> members, int defaultPort) {
    this(members, defaultPort, name -> new SrvRecords().lookup(name));
  }

  JoinMembers(
      List<String> members, int defaultPort, Function<String, List<SrvRecords.Place>> services) {
    this.services = services;
    for (String member : members) {
      Kind kind =
          member.startsWith("dns+")
              ? Kind.ADDRESSES
              : member.startsWith("dnssrv+") || member.startsWith("dnssrvnoa+")
                  ? Kind.SERVICE
                  : Kind.HOST;
      String address = kind == Kind.HOST ? member : member.substring(member.indexOf('+') + 1);
      int colon = address.lastIndexOf(':');
      boolean bareIpv6 = address.indexOf(':') != colon && !address.contains("]");
      boolean hasPort = colon >= 0 && !bareIpv6 && !address.endsWith("]");
      String host = hasPort ? address.substring(0, colon) : address;
      int port =
          hasPort
              ? port(member, address.substring(colon + 1))
              : kind == Kind.SERVICE ? 0 : defaultPort;
      if (host.isEmpty() || host.contains("+") || host.contains("/")) {
        throw notAMember(member);
      }
      entries.add(new Entry(host.replaceAll("[\\[\\]]", ""), port, kind));
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
        "memberlist.join_members: \""
            + member
            + "\" is not host:port, dns+host:port or dnssrv+name");
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
      if (entry.kind() == Kind.SERVICE) {
        resolveService(entry, found, unknown);
      } else {
        resolve(entry.host(), entry.port(), entry.kind() == Kind.ADDRESSES, found, unknown);
      }
    }
    return found;
  }

  private void resolveService(Entry entry, List<InetSocketAddress> found, List<String> unknown) {
    try {
      for (SrvRecords.Place place : services.apply(entry.host())) {
        int port = entry.port() > 0 ? entry.port() : place.port();
        resolve(place.host(), port, true, found, unknown);
      }
    } catch (FoursightException e) {
      unknown.add(entry.host());
    }
  }

  private static void resolve(
      String host, int port, boolean all, List<InetSocketAddress> found, List<String> unknown) {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      for (int i = 0; i < (all ? addresses.length : 1); i++) {
        found.add(new InetSocketAddress(addresses[i], port));
      }
    } catch (UnknownHostException e) {
      unknown.add(host);
    }
  }
}
