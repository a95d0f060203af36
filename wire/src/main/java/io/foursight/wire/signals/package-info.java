/// What all signals say between components in the same words: an encoded batch for a Sink, the plan
/// of blocks, matchers, labels and lists of texts. The signals' `rpc` packages add what is their
/// own.
package io.foursight.wire.signals;
