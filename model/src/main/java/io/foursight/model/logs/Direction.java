package io.foursight.model.logs;

/// In which order of time entries are wanted.
public enum Direction {
  FORWARD,
  BACKWARD
}
