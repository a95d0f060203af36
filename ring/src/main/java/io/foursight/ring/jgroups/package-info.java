/// The gossip network on JGroups: TCP, discovery through `memberlist.join_members`, failure
/// detection and merging of partitions are its; what travels is ours.
package io.foursight.ring.jgroups;
