package io.foursight.runtime.telemetry;

import io.foursight.config.Setting;

/// Section `log`.
public record LogConfig(@Setting("Least important messages that are logged.") LogLevel level) {
  public static LogConfig defaults() {
    return new LogConfig(LogLevel.INFO);
  }
}
