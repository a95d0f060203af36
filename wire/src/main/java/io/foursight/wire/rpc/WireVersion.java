package io.foursight.wire.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.grpc.Metadata;
import java.util.Optional;

/// How far two releases may be apart. Each side says its number: in the header
/// `foursight-wire-version` of every call, and in a worker's first message. A release sends only
/// what the one before it understands, so numbers that are one apart go together and a rolling
/// update works step by step; others are refused with both numbers. The number is raised by a
/// release that sends what the release before the last would misunderstand.
final class WireVersion {
  static final int CURRENT = 1;

  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("foursight-wire-version", Metadata.ASCII_STRING_MARSHALLER);

  private WireVersion() {}

  static Metadata header() {
    var headers = new Metadata();
    headers.put(HEADER, String.valueOf(CURRENT));
    return headers;
  }

  /// What to tell a caller that is too old or too new. A caller that says nothing is older than the
  /// numbers, or a tool: it is tried.
  static Optional<FoursightException> refusal(Metadata headers) {
    String said = headers.get(HEADER);
    if (said == null) {
      return Optional.empty();
    }
    try {
      return refusal(Integer.parseInt(said));
    } catch (NumberFormatException e) {
      return Optional.of(FoursightException.badData("the wire version is \"" + said + "\""));
    }
  }

  /// @param theirs 0 = not said
  static Optional<FoursightException> refusal(int theirs) {
    if (theirs == 0 || Math.abs((long) theirs - CURRENT) <= 1) {
      return Optional.empty();
    }
    return Optional.of(
        new FoursightException(
            ErrorKind.CONFLICT,
            "the other process speaks wire version "
                + theirs
                + ", this one "
                + CURRENT
                + ": they may be one apart; update "
                + (theirs > CURRENT ? "this process" : "the other process")
                + " first, one release after the other"));
  }
}
