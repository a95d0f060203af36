/// Reads configuration (defaults, YAML, environment, flags) into the immutable records that
/// components own, checks it, and reloads per-tenant overrides. Knows how to load, not what a key
/// means.
package io.foursight.config;
