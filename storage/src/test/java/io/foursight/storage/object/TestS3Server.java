package io.foursight.storage.object;

import java.net.URI;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/// A real S3 server in this process, on a free port, with its objects in memory.
final class TestS3Server implements AutoCloseable {
  private final S3Proxy proxy;
  private int buckets;

  private TestS3Server(S3Proxy proxy) {
    this.proxy = proxy;
  }

  static TestS3Server start() throws Exception {
    S3Proxy proxy =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
            .blobStore(BlobStores.create("transient-nio2", new Properties()))
            .build();
    proxy.start();
    return new TestS3Server(proxy);
  }

  S3Config config() {
    return new S3Config("127.0.0.1:" + proxy.getPort(), "", "", "key", "secret", true, true);
  }

  /// A fresh, empty bucket.
  String newBucket() {
    String name = "bucket-" + ++buckets;
    try (var client = new S3ObjectStore(config(), name)) {
      client.createBucket();
    }
    return name;
  }

  @Override
  public void close() throws Exception {
    proxy.stop();
  }
}
