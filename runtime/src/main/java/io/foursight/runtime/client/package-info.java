/// The calling side of gRPC between components: channels, their encryption and compression.
package io.foursight.runtime.client;
