package io.foursight.ring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How one instance lives in its ring, with everything resolved.
///
/// @param ring which ring
/// @param id unique in the ring
/// @param address `host:port` of its gRPC door
/// @param tokensFile where tokens outlive the process, if anywhere
/// @param autoForgetAfter silence after which others are forgotten; zero = never
public record InstanceSettings(
    RingName ring,
    String id,
    String address,
    String zone,
    String build,
    int numTokens,
    Optional<Path> tokensFile,
    Duration heartbeatPeriod,
    Duration heartbeatTimeout,
    Duration autoForgetAfter,
    boolean unregisterOnShutdown,
    Duration minReadyDuration,
    Duration finalSleep) {}
