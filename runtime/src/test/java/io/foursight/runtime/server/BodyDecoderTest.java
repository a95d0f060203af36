package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.v3.lz4.Lz4FrameCompressor;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyFramedOutputStream;

class BodyDecoderTest {
  private interface Wrap {
    OutputStream around(OutputStream out) throws IOException;
  }

  @Test
  void everyEncoding_givesBackWhatWasEncoded() throws IOException {
    for (byte[] plain : new byte[][] {text(1), text(10_000), random(100_000), new byte[500_000]}) {
      for (var entry : encoded(plain).entrySet()) {
        String encoding = entry.getKey().split(" ")[0];
        assertThat(BodyDecoder.decode(encoding, entry.getValue(), plain.length))
            .as(entry.getKey() + " " + plain.length)
            .isEqualTo(plain);
      }
    }
  }

  @Test
  void oneBytePastTheBound_isTooLarge_inEveryEncoding() throws IOException {
    byte[] plain = new byte[5_000_000];
    for (var entry : encoded(plain).entrySet()) {
      String encoding = entry.getKey().split(" ")[0];
      assertThatThrownBy(() -> BodyDecoder.decode(encoding, entry.getValue(), plain.length - 1))
          .as(entry.getKey())
          .isInstanceOfSatisfying(
              FoursightException.class,
              e -> assertThat(e.kind()).as(entry.getKey()).isEqualTo(ErrorKind.TOO_LARGE))
          .hasMessageContaining("the limit is 4999999 bytes");
    }
  }

  /// A body of 9 bytes that declares 4 GiB must not make us allocate them.
  @Test
  void aDeclaredSizeThatTheBodyCannotHold_isRefusedWithoutAllocating() {
    byte[] bomb = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x07, 0, 1};
    assertThatThrownBy(() -> BodyDecoder.decode("snappy", bomb, 100 << 20))
        .hasMessageContaining("which 6 bytes cannot hold");
    byte[] huge = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 1};
    assertThatThrownBy(() -> BodyDecoder.decode("snappy", huge, 100 << 20))
        .hasMessageContaining("the limit is 104857600 bytes");
  }

  @Test
  void anUnknownEncoding_isUnsupportedMedia() {
    assertThatThrownBy(() -> BodyDecoder.decode("br", new byte[3], 10))
        .isInstanceOfSatisfying(
            FoursightException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED_MEDIA));
  }

  @Test
  void damagedBytes_areBadData_neverAnythingElse() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] plain = text(3000);
    for (int round = 0; round < 300; round++) {
      for (var entry : encoded(plain).entrySet()) {
        if (entry.getKey().startsWith("identity")) {
          continue;
        }
        byte[] damaged = entry.getValue().clone();
        if (random.nextBoolean()) {
          damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
        } else {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          BodyDecoder.decode(entry.getKey().split(" ")[0], damaged, 1 << 20);
        } catch (FoursightException e) {
          assertThat(e.kind())
              .as("%s seed %d: %s", entry.getKey(), seed, e.getMessage())
              .isIn(ErrorKind.BAD_DATA, ErrorKind.TOO_LARGE);
        }
      }
    }
  }

  private static Map<String, byte[]> encoded(byte[] plain) throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("identity", plain);
    all.put("gzip", wrap(plain, GZIPOutputStream::new));
    byte[] half = Arrays.copyOf(plain, plain.length / 2);
    byte[] rest = Arrays.copyOfRange(plain, plain.length / 2, plain.length);
    all.put(
        "gzip in two members",
        concat(wrap(half, GZIPOutputStream::new), wrap(rest, GZIPOutputStream::new)));
    all.put("zlib", wrap(plain, DeflaterOutputStream::new));
    all.put("deflate with zlib header", wrap(plain, DeflaterOutputStream::new));
    all.put(
        "deflate raw", wrap(plain, out -> new DeflaterOutputStream(out, new Deflater(6, true))));
    all.put("snappy block", Snappy.compress(plain));
    all.put("snappy framed", wrap(plain, SnappyFramedOutputStream::new));
    all.put("x-snappy-framed", wrap(plain, SnappyFramedOutputStream::new));
    all.put("zstd", Zstd.compress(plain));
    all.put("zstd in two frames", concat(Zstd.compress(half), Zstd.compress(rest)));
    all.put("lz4", lz4(plain));
    all.put("lz4 in two frames", concat(lz4(half), lz4(rest)));
    return all;
  }

  private static byte[] lz4(byte[] plain) {
    var compressor = Lz4FrameCompressor.create();
    byte[] out = new byte[compressor.maxCompressedLength(plain.length)];
    int n = compressor.compress(plain, 0, plain.length, out, 0, out.length);
    return Arrays.copyOf(out, n);
  }

  private static byte[] wrap(byte[] plain, Wrap wrap) throws IOException {
    var out = new ByteArrayOutputStream();
    try (OutputStream encoder = wrap.around(out)) {
      encoder.write(plain);
    }
    return out.toByteArray();
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static byte[] text(int words) {
    return "hello world ".repeat(words).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] random(int n) {
    byte[] bytes = new byte[n];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
