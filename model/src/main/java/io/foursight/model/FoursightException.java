package io.foursight.model;

import java.util.Objects;

/// The one exception that crosses module borders. The message names the value, the bound and the
/// place; the kind decides the status that a client sees.
public class FoursightException extends RuntimeException {
  private final ErrorKind kind;

  public FoursightException(ErrorKind kind, String message) {
    super(message);
    this.kind = Objects.requireNonNull(kind);
  }

  public FoursightException(ErrorKind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
  }

  public ErrorKind kind() {
    return kind;
  }

  public static FoursightException badData(String message) {
    return new FoursightException(ErrorKind.BAD_DATA, message);
  }

  public static FoursightException corrupt(String message) {
    return new FoursightException(ErrorKind.CORRUPT, message);
  }

  public static FoursightException unavailable(String message) {
    return new FoursightException(ErrorKind.UNAVAILABLE, message);
  }
}
