package io.foursight.runtime.client;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.xerial.snappy.SnappyFramedInputStream;
import org.xerial.snappy.SnappyFramedOutputStream;

/// The message encodings that our processes speak among each other: gzip, `snappy` (framed) and
/// `zstd` (level 1).
public final class GrpcCompression {
  private static final int ZSTD_LEVEL = 1;

  private GrpcCompression() {}

  public static CompressorRegistry compressors() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(new Codec.Gzip());
    registry.register(new Snappy());
    registry.register(new Zstd());
    return registry;
  }

  public static DecompressorRegistry decompressors() {
    return DecompressorRegistry.getDefaultInstance()
        .with(new Snappy(), true)
        .with(new Zstd(), true);
  }

  private static final class Snappy implements Codec {
    @Override
    public String getMessageEncoding() {
      return "snappy";
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
      return new SnappyFramedInputStream(in);
    }

    @Override
    public OutputStream compress(OutputStream out) throws IOException {
      return new SnappyFramedOutputStream(out);
    }
  }

  private static final class Zstd implements Codec {
    @Override
    public String getMessageEncoding() {
      return "zstd";
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
      return new ZstdInputStream(in);
    }

    @Override
    public OutputStream compress(OutputStream out) throws IOException {
      return new ZstdOutputStream(out, ZSTD_LEVEL);
    }
  }
}
