package io.foursight.storage.metrics.prometheus;

import io.foursight.storage.encoding.Crc32c;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// An append-only file of big-endian sections with a CRC-32C behind each.
final class BigEndianFile implements AutoCloseable {
  /// One section's content.
  static final class Section extends ByteArrayOutputStream {
    void u32(long value) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        write((int) (value >>> shift));
      }
    }

    void u64(long value) {
      u32(value >>> 32);
      u32(value);
    }

    void uvarint(long value) {
      long v = value;
      while ((v & ~0x7fL) != 0) {
        write((int) (v | 0x80));
        v >>>= 7;
      }
      write((int) v);
    }

    void varint(long value) {
      uvarint(value << 1 ^ value >> 63);
    }

    void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      uvarint(utf8.length);
      writeBytes(utf8);
    }

    byte[] array() {
      return buf;
    }
  }

  private final DataOutputStream out;
  private long size;

  BigEndianFile(Path path) throws IOException {
    out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 18));
  }

  long size() {
    return size;
  }

  void u32(int value) throws IOException {
    out.writeInt(value);
    size += 4;
  }

  void u8(int value) throws IOException {
    out.writeByte(value);
    size++;
  }

  void bytes(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    size += length;
  }

  /// Zeros up to a multiple.
  void align(int multiple) throws IOException {
    while (size % multiple != 0) {
      u8(0);
    }
  }

  void checked(Section section) throws IOException {
    bytes(section.array(), 0, section.size());
    u32(Crc32c.of(section.array(), 0, section.size()));
  }

  /// `| length u32 | content | CRC |`.
  void sized(Section section) throws IOException {
    u32(section.size());
    checked(section);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
