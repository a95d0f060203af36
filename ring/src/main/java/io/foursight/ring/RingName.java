package io.foursight.ring;

import io.foursight.model.FoursightException;

/// Which ring: one per component, named as the component is. Lower case letters and dashes.
public record RingName(String value) implements Comparable<RingName> {
  public static final RingName DISTRIBUTOR = new RingName("distributor");
  public static final RingName INGESTER = new RingName("ingester");
  public static final RingName STORE_GATEWAY = new RingName("store-gateway");
  public static final RingName QUERIER = new RingName("querier");
  public static final RingName QUERY_FRONTEND = new RingName("query-frontend");
  public static final RingName COMPACTOR = new RingName("compactor");
  public static final RingName RULER = new RingName("ruler");

  public RingName {
    if (!value.matches("[a-z][a-z0-9-]{0,62}")) {
      throw FoursightException.badData("\"" + value + "\" is not a ring's name");
    }
  }

  @Override
  public int compareTo(RingName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
