/// Rings kept in a key-value server that is already there: etcd through its HTTP/JSON gateway,
/// Consul through its HTTP API. One key per ring holds the merged state in the bytes of
/// `ring.gossip.RingCodec`; every change is a conditional write, news come by watching the key.
package io.foursight.ring.kv;
