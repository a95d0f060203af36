/// Rings carried by the processes themselves: every process keeps the merged state of every ring,
/// sends news to some members at a time and now and then exchanges everything with one of them. The
/// network is a seam: JGroups in production, a simulated one in tests.
///
/// ## Message, version 1.0
///
/// All integers big-endian; `var` is an unsigned LEB128; text is `var` length and UTF-8.
///
/// ```
/// | "FSRG" | major u8 | minor u8 | kind u8 | label text | exchange i32 | rings var |
///   per ring     | name text | instances var |
///   per instance | length var | fields, length bytes |
///   fields       | id text | address text | zone text | build text | state u8 | readOnly u8
///                | registered i64 ms | heartbeat i64 ms | readOnlySince i64 ms
///                | incarnation i64 | version i64 | tokens var | token i32 ... |
/// ```
///
/// A newer minor version adds fields to the end of an instance, or bytes to the end of the message;
/// both are skipped. Another major version is refused. Kinds: 0 news, 1 everything, answer with
/// yours, 2 the answer with what the asker lacks (and the number of its exchange). The label is
/// `memberlist.cluster_label`; another label is refused.
package io.foursight.ring.gossip;
