package io.foursight.ring;

import io.foursight.model.FoursightException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/// What the ring knows of one instance. Written by its owner (and by whoever forgets it); of two
/// descriptors with one id the one that [#supersedes] the other wins everywhere. Immutable.
///
/// Instants are whole milliseconds, which is what travels.
///
/// @param id unique in the ring; up to 255 characters without control characters
/// @param address `host:port` of its gRPC door
/// @param zone availability zone, may be empty
/// @param registered when this instance first entered the ring, by its own clock; kept over
///   restarts while the ring remembers it
/// @param heartbeat when it last spoke, by its own clock; viewers measure silence by when they saw
///   it change
/// @param readOnly takes no new data
/// @param readOnlySince when that last changed, `Instant.EPOCH` when never
/// @param build version of the program
/// @param incarnation one life of one process: start time in milliseconds, shifted left by 20 bits,
///   plus chance; greater is younger
/// @param version of this descriptor: grows with every change; at least the milliseconds of the
///   owner's clock and more than every version that the owner had seen in the ring
public record InstanceDescriptor(
    String id,
    String address,
    String zone,
    InstanceState state,
    Tokens tokens,
    Instant registered,
    Instant heartbeat,
    boolean readOnly,
    Instant readOnlySince,
    String build,
    long incarnation,
    long version) {
  public static final int MAX_TEXT = 255;

  public InstanceDescriptor {
    Objects.requireNonNull(state);
    Objects.requireNonNull(tokens);
    requireText("instance id", id);
    requireText("instance address", address);
    requireText("instance zone", zone);
    requireText("instance build version", build);
    if (id.isEmpty()) {
      throw FoursightException.badData("an instance id is empty");
    }
    registered = registered.truncatedTo(ChronoUnit.MILLIS);
    heartbeat = heartbeat.truncatedTo(ChronoUnit.MILLIS);
    readOnlySince = readOnlySince.truncatedTo(ChronoUnit.MILLIS);
  }

  private static void requireText(String what, String text) {
    boolean fine = text.length() <= MAX_TEXT;
    for (int i = 0; fine && i < text.length(); i++) {
      fine = text.charAt(i) >= ' ' && text.charAt(i) != 127;
    }
    if (!fine) {
      throw FoursightException.badData(
          what
              + " is longer than "
              + MAX_TEXT
              + " characters or has control characters: \""
              + text.substring(0, Math.min(40, text.length())).replaceAll("\\p{Cntrl}", "?")
              + "\"");
    }
  }

  /// Whether this is news to somebody who knows `other`. A total order of what one instance ever
  /// said, so that merging in any order and any number of times ends with the same descriptor.
  public boolean supersedes(InstanceDescriptor other) {
    if (version != other.version) {
      return version > other.version;
    }
    if (state != other.state) {
      return state.compareTo(other.state) > 0;
    }
    if (incarnation != other.incarnation) {
      return incarnation > other.incarnation;
    }
    int order = address.compareTo(other.address);
    order = order != 0 ? order : heartbeat.compareTo(other.heartbeat);
    order = order != 0 ? order : zone.compareTo(other.zone);
    order = order != 0 ? order : Boolean.compare(readOnly, other.readOnly);
    order = order != 0 ? order : registered.compareTo(other.registered);
    order = order != 0 ? order : readOnlySince.compareTo(other.readOnlySince);
    order = order != 0 ? order : build.compareTo(other.build);
    return (order != 0 ? order : compare(tokens, other.tokens)) > 0;
  }

  private static int compare(Tokens a, Tokens b) {
    return java.util.Arrays.compare(a.toArray(), b.toArray());
  }

  public boolean isLeft() {
    return state == InstanceState.LEFT;
  }

  public InstanceDescriptor withState(InstanceState next) {
    return new InstanceDescriptor(
        id,
        address,
        zone,
        next,
        tokens,
        registered,
        heartbeat,
        readOnly,
        readOnlySince,
        build,
        incarnation,
        version);
  }

  public InstanceDescriptor withTokens(Tokens next) {
    return new InstanceDescriptor(
        id,
        address,
        zone,
        state,
        next,
        registered,
        heartbeat,
        readOnly,
        readOnlySince,
        build,
        incarnation,
        version);
  }

  public InstanceDescriptor withReadOnly(boolean next, Instant since) {
    return new InstanceDescriptor(
        id,
        address,
        zone,
        state,
        tokens,
        registered,
        heartbeat,
        next,
        since,
        build,
        incarnation,
        version);
  }

  public InstanceDescriptor withIncarnation(long next) {
    return new InstanceDescriptor(
        id,
        address,
        zone,
        state,
        tokens,
        registered,
        heartbeat,
        readOnly,
        readOnlySince,
        build,
        next,
        version);
  }

  public InstanceDescriptor withHeartbeat(Instant next) {
    return new InstanceDescriptor(
        id,
        address,
        zone,
        state,
        tokens,
        registered,
        next,
        readOnly,
        readOnlySince,
        build,
        incarnation,
        version);
  }

  public InstanceDescriptor withVersion(long next) {
    return new InstanceDescriptor(
        id,
        address,
        zone,
        state,
        tokens,
        registered,
        heartbeat,
        readOnly,
        readOnlySince,
        build,
        incarnation,
        next);
  }

  /// The tombstone of this instance: no tokens.
  public InstanceDescriptor left() {
    return withState(InstanceState.LEFT).withTokens(Tokens.NONE);
  }
}
