/// The question of an ingester whether a block is read from, over the network; the same for all
/// signals.
package io.foursight.wire.pickup;
