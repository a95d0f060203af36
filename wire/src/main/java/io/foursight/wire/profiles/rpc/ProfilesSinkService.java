package io.foursight.wire.profiles.rpc;

import io.foursight.model.profiles.ProfilesSink;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteSink;
import java.time.Duration;

/// Serves a local Sink.
public final class ProfilesSinkService {
  static final RpcMethod WRITE = new RpcMethod(ProfilesSourceMethods.INGESTER.service(), "Write");

  private ProfilesSinkService() {}

  public static void register(RpcService service, ProfilesSink sink) {
    EncodedSink<ProfilesWriteResult> local = local(sink);
    service.on(WRITE, call -> call.send(ProfilesBatchCodec.encode(local.write(call.request()))));
  }

  /// A Sink of another process.
  public static EncodedSink<ProfilesWriteResult> remote(RpcCaller caller, Duration timeout) {
    return new RemoteSink<>(caller, WRITE, timeout, ProfilesBatchCodec::decodeResult);
  }

  /// A Sink of this process that takes what others get over the network.
  public static EncodedSink<ProfilesWriteResult> local(ProfilesSink sink) {
    return encoded -> {
      ProfilesBatchCodec.Decoded asked = ProfilesBatchCodec.decode(encoded);
      return sink.write(asked.tenant(), asked.batch());
    };
  }
}
