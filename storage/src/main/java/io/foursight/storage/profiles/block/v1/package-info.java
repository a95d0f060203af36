/// Block format `storage.profiles.block.v1`: the profiles of one tenant over a range of time, in
/// files that are never changed. Little-endian; `varint` is seven bits a byte, low first; `zigzag`
/// is a varint of `n << 1 ^ n >> 63`; `text` is a varint length and UTF-8; every part ends in the
/// CRC-32C of the bytes before it. Times are nanoseconds since the epoch.
///
/// **Files.** Each begins with 16 bytes; [ProfilesBlockFormat] names the numbers.
///
/// ```
/// header:   | "4SProf\r\n" | version u32 = 1 | kind u32 = first letter of the file's name |
///
/// profiles: | header | chunks of partition 0 | its symbols | chunks of partition 1 | its symbols | ... |
/// chunk:    | head | ids | sums | sums of runs | samples of runs | spans of runs |
///
/// index:    | header | directory | footer |
/// footer:   | directory offset u64 = 16 | crc u32 | version u32 | "4SProf\r\n" |
/// ```
///
/// The directory ([ProfilesIndex]) tells series, partitions and chunks; a reader fetches it whole,
/// once, and answers labels and series from it. Everything else is read by range.
///
/// **A partition** is the profiles of one service and build, which share symbols: strings,
/// functions, locations, and stacks as a tree of parent pointers with dense numbers
/// ([SymbolsCodec]). So a merge adds values to an array by stack and looks at no name before the
/// end.
///
/// **A chunk** ([ChunkWriter]) has up to some thousand profiles of one type and one hour, series
/// after series, of each by time. The part of a chunk that is of one series is a *run*. Its head
/// tells time, total, duration, period and number of samples of each profile, so that series over
/// time need no samples; ids have a part of their own. Samples are two columns, stacks and values,
/// each profile's by stack, about two bytes a sample. Spans are a table a run and a number a
/// sample.
///
/// **Sums** ([StackSums]) are the values of all samples of a run, or of a chunk, by stack. A merge
/// over a long range reads those of chunks that it takes whole, those of runs where it takes some
/// series, and samples only where the range cuts an hour or spans and profiles are picked out.
///
/// ```
/// sums: | count varint | bytes of the first column varint | stacks, ascending | values | crc u32 |
/// ```
///
/// **Copies.** In a partition every profile is once, told by series, time and id; several blocks,
/// and partitions of the same service and build, may have copies, and readers count them once
/// ([ProfilesMerge]).
///
/// **Worked example**, the sums of stack 1 with value 3 and stack 2 with value 7, asserted by a
/// test:
///
/// ```
/// 02             two stacks
/// 04             the first column has four bytes
/// 02 02 02 00    LongCodec: delta, first 1, base 1, width 0
/// 0a 06 04 02 00    delta with gcd, first 3, gcd 4, base 1, width 0
/// fc 71 c7 c5    CRC-32C
/// ```
///
/// **Versions.** A file whose footer tells another version is refused as too old or too new, never
/// as damaged. A version 2 gets a package of its own, and this one stays to read version 1.
package io.foursight.storage.profiles.block.v1;
