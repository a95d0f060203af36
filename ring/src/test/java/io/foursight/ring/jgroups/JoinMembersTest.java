package io.foursight.ring.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.runtime.client.SrvRecords;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinMembersTest {
  private static List<String> resolved(String... members) {
    return new JoinMembers(List.of(members), 7946)
        .resolve(new ArrayList<>()).stream()
            .map(a -> a.getAddress().getHostAddress() + " " + a.getPort())
            .toList();
  }

  @Test
  void hostsAndAddresses_withAndWithoutPort() {
    assertThat(resolved("127.0.0.1:1", "127.0.0.2", "[::1]:5", "::1", "[::1]"))
        .containsExactly(
            "127.0.0.1 1",
            "127.0.0.2 7946",
            "0:0:0:0:0:0:0:1 5",
            "0:0:0:0:0:0:0:1 7946",
            "0:0:0:0:0:0:0:1 7946");
  }

  @Test
  void aDnsName_meansAllItsAddresses() {
    List<InetSocketAddress> all =
        new JoinMembers(List.of("dns+localhost:7"), 7946).resolve(new ArrayList<>());
    assertThat(all).isNotEmpty().allMatch(a -> a.getAddress().isLoopbackAddress());
    assertThat(all).allMatch(a -> a.getPort() == 7);
  }

  @Test
  void aNameThatDoesNotResolve_isLeftOutAndNamed() {
    List<String> unknown = new ArrayList<>();
    var members = new JoinMembers(List.of("no-such-host.invalid:1", "127.0.0.1:2"), 7946);
    assertThat(members.resolve(unknown)).hasSize(1);
    assertThat(unknown).containsExactly("no-such-host.invalid");
  }

  @Test
  void aService_meansTheHostsAndPortsOfItsRecords_unlessAPortIsNamed() {
    var asked = new ArrayList<String>();
    var members =
        new JoinMembers(
            List.of("dnssrv+_gossip._tcp.test", "dnssrvnoa+_gossip._tcp.test:9", "dnssrv+gone"),
            7946,
            name -> {
              asked.add(name);
              if (name.equals("gone")) {
                throw FoursightException.unavailable("no such name");
              }
              return List.of(
                  new SrvRecords.Place("127.0.0.1", 5, 0), new SrvRecords.Place("127.0.0.2", 6, 0));
            });
    List<String> unknown = new ArrayList<>();
    assertThat(members.resolve(unknown))
        .extracting(a -> a.getAddress().getHostAddress() + " " + a.getPort())
        .containsExactly("127.0.0.1 5", "127.0.0.2 6", "127.0.0.1 9", "127.0.0.2 9");
    assertThat(unknown).containsExactly("gone");
    assertThat(asked).containsExactly("_gossip._tcp.test", "_gossip._tcp.test", "gone");
  }

  @Test
  void anythingElse_isRefusedByName() {
    for (String bad :
        List.of("a:b", "a:0", "a:70000", ":1", "dnssrv+:1", "srv+a:1", "http://a:1")) {
      assertThatThrownBy(() -> new JoinMembers(List.of(bad), 7946))
          .as(bad)
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("\"" + bad + "\"");
    }
  }
}
