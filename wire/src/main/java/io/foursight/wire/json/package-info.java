/// Writing JSON straight to bytes, as the Go encoders behind the upstream APIs would: what the
/// result writers of all signals share.
package io.foursight.wire.json;
