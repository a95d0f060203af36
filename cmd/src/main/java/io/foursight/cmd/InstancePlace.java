package io.foursight.cmd;

import io.foursight.ring.InstanceSettings;
import io.foursight.ring.RingName;
import io.foursight.ring.config.RingConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Under which name and address others find this process, where the configuration leaves it open.
///
/// @param door where the door between components listens
record InstancePlace(
    FoursightConfig config, Path dataDir, Supplier<Optional<InetSocketAddress>> door) {

  InstanceSettings settings(RingName name, RingConfig ring) {
    boolean holdsNothing = RingStores.ofPresence(config).containsKey(name);
    String address = address(ring);
    Path tokens =
        ring.tokensFilePath().isEmpty()
            ? dataDir.resolve(name.value()).resolve("ring-tokens.json")
            : Path.of(ring.tokensFilePath());
    return new InstanceSettings(
        name,
        ring.instanceId().isEmpty() ? id(address, holdsNothing) : ring.instanceId(),
        address,
        ring.instanceAvailabilityZone(),
        Version.text(),
        ring.numTokens(),
        holdsNothing ? Optional.empty() : Optional.of(tokens),
        ring.heartbeatPeriod(),
        ring.heartbeatTimeout(),
        ring.heartbeatTimeout().multipliedBy(ring.autoForgetUnhealthyPeriods()),
        ring.unregisterOnShutdown(),
        ring.minReadyDuration(),
        ring.finalSleep());
  }

  /// Several that hold nothing may well share a machine; then the port of the door between
  /// components tells them apart, or chance when there is none.
  private String id(String address, boolean holdsNothing) {
    if (!holdsNothing) {
      return hostName();
    }
    return door.get().isPresent()
        ? hostName() + "-" + address.substring(address.lastIndexOf(':') + 1)
        : hostName() + "-" + HexFormat.of().toHexDigits(new SplittableRandom().nextInt());
  }

  private String address(RingConfig ring) {
    Optional<InetSocketAddress> listening = door.get();
    int port =
        ring.instancePort() > 0
            ? ring.instancePort()
            : listening
                .map(InetSocketAddress::getPort)
                .orElse(Math.max(0, config.server().grpcListenPort()));
    if (!ring.instanceAddr().isEmpty()) {
      return join(ring.instanceAddr(), port);
    }
    return listening
        .map(InetSocketAddress::getAddress)
        .filter(address -> !address.isAnyLocalAddress())
        .map(address -> join(address.getHostAddress(), port))
        .orElseGet(() -> join(ofInterface(ring.instanceInterfaceNames()), port));
  }

  private static String join(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /// The first address of the interfaces named, else of any that others may reach, else loopback.
  private static String ofInterface(List<String> names) {
    try {
      List<NetworkInterface> candidates = new ArrayList<>();
      for (String name : names) {
        Optional.ofNullable(NetworkInterface.getByName(name)).ifPresent(candidates::add);
      }
      candidates.addAll(Collections.list(NetworkInterface.getNetworkInterfaces()));
      for (NetworkInterface candidate : candidates) {
        if (candidate.isUp() && !candidate.isLoopback()) {
          for (InetAddress address : Collections.list(candidate.getInetAddresses())) {
            if (address instanceof Inet4Address) {
              return address.getHostAddress();
            }
          }
        }
      }
    } catch (SocketException e) {
      return "127.0.0.1";
    }
    return "127.0.0.1";
  }
}
