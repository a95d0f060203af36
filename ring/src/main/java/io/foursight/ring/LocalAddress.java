package io.foursight.ring;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Which of this machine's addresses others can use.
public final class LocalAddress {
  private LocalAddress() {}

  /// The first address of the named interfaces, else of any that is up, IPv4 before IPv6; the
  /// loopback address when there is no other.
  public static InetAddress of(List<String> interfaces) {
    List<NetworkInterface> all = new ArrayList<>();
    try {
      for (String name : interfaces) {
        Optional.ofNullable(NetworkInterface.getByName(name)).ifPresent(all::add);
      }
      for (NetworkInterface other : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (other.isUp() && !other.isLoopback() && !all.contains(other)) {
          all.add(other);
        }
      }
    } catch (SocketException e) {
      return InetAddress.getLoopbackAddress();
    }
    return all.stream()
        .flatMap(i -> Collections.list(i.getInetAddresses()).stream())
        .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
        .min((a, b) -> Boolean.compare(b instanceof Inet4Address, a instanceof Inet4Address))
        .orElseGet(InetAddress::getLoopbackAddress);
  }

  /// The machine's name, without asking the network for more than it must.
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
