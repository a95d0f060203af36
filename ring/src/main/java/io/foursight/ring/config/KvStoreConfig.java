package io.foursight.ring.config;

import io.foursight.config.Setting;

/// Where the ring's state lives, section `<component>.ring.kvstore`.
public record KvStoreConfig(
    @Setting(
            "What carries the ring: memberlist (gossip between the processes), inmemory (this"
                + " process is alone), etcd or consul.")
        Kind store,
    @Setting("Prefix of keys in etcd and Consul.") String prefix,
    ConsulConfig consul,
    EtcdConfig etcd) {
  public enum Kind {
    MEMBERLIST,
    INMEMORY,
    ETCD,
    CONSUL
  }

  public static KvStoreConfig defaults() {
    return new KvStoreConfig(
        Kind.MEMBERLIST, "foursight/", ConsulConfig.defaults(), EtcdConfig.defaults());
  }
}
