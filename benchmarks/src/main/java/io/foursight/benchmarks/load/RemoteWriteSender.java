package io.foursight.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.xerial.snappy.Snappy;

/// Sends a workload as remote write 1.0 from several threads, each with its share of the targets,
/// scrape by scrape, with retries on 5xx and 429 as Prometheus does.
final class RemoteWriteSender {
  private static final int MAX_ATTEMPTS = 50;
  private final ScrapeWorkload workload;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final String tenant;
  private final int batch;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  RemoteWriteSender(ScrapeWorkload workload, String url, String tenant, int batch) {
    this.workload = workload;
    this.url = URI.create(url);
    this.tenant = tenant;
    this.batch = batch;
  }

  long sent() {
    return sent.get();
  }

  long refused() {
    return refused.get();
  }

  /// Returns when everything was sent.
  void run(int senders, long scrapes) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (int s = 0; s < senders; s++) {
      var share = new ArrayList<ScrapeWorkload.Target>();
      for (int i = s; i < workload.targets().size(); i += senders) {
        share.add(workload.targets().get(i));
      }
      threads.add(Thread.ofPlatform().name("sender-" + s).start(() -> send(share, scrapes)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void send(List<ScrapeWorkload.Target> share, long scrapes) {
    var body = new Body();
    int inRequest = 0;
    try {
      for (long scrape = 0; scrape < scrapes; scrape++) {
        for (ScrapeWorkload.Target target : share) {
          long timestamp = workload.timestamp(target, scrape);
          for (ScrapeWorkload.Series series : target.series()) {
            body.add(series.labelBytes(), timestamp, workload.value(series, scrape));
            if (++inRequest == batch) {
              post(body, inRequest);
              inRequest = 0;
            }
          }
        }
      }
      if (inRequest > 0) {
        post(body, inRequest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void post(Body body, int samples) throws IOException, InterruptedException {
    byte[] compressed = Snappy.compress(Arrays.copyOf(body.bytes, body.size));
    body.size = 0;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var request =
          HttpRequest.newBuilder(url)
              .timeout(Duration.ofSeconds(60))
              .header("Content-Type", "application/x-protobuf")
              .header("Content-Encoding", "snappy")
              .header("X-Prometheus-Remote-Write-Version", "0.1.0")
              .POST(HttpRequest.BodyPublishers.ofByteArray(compressed));
      if (!tenant.isEmpty()) {
        request.header("X-Scope-OrgID", tenant);
      }
      try {
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 == 2) {
          sent.addAndGet(samples);
          return;
        }
        if (response.statusCode() / 100 == 4 && response.statusCode() != 429) {
          if (refused.getAndAdd(samples) == 0) {
            System.err.println("refused: " + response.statusCode() + " " + response.body());
          }
          return;
        }
      } catch (IOException e) {
        if (attempt == 0) {
          System.err.println("retrying: " + e);
        }
      }
      TimeUnit.MILLISECONDS.sleep(Math.min(2000, 20L << Math.min(attempt, 7)));
    }
    refused.addAndGet(samples);
  }

  /// A growing protobuf body.
  private static final class Body {
    private byte[] bytes = new byte[1 << 20];
    private int size;

    void add(byte[] labels, long timestamp, double value) {
      int sample = 9 + 1 + varintSize(timestamp);
      int series = labels.length + 2 + sample;
      if (bytes.length - size < series + 16) {
        bytes = Arrays.copyOf(bytes, bytes.length * 2 + series);
      }
      bytes[size++] = 0x0a;
      varint(series);
      System.arraycopy(labels, 0, bytes, size, labels.length);
      size += labels.length;
      bytes[size++] = 0x12;
      bytes[size++] = (byte) sample;
      bytes[size++] = 0x09;
      long bits = Double.doubleToRawLongBits(value);
      for (int shift = 0; shift < 64; shift += 8) {
        bytes[size++] = (byte) (bits >>> shift);
      }
      bytes[size++] = 0x10;
      varint(timestamp);
    }

    private void varint(long value) {
      long v = value;
      while ((v & ~0x7fL) != 0) {
        bytes[size++] = (byte) (v & 0x7f | 0x80);
        v >>>= 7;
      }
      bytes[size++] = (byte) v;
    }

    private static int varintSize(long value) {
      return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }
  }
}
