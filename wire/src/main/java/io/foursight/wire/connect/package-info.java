/// Messages of services that speak protobuf and its JSON: read and written as protobuf by hand,
/// brought from one form to the other by tables of their fields.
///
/// @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON</a>
package io.foursight.wire.connect;
