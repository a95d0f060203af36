package io.foursight.ring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ConfigSchema;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Defaults and keys, spelled as operators know them.
class RingConfigTest {
  record Root(
      MemberlistConfig memberlist,
      @Setting(value = "The ring.", key = "ingester.ring") RingConfig ring) {
    static Root defaults() {
      return new Root(MemberlistConfig.defaults(), RingConfig.defaults());
    }
  }

  private static Root load(String yaml, String... flags) {
    return new ConfigSchema<>(Root.class, List.of())
        .load(yaml, "test.yaml", false, name -> null, List.of(flags))
        .root();
  }

  @Test
  void defaultsOfTheRing_areUpstreams() {
    RingConfig ring = load("").ring();
    assertThat(ring.kvstore().store()).isEqualTo(KvStoreConfig.Kind.MEMBERLIST);
    assertThat(ring.heartbeatPeriod()).isEqualTo(Duration.ofSeconds(15));
    assertThat(ring.heartbeatTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(ring.autoForgetUnhealthyPeriods()).isEqualTo(10);
    assertThat(ring.replicationFactor()).isZero();
    assertThat(ring.zoneAwarenessEnabled()).isFalse();
    assertThat(ring.numTokens()).isEqualTo(128);
    assertThat(ring.unregisterOnShutdown()).isTrue();
    assertThat(RingConfig.withTokens(512).numTokens()).isEqualTo(512);
  }

  @Test
  void defaultsOfMemberlist_areUpstreams_butTombstonesLiveLonger() {
    MemberlistConfig memberlist = load("").memberlist();
    assertThat(memberlist.bindPort()).isEqualTo(7946);
    assertThat(memberlist.joinMembers()).isEmpty();
    assertThat(memberlist.gossipInterval()).isEqualTo(Duration.ofMillis(200));
    assertThat(memberlist.gossipNodes()).isEqualTo(3);
    assertThat(memberlist.pullPushInterval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(memberlist.retransmitFactor()).isEqualTo(4);
    assertThat(memberlist.leftIngestersTimeout()).isEqualTo(Duration.ofHours(24));
    assertThat(memberlist.clusterLabel()).isEmpty();
  }

  @Test
  void everyKey_isRead() {
    Root root =
        load(
            """
            memberlist:
              node_name: n
              bind_addr: 127.0.0.1
              bind_port: 1
              advertise_addr: 10.0.0.1
              advertise_port: 2
              join_members: ["a:1", "dns+b:2"]
              min_join_backoff: 2s
              max_join_backoff: 3s
              rejoin_interval: 4s
              cluster_label: prod
              gossip_interval: 1s
              gossip_nodes: 5
              pull_push_interval: 6s
              retransmit_factor: 7
              left_ingesters_timeout: 8m
              leave_timeout: 9s
              max_message_bytes: 10
            ingester:
              ring:
                kvstore:
                  store: consul
                  prefix: p/
                  consul:
                    host: c:1
                    acl_token: t
                    http_client_timeout: 1s
                    consistent_reads: true
                    watch_rate_limit: 2
                    cas_retry_delay: 3s
                    max_cas_retries: 4
                  etcd:
                    endpoints: [e:1, e:2]
                    dial_timeout: 5s
                    max_retries: 6
                    tls_enabled: true
                    username: u
                    password: w
                heartbeat_period: 1s
                heartbeat_timeout: 2s
                auto_forget_unhealthy_periods: 3
                replication_factor: 5
                zone_awareness_enabled: true
                num_tokens: 6
                tokens_file_path: /t
                instance_id: i
                instance_addr: 1.2.3.4
                instance_port: 7
                instance_interface_names: [lo]
                instance_availability_zone: z
                unregister_on_shutdown: false
                min_ready_duration: 8s
                final_sleep: 9s
            """);
    assertThat(root.memberlist())
        .isEqualTo(
            new MemberlistConfig(
                "n",
                "127.0.0.1",
                1,
                "10.0.0.1",
                2,
                List.of("a:1", "dns+b:2"),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                "prod",
                Duration.ofSeconds(1),
                5,
                Duration.ofSeconds(6),
                7,
                Duration.ofMinutes(8),
                Duration.ofSeconds(9),
                10));
    assertThat(root.ring())
        .isEqualTo(
            new RingConfig(
                new KvStoreConfig(
                    KvStoreConfig.Kind.CONSUL,
                    "p/",
                    new ConsulConfig(
                        "c:1", "t", Duration.ofSeconds(1), true, 2, Duration.ofSeconds(3), 4),
                    new EtcdConfig(
                        List.of("e:1", "e:2"), Duration.ofSeconds(5), 6, true, "u", "w")),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                3,
                5,
                true,
                6,
                "/t",
                "i",
                "1.2.3.4",
                7,
                List.of("lo"),
                "z",
                false,
                Duration.ofSeconds(8),
                Duration.ofSeconds(9)));
  }

  @Test
  void flags_areThePathWithDashes() {
    Root root = load("", "-memberlist.join-members=a:1,b:2", "-ingester.ring.kvstore.store=etcd");
    assertThat(root.memberlist().joinMembers()).containsExactly("a:1", "b:2");
    assertThat(root.ring().kvstore().store()).isEqualTo(KvStoreConfig.Kind.ETCD);
  }

  @Test
  void whatMakesNoSense_isRefusedWithTheKey() {
    refused("-ingester.ring.num-tokens=0", "num_tokens");
    refused("-ingester.ring.replication-factor=10", "replication_factor");
    refused("-ingester.ring.heartbeat-timeout=15s", "heartbeat_timeout");
    refused("-ingester.ring.heartbeat-period=0s", "heartbeat_period");
    refused("-ingester.ring.auto-forget-unhealthy-periods=-1", "auto_forget");
    refused("-memberlist.bind-port=70000", "bind_port");
    refused("-memberlist.gossip-interval=0s", "gossip_interval");
    refused("-memberlist.gossip-nodes=0", "gossip_nodes");
  }

  private static void refused(String flag, String key) {
    assertThatThrownBy(() -> load("", flag))
        .as(flag)
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining(key);
  }
}
