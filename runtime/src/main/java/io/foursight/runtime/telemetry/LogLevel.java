package io.foursight.runtime.telemetry;

/// Levels of the program's log.
public enum LogLevel {
  DEBUG,
  INFO,
  WARN,
  ERROR
}
