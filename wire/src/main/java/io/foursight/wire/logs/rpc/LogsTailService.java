package io.foursight.wire.logs.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect.Columns;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsTailSource.Dropped;
import io.foursight.model.logs.LogsTailSource.Subscription;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.LabelPairs;
import io.foursight.wire.signals.Matchers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// Serves entries as they are accepted. The first frame is empty: whoever has it is subscribed.
///
/// ```
/// asked     1 string tenant   2 msg matcher ...   3 varint bytes that may wait
/// frame     as LogsPageWriter's, or
///          12 msg dropped { 1 sint time, 2 LabelPairs }
/// ```
public final class LogsTailService {
  static final RpcMethod TAIL = new RpcMethod(LogsSourceMethods.INGESTER.service(), "Tail");
  private static final int BYTES = ProtoReader.BYTES;
  private static final Duration GLANCE = Duration.ofSeconds(1);
  private static final int MAX_DROPPED = 1000;

  private LogsTailService() {}

  /// @param regexes compiles an expression, fully anchored
  public static void register(
      RpcService service, LogsTailSource source, Function<String, TextMatcher> regexes) {
    service.on(TAIL, call -> follow(call, source, regexes));
  }

  static byte[] encode(TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    var out = new ProtoWriter(128);
    out.string(1, tenant.value());
    matchers.forEach(matcher -> Matchers.write(out, 2, matcher));
    out.varint(3, maxBufferedBytes);
    return out.toByteArray();
  }

  private static void follow(
      RpcHandler.Call call, LogsTailSource source, Function<String, TextMatcher> regexes) {
    var in = new ProtoReader(call.request());
    String tenant = "";
    List<LabelMatcher> matchers = new ArrayList<>();
    long bytes = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 | BYTES -> matchers.add(Matchers.read(in, regexes));
        case 3 << 3 -> bytes = in.varint();
        default -> in.skip(tag);
      }
    }
    var gone = new AtomicBoolean();
    try (Subscription subscription = source.subscribe(new TenantId(tenant), matchers, bytes)) {
      call.onCancel(() -> {
        gone.set(true);
        subscription.close();
      });
      call.send(new byte[0]);
      send(subscription, call, gone);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(ErrorKind.CANCELED, "interrupted while following", e);
    }
  }

  private static void send(Subscription subscription, RpcHandler.Call call, AtomicBoolean gone)
      throws InterruptedException {
    var out = new LogsPageWriter(Columns.ALL, call::send);
    while (!gone.get()) {
      Optional<LogsPage> page = subscription.poll(GLANCE);
      page.ifPresent(p -> out.page(p, 0, 0, LogsStats.NONE));
      List<Dropped> dropped = subscription.takeDropped(MAX_DROPPED);
      if (!dropped.isEmpty()) {
        call.send(encode(dropped));
      }
    }
  }

  private static byte[] encode(List<Dropped> dropped) {
    var out = new ProtoWriter(256);
    dropped.forEach(one -> write(out, 12, one));
    return out.toByteArray();
  }

  static void write(ProtoWriter out, int field, Dropped dropped) {
    int mark = out.begin(field);
    out.sint(1, dropped.timestampNanos());
    LabelPairs.write(out, 2, dropped.labels());
    out.end(mark);
  }

  static Dropped read(ProtoReader in) {
    int outer = in.enter();
    long time = 0;
    var labels = io.foursight.model.Labels.EMPTY;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> time = in.zigzag64();
        case 2 << 3 | BYTES -> labels = LabelPairs.readField(in);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Dropped(time, labels);
  }

  /// The dropped entries that a frame names.
  static List<Dropped> dropped(byte[] frame) {
    var in = new ProtoReader(frame);
    List<Dropped> dropped = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (12 << 3 | BYTES)) {
        dropped.add(read(in));
      } else {
        in.skip(tag);
      }
    }
    return dropped;
  }
}
