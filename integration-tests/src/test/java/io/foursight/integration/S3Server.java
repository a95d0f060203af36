package io.foursight.integration;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/// A real S3 server (S3Proxy) inside the test's JVM over a directory, on a fixed port, so that it
/// can go away and come back.
final class S3Server implements AutoCloseable {
  static final String BUCKET = "foursight-test";
  private final Path directory;
  private final int port = FoursightProcess.freePort();
  private S3Proxy proxy;

  S3Server(Path directory) {
    this.directory = directory;
  }

  S3Server start() throws Exception {
    Files.createDirectories(directory.resolve(BUCKET));
    var properties = new Properties();
    properties.setProperty("jclouds.filesystem.basedir", directory.toString());
    properties.setProperty("s3proxy.basedir", directory.toString());
    proxy =
        S3Proxy.builder()
            .blobStore(BlobStores.create("filesystem-nio2", properties))
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
            .build();
    proxy.start();
    return this;
  }

  /// Connections are refused until the next start.
  void stop() throws Exception {
    if (proxy != null) {
      proxy.stop();
      proxy = null;
    }
  }

  /// The flags that point a server here.
  FoursightProcess configure(FoursightProcess server) {
    return server
        .flag("storage.backend", "s3")
        .flag("storage.s3.endpoint", "http://127.0.0.1:" + port)
        .flag("storage.s3.region", "us-east-1")
        .flag("storage.s3.bucket-name", BUCKET)
        .flag("storage.s3.access-key-id", "key")
        .flag("storage.s3.secret-access-key", "secret")
        .flag("storage.s3.path-style", "true");
  }

  @Override
  public void close() throws Exception {
    stop();
  }
}
