/// Writing one request to several replicas: who gets what, and when enough have it. Knows items by
/// number only; the signals say what they are.
package io.foursight.distributor.replication;
