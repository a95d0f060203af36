package io.foursight.runtime.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.runtime.client.SrvRecords.Place;
import java.util.List;
import org.junit.jupiter.api.Test;

class SrvRecordsTest {
  @Test
  void theRecordsOfAService_areHostsAndPorts_byPriority() {
    try (var dns = new FakeDns()) {
      dns.records.put(
          "_gossip._tcp.foursight.test",
          List.of(
              new FakeDns.Srv(20, 1, 7947, "b.foursight.test"),
              new FakeDns.Srv(10, 1, 7946, "a.foursight.test")));
      var records = new SrvRecords(dns.url());
      assertThat(records.lookup("_gossip._tcp.foursight.test"))
          .containsExactly(
              new Place("a.foursight.test", 7946, 10), new Place("b.foursight.test", 7947, 20));
      assertThatThrownBy(() -> records.lookup("_other._tcp.foursight.test"))
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("_other._tcp.foursight.test");
    }
  }

  @Test
  void aServerThatIsNotThere_isSaid() {
    String gone;
    try (var dns = new FakeDns()) {
      gone = dns.url();
    }
    assertThatThrownBy(() -> new SrvRecords(gone).lookup("_x._tcp.test"))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("SRV records of _x._tcp.test");
  }
}
