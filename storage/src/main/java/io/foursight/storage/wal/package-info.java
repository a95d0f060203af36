/// The write-ahead log: framed, checksummed, group-committed records in segments. See
/// [io.foursight.storage.wal.Wal] for the promises; this page is the format, version 1.
///
/// A log is a directory with one file a segment, `<number, 16 decimal digits>.wal`, without gaps
/// between the lowest and the highest number, a file `lock` that its one process holds, and
/// `*.spare` files waiting to be used again. Everything is little-endian. A segment file may be
/// longer than what was written into it; what follows the last frame is of no meaning (zeros, or
/// frames of the file's earlier life).
///
/// ```
/// segment   | magic "FSWL" | version u16 = 1 | 0 u16 | number u64 | seed u64 | crc u32 of the 24 bytes before | 0 u32 | frames...
///           0              4                 6       8            16         24                               28      32
///
/// frame     | header crc u32 | length u32 | body crc u32 | synced u32 | raw length u32 | type u8 | signal u8 | codec u8 | tenant length u8 | tenant | payload | zeros to a multiple of 8
///           0                4            8              12           16               20        21          22         23                 24
/// ```
///
/// - `header crc`: CRC-32C of (seed + the frame's offset in the file, as u64) followed by header
///   bytes 4..24. The seed is random for each life of a file, so a frame that a recycled file still
///   carries from an earlier life is never taken for a new one.
/// - `length`: bytes of tenant and payload; `body crc`: CRC-32C of exactly these.
/// - `synced`: bytes of this segment that were known to be on stable storage when the frame was
///   written.
/// - `raw length`: bytes of the payload before compression; `codec`: 0 = none, 1 = LZ4 block.
/// - `signal`: 1 metrics, 2 logs, 3 traces, 4 profiles; 0 with type 0 and no body is the **end
///   frame** that closes a finished segment.
///
/// A damaged frame in a segment that has no end frame and is the last one is the torn tail of a
/// crash: it and all behind it were never promised to be synced, and the segment is cut there. If a
/// valid frame further on says that the damaged place had been synced, or if the segment is not the
/// last, it is corruption.
///
/// Worked example: segment 7 with seed `0x0102030405060708`, one record of type 9, signal metrics,
/// tenant `acme`, payload `de ad be ef` (asserted in `WalFormatTest`):
///
/// ```
/// 00  46 53 57 4c 01 00 00 00  07 00 00 00 00 00 00 00
/// 10  08 07 06 05 04 03 02 01  HEADER_CRC__ 00 00 00 00
/// 20  FRAME_CRC__ 08 00 00 00  BODY_CRC___ 20 00 00 00
/// 30  04 00 00 00 09 01 00 04  61 63 6d 65 de ad be ef
/// ```
package io.foursight.storage.wal;
