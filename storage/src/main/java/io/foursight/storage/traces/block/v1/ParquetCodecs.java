package io.foursight.storage.traces.block.v1;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/// Page compression without Hadoop: we write zstd; zstd, snappy and plain are read. Compressors
/// belong to one thread; decompressors may be used from any.
final class ParquetCodecs implements CompressionCodecFactory {
  private static final int LEVEL = 3;

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    if (codec != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("pages are written as zstd, not " + codec);
    }
    return new ZstdCompressor();
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED, SNAPPY, ZSTD -> new Decompressor(codec);
      default ->
          throw FoursightException.corrupt(
              TracesBlockFormat.SPANS + ": compressed with " + codec + ", which is not ours");
    };
  }

  @Override
  public void release() {}

  private static final class ZstdCompressor implements BytesInputCompressor {
    private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      return BytesInput.from(context.compress(bytes.toByteArray()));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {
      context.close();
    }
  }

  private record Decompressor(CompressionCodecName codec) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(decompress(bytes.toByteArray(), size));
    }

    private byte[] decompress(byte[] packed, int size) throws IOException {
      if (codec == CompressionCodecName.UNCOMPRESSED) {
        return packed;
      }
      var plain = new byte[size];
      long got;
      try {
        got =
            codec == CompressionCodecName.ZSTD
                ? Zstd.decompressByteArray(plain, 0, size, packed, 0, packed.length)
                : Snappy.uncompress(packed, 0, packed.length, plain, 0);
      } catch (ZstdException e) {
        throw new IOException(e);
      }
      if (got != size) {
        throw new IOException("a page of " + size + " bytes does not unpack");
      }
      return plain;
    }

    @Override
    public void decompress(ByteBuffer in, int inSize, ByteBuffer out, int outSize)
        throws IOException {
      var packed = new byte[inSize];
      in.get(packed);
      out.put(decompress(packed, outSize));
    }

    @Override
    public void release() {}
  }
}
