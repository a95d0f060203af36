package io.foursight.wire.profiles.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.Columns;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// A push, or some profiles of it with the symbols that they use.
///
/// ```
/// 1 string tenant
/// 2 msg    symbols (SymbolsCodec)
/// 3 bytes  per profile: labels (LabelPairs), zigzag time, zigzag duration, zigzag period,
///          id (high, low, 8 bytes each), varint samples
/// 4 bytes  per sample: varint stack, zigzag value
/// 5 bytes  per sample: span id, trace id (high, low), 8 bytes each; only when some have any
/// ```
public final class ProfilesBatchCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// A decoded request.
  record Decoded(TenantId tenant, ProfilesBatch batch) {}

  private ProfilesBatchCodec() {}

  /// The whole batch.
  public static byte[] encode(TenantId tenant, ProfilesBatch batch) {
    int[] all = new int[batch.profiles()];
    Arrays.setAll(all, i -> i);
    return encode(tenant, batch, all, all.length, batch.symbols(), stack -> stack);
  }

  /// Profiles `chosen[0..count-1]` (ascending).
  public static byte[] encode(TenantId tenant, ProfilesBatch batch, int[] chosen, int count) {
    var used = new SymbolsInterner(new ProfileSymbols());
    SymbolsInterner.From from = used.from(batch.symbols());
    for (int i = 0; i < count; i++) {
      for (int s = batch.sampleStart(chosen[i]); s < batch.sampleEnd(chosen[i]); s++) {
        from.stack(batch.stack(s));
      }
    }
    return encode(tenant, batch, chosen, count, used.symbols(), from::stack);
  }

  private static byte[] encode(
      TenantId tenant,
      ProfilesBatch batch,
      int[] chosen,
      int count,
      ProfileSymbols symbols,
      IntUnaryOperator stackOf) {
    var out = new ProtoWriter(1 << 14);
    out.string(1, tenant.value());
    SymbolsCodec.write(out, 2, symbols);
    int mark = out.begin(3);
    for (int i = 0; i < count; i++) {
      int p = chosen[i];
      LabelPairs.write(out, batch.labels(p));
      Columns.zigzag(out, batch.timeNanos(p));
      Columns.zigzag(out, batch.durationNanos(p));
      Columns.zigzag(out, batch.period(p));
      out.fixed64(batch.idHigh(p));
      out.fixed64(batch.idLow(p));
      out.rawVarint(batch.sampleEnd(p) - batch.sampleStart(p));
    }
    out.end(mark);
    mark = out.begin(4);
    for (int i = 0; i < count; i++) {
      for (int s = batch.sampleStart(chosen[i]); s < batch.sampleEnd(chosen[i]); s++) {
        out.rawVarint(stackOf.applyAsInt(batch.stack(s)));
        Columns.zigzag(out, batch.value(s));
      }
    }
    out.end(mark);
    if (batch.hasSpans()) {
      mark = out.begin(5);
      for (int i = 0; i < count; i++) {
        for (int s = batch.sampleStart(chosen[i]); s < batch.sampleEnd(chosen[i]); s++) {
          out.fixed64(batch.spanId(s));
          out.fixed64(batch.traceHigh(s));
          out.fixed64(batch.traceLow(s));
        }
      }
      out.end(mark);
    }
    return out.toByteArray();
  }

  static Decoded decode(byte[] message) {
    var in = new ProtoReader(message);
    String tenant = "";
    ProfileSymbols symbols = new ProfileSymbols();
    var profiles = new ProtoReader();
    var samples = new ProtoReader();
    var spans = new ProtoReader();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 | BYTES -> symbols = SymbolsCodec.read(in);
        case 3 << 3 | BYTES -> Columns.enter(in, profiles);
        case 4 << 3 | BYTES -> Columns.enter(in, samples);
        case 5 << 3 | BYTES -> Columns.enter(in, spans);
        default -> in.skip(tag);
      }
    }
    var batch = new ProfilesBatch(symbols);
    boolean hasSpans = !spans.atEnd();
    while (!profiles.atEnd()) {
      Labels labels = LabelPairs.read(profiles);
      batch.beginProfile(
          labels,
          profiles.zigzag64(),
          profiles.zigzag64(),
          profiles.zigzag64(),
          profiles.fixed64(),
          profiles.fixed64());
      for (long left = profiles.varint(); left > 0; left--) {
        int stack = Columns.index(samples, symbols.stacks(), "stack");
        batch.addSample(
            stack,
            samples.zigzag64(),
            hasSpans ? spans.fixed64() : 0,
            hasSpans ? spans.fixed64() : 0,
            hasSpans ? spans.fixed64() : 0);
      }
    }
    return new Decoded(new TenantId(tenant), batch);
  }

  /// `1 varint profiles, 2 msg rejection { 1 string reason, 2 string kind, 3 string message, 4
  /// varint profiles }`.
  static byte[] encode(ProfilesWriteResult result) {
    var out = new ProtoWriter(32);
    out.varint(1, result.profiles());
    for (Rejection rejection : result.rejections()) {
      int mark = out.begin(2);
      out.string(1, rejection.reason());
      out.string(2, rejection.kind().name());
      out.string(3, rejection.message());
      out.varint(4, rejection.profiles());
      out.end(mark);
    }
    return out.toByteArray();
  }

  static ProfilesWriteResult decodeResult(byte[] bytes) {
    var in = new ProtoReader(bytes);
    int profiles = 0;
    List<Rejection> rejections = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> profiles = in.varint32();
        case 2 << 3 | BYTES -> rejections.add(rejection(in));
        default -> in.skip(tag);
      }
    }
    return new ProfilesWriteResult(profiles, rejections);
  }

  private static Rejection rejection(ProtoReader in) {
    int outer = in.enter();
    String reason = "";
    String kind = "";
    String message = "";
    int profiles = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> reason = in.string();
        case 2 << 3 | BYTES -> kind = in.string();
        case 3 << 3 | BYTES -> message = in.string();
        case 4 << 3 -> profiles = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    boolean limit = kind.equals(ErrorKind.LIMIT_EXCEEDED.name());
    return new Rejection(
        reason, limit ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA, message, profiles);
  }
}
