package io.foursight.storage.object;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket behind the S3 protocol. The SDK's own retries are off: [RetryingObjectStore] does that.
/// Files larger than one part are uploaded in parts, which become an object all at once.
///
/// What the service says becomes: 404 absent; 416 an empty range; 412 and 409 on a conditional put
/// "exists"; other 4xx (no bucket, wrong credentials) but 408 and 429 `INTERNAL`, which is not
/// retried; everything else, and no answer at all, `UNAVAILABLE`.
public final class S3ObjectStore implements ObjectStore {
  private static final long PART = 16L << 20;
  private static final int MAX_PARTS = 10_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_CONNECTIONS = 256;

  private final S3Client client;
  private final String bucket;

  /// Does no I/O.
  ///
  /// @throws FoursightException `BAD_DATA` without a bucket or with a bad endpoint
  public S3ObjectStore(S3Config config, String bucket) {
    if (bucket.isEmpty()) {
      throw FoursightException.badData(
          "storage.s3.bucket_name is empty; the backend s3 needs a bucket");
    }
    this.bucket = bucket;
    var builder =
        S3Client.builder()
            .region(Region.of(config.region().isEmpty() ? "us-east-1" : config.region()))
            .forcePathStyle(config.pathStyle())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(MAX_CONNECTIONS)
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(SOCKET_TIMEOUT));
    if (!config.endpoint().isEmpty()) {
      builder.endpointOverride(endpoint(config));
    }
    if (!config.accessKeyId().isEmpty()) {
      builder.credentialsProvider(
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(config.accessKeyId(), config.secretAccessKey())));
    }
    this.client = builder.build();
  }

  static URI endpoint(S3Config config) {
    String endpoint = config.endpoint();
    String url =
        endpoint.contains("://")
            ? endpoint
            : (config.insecure() ? "http://" : "https://") + endpoint;
    try {
      URI uri = URI.create(url);
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("it has no host");
      }
      return uri;
    } catch (IllegalArgumentException e) {
      throw new FoursightException(
          ErrorKind.BAD_DATA, "storage.s3.endpoint is \"" + endpoint + "\": " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<byte[]> get(String key) {
    ObjectKeys.checkKey(key);
    return present(
        "get",
        key,
        () -> client.getObjectAsBytes(r -> r.bucket(bucket).key(key)).asByteArrayUnsafe());
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    ObjectKeys.checkRange(ObjectKeys.checkKey(key), offset, length);
    if (length == 0) {
      return head(key).map(info -> new byte[0]);
    }
    String range = "bytes=" + offset + "-" + (offset + length - 1);
    try {
      return present(
          "get " + range + " of",
          key,
          () ->
              client
                  .getObjectAsBytes(r -> r.bucket(bucket).key(key).range(range))
                  .asByteArrayUnsafe());
    } catch (PastTheEnd e) {
      return Optional.of(new byte[0]);
    }
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    ObjectKeys.checkKey(key);
    return present("head", key, () -> client.headObject(r -> r.bucket(bucket).key(key)))
        .map(h -> new ObjectInfo(key, h.contentLength(), h.lastModified().toEpochMilli()));
  }

  @Override
  public void put(String key, byte[] bytes) {
    ObjectKeys.checkKey(key);
    request(
        "put",
        key,
        () -> client.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromBytes(bytes)));
  }

  @Override
  public void put(String key, Path file) {
    ObjectKeys.checkKey(key);
    long size;
    try {
      size = Files.size(file);
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("read", file, e);
    }
    if (size <= PART) {
      request(
          "put",
          key,
          () -> client.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromFile(file)));
    } else {
      putParts(key, file, size);
    }
  }

  private void putParts(String key, Path file, long size) {
    long part = Math.max(PART, (size + MAX_PARTS - 1) / MAX_PARTS);
    String upload =
        request("put", key, () -> client.createMultipartUpload(r -> r.bucket(bucket).key(key)))
            .uploadId();
    try {
      var parts = new ArrayList<CompletedPart>();
      for (long at = 0; at < size; at += part) {
        parts.add(putPart(key, file, upload, parts.size() + 1, at, Math.min(part, size - at)));
      }
      request(
          "put",
          key,
          () ->
              client.completeMultipartUpload(r ->
                  r.bucket(bucket).key(key).uploadId(upload).multipartUpload(m -> m.parts(parts))));
    } catch (RuntimeException e) {
      try {
        client.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(upload));
      } catch (SdkException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private CompletedPart putPart(
      String key, Path file, String upload, int number, long offset, long length) {
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> slice(file, offset), length, "application/octet-stream");
    String tag =
        request(
                "put part " + number + " of",
                key,
                () ->
                    client.uploadPart(
                        r ->
                            r.bucket(bucket)
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentLength(length),
                        body))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private static InputStream slice(Path file, long offset) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      channel.position(offset);
      return Channels.newInputStream(channel);
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("read", file, e);
    }
  }

  /// {@inheritDoc} A conditional put (`If-None-Match: *`); where the service does not know it (501)
  /// a look before the put, which is not atomic.
  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    ObjectKeys.checkKey(key);
    try {
      client.putObject(
          r -> r.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromBytes(bytes));
      return true;
    } catch (AwsServiceException e) {
      if (e.statusCode() == 412 || e.statusCode() == 409) {
        return false;
      }
      if (e.statusCode() != 501) {
        throw failed("put", key, e);
      }
    } catch (SdkException e) {
      throw failed("put", key, e);
    }
    if (head(key).isPresent()) {
      return false;
    }
    put(key, bytes);
    return true;
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    ObjectKeys.checkPrefix(prefix);
    return pages(ListObjectsV2Request.builder().bucket(bucket).prefix(prefix).build()).objects();
  }

  @Override
  public Listing listFolder(String prefix) {
    ObjectKeys.checkFolder(prefix);
    return pages(
        ListObjectsV2Request.builder().bucket(bucket).prefix(prefix).delimiter("/").build());
  }

  private Listing pages(ListObjectsV2Request first) {
    var objects = new ArrayList<ObjectInfo>();
    var folders = new ArrayList<String>();
    request(
        "list",
        first.prefix(),
        () -> {
          for (var page : client.listObjectsV2Paginator(first)) {
            for (S3Object object : page.contents()) {
              objects.add(
                  new ObjectInfo(
                      object.key(), object.size(), object.lastModified().toEpochMilli()));
            }
            for (CommonPrefix folder : page.commonPrefixes()) {
              folders.add(folder.prefix());
            }
          }
          return true;
        });
    objects.sort(Comparator.comparing(ObjectInfo::key));
    folders.sort(Comparator.naturalOrder());
    return new Listing(objects, folders);
  }

  @Override
  public void delete(String key) {
    ObjectKeys.checkKey(key);
    present("delete", key, () -> client.deleteObject(r -> r.bucket(bucket).key(key)));
  }

  /// Creates the bucket; for set-up and tests.
  public void createBucket() {
    request("create", "", () -> client.createBucket(r -> r.bucket(bucket)));
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "s3:" + bucket;
  }

  /// A range that begins at or after the object's end.
  private static final class PastTheEnd extends FoursightException {
    private static final long serialVersionUID = 1;

    PastTheEnd(String message) {
      super(ErrorKind.BAD_DATA, message);
    }
  }

  private <T> Optional<T> present(String what, String key, Supplier<T> ask) {
    try {
      return Optional.of(ask.get());
    } catch (AwsServiceException e) {
      if (e.statusCode() == 404 && !isMissingBucket(e)) {
        return Optional.empty();
      }
      throw failed(what, key, e);
    } catch (SdkException e) {
      throw failed(what, key, e);
    }
  }

  private static boolean isMissingBucket(AwsServiceException e) {
    return e.awsErrorDetails() != null && "NoSuchBucket".equals(e.awsErrorDetails().errorCode());
  }

  private <T> T request(String what, String key, Supplier<T> ask) {
    try {
      return ask.get();
    } catch (SdkException e) {
      throw failed(what, key, e);
    }
  }

  private FoursightException failed(String what, String key, SdkException e) {
    String message =
        "cannot " + what + " \"" + key + "\" in bucket " + bucket + ": " + e.getMessage();
    int status = e instanceof AwsServiceException service ? service.statusCode() : 503;
    return switch (status) {
      case 416 -> new PastTheEnd(message);
      case 408, 429 -> new FoursightException(ErrorKind.UNAVAILABLE, message, e);
      default ->
          new FoursightException(
              status >= 400 && status < 500 ? ErrorKind.INTERNAL : ErrorKind.UNAVAILABLE,
              message,
              e);
    };
  }
}
