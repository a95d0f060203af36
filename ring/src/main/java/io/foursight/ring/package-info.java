/// Who is there and who holds what: instances of a component with their tokens, states and zones;
/// replication sets and shuffle shards computed from them; and the life of one instance in its
/// ring. The merged state travels through a [RingStore]; everything here is driven by a
/// [RingScheduler], so that tests decide what time it is.
package io.foursight.ring;
