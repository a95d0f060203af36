package io.foursight.queryfrontend;

/// What this build is, as `status/buildinfo` shows it.
public record BuildInfo(String version, String revision, String branch, String buildDate) {
  public static final BuildInfo UNKNOWN = new BuildInfo("0.0.0", "unknown", "unknown", "unknown");
}
