/// Hand-held protobuf: a cursor that reads messages out of a byte array and one that writes them.
/// For hot paths and for small messages that are not worth a generated class. Follows the protocol
/// buffers encoding, proto3.
package io.foursight.wire.protobuf;
