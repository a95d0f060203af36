package io.foursight.runtime.client;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/// One connection to each other process, by address, made on first use and kept alive; a dead peer
/// is noticed within [#KEEPALIVE_SECONDS] plus [#KEEPALIVE_TIMEOUT_SECONDS] even if its packets
/// just vanish. Safe from any thread.
public final class ClientPool implements Service {
  private static final int KEEPALIVE_SECONDS = 10;
  private static final int KEEPALIVE_TIMEOUT_SECONDS = 3;
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int IDLE_MINUTES = 5;
  private static final long RESET_NANOS = 200_000_000;

  private final GrpcClientConfig config;
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
  private final AtomicLong lastReset = new AtomicLong(System.nanoTime());
  private volatile boolean stopped;

  public ClientPool(GrpcClientConfig config, MeterRegistry meters) {
    this.config = config;
    Gauge.builder("foursight_rpc_client_connections", channels, Map::size)
        .description("Processes that this one calls.")
        .register(meters);
  }

  public GrpcClientConfig config() {
    return config;
  }

  /// @param address `host:port`
  public Channel channel(String address) {
    if (stopped) {
      throw FoursightException.unavailable("this process is stopping");
    }
    ManagedChannel known = channels.computeIfAbsent(address, this::open);
    if (known.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      retrySoon(known);
    }
    return known;
  }

  /// gRPC waits longer and longer between attempts; a peer that restarts shall be found at once.
  private void retrySoon(ManagedChannel channel) {
    long now = System.nanoTime();
    long last = lastReset.get();
    if (now - last > RESET_NANOS && lastReset.compareAndSet(last, now)) {
      channel.resetConnectBackoff();
    }
  }

  /// Whether the last attempts to reach an address failed.
  public boolean isFailing(String address) {
    ManagedChannel known = channels.get(address);
    return known != null && known.getState(false) == ConnectivityState.TRANSIENT_FAILURE;
  }

  /// Closes the connection to one that is not there any more; calls under way go on.
  public void forget(String address) {
    ManagedChannel gone = channels.remove(address);
    if (gone != null) {
      gone.shutdown();
    }
  }

  private ManagedChannel open(String address) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + address)
            .directExecutor()
            .maxInboundMessageSize(
                (int) Math.min(Integer.MAX_VALUE, config.maxRecvMsgSize().bytes()))
            .flowControlWindow(WINDOW_BYTES)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) config.connectTimeout().toMillis())
            .compressorRegistry(GrpcCompression.compressors())
            .decompressorRegistry(GrpcCompression.decompressors())
            .disableRetry();
    if (!config.tlsEnabled()) {
      return builder.usePlaintext().build();
    }
    builder.sslContext(ssl());
    if (!config.tlsServerName().isEmpty()) {
      builder.overrideAuthority(config.tlsServerName());
    }
    return builder.build();
  }

  private SslContext ssl() {
    try {
      SslContextBuilder ssl = GrpcSslContexts.forClient();
      if (!config.tlsCaPath().isEmpty()) {
        ssl.trustManager(new File(config.tlsCaPath()));
      }
      if (!config.tlsCertPath().isEmpty()) {
        ssl.keyManager(new File(config.tlsCertPath()), new File(config.tlsKeyPath()));
      }
      return ssl.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new FoursightException(
          ErrorKind.BAD_DATA,
          "grpc_client_config: the TLS files do not work: " + e.getMessage(),
          e);
    }
  }

  @Override
  public void start() {}

  @Override
  public void stop(Deadline deadline) {
    stopped = true;
    channels.values().forEach(ManagedChannel::shutdownNow);
    channels.clear();
  }
}
