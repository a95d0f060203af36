package io.foursight.storage.object;

import io.foursight.config.Setting;

/// Section `storage.s3`.
public record S3Config(
    @Setting("Host and port, or URL, of an S3-compatible service; empty = AWS.") String endpoint,
    @Setting("Region; services other than AWS mostly ignore it.") String region,
    @Setting("Bucket of every place that names none.") String bucketName,
    @Setting("Access key; empty = the AWS SDK's default chain (environment, profile, role).")
        String accessKeyId,
    @Setting(value = "Secret key.", secret = true) String secretAccessKey,
    @Setting("Put the bucket into the path instead of the host name.") boolean pathStyle,
    @Setting("Speak plain HTTP to an endpoint that is given without a scheme.") boolean insecure) {
  public static S3Config defaults() {
    return new S3Config("", "us-east-1", "", "", "", false, false);
  }
}
