package io.foursight.wire.logs.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.wire.rpc.Loopback;
import io.foursight.wire.rpc.RpcService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogsLateWritesServiceTest {
  @Test
  void aVersion_isThatOfWhoIsAsked_forTheTenantAndTheTime() {
    record Asked(TenantId tenant, TimeRange range) {}
    var asked = new ArrayList<Asked>();
    var service = new RpcService(LogsSourceMethods.INGESTER.service());
    LogsLateWritesService.register(
        service,
        LogsLateWritesService.INGESTER,
        (tenant, range) -> {
          asked.add(new Asked(tenant, range));
          return Long.MIN_VALUE + asked.size();
        });
    try (var loopback = new Loopback(service)) {
      LogsLateWrites remote =
          LogsLateWritesService.remote(loopback.caller(), LogsLateWritesService.INGESTER);
      var tenant = new TenantId("t1");
      assertThat(remote.version(tenant, new TimeRange(-5, 7))).isEqualTo(Long.MIN_VALUE + 1);
      assertThat(remote.version(tenant, TimeRange.ALL)).isEqualTo(Long.MIN_VALUE + 2);
      assertThat(asked)
          .isEqualTo(
              List.of(new Asked(tenant, new TimeRange(-5, 7)), new Asked(tenant, TimeRange.ALL)));
    }
  }
}
