/// The ports of [io.foursight.model.metrics] over [io.foursight.wire.rpc]: services before local
/// ports, stubs that are ports, and what their messages hold. Field numbers are in the codecs; they
/// are never reused, and unknown ones are skipped.
package io.foursight.wire.metrics.rpc;
