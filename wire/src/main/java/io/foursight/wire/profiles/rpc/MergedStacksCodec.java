package io.foursight.wire.profiles.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Blob;
import io.foursight.wire.signals.Columns;

/// A sum by stack as one Blob: `1 msg symbols (SymbolsCodec), 2 bytes per stack: zigzag value`.
final class MergedStacksCodec {
  private static final int BYTES = ProtoReader.BYTES;

  private MergedStacksCodec() {}

  static void send(MergedStacks stacks, RpcHandler.Call call) {
    var out = new ProtoWriter(1 << 14);
    ProfileSymbols symbols = stacks.symbols();
    SymbolsCodec.write(out, 1, symbols);
    int mark = out.begin(2);
    for (int stack = 0; stack < symbols.stacks(); stack++) {
      Columns.zigzag(out, stacks.value(stack));
    }
    out.end(mark);
    Blob.send(out.array(), out.size(), call);
  }

  static MergedStacks receive(RpcStream stream, QueryBudget budget) {
    byte[] message = Blob.receive(stream, budget);
    // The message and, about as large, its symbols, beside the sum itself.
    long charged = 2L * message.length;
    budget.charge(charged);
    try {
      var in = new ProtoReader(message);
      ProfileSymbols symbols = new ProfileSymbols();
      var values = new ProtoReader();
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> symbols = SymbolsCodec.read(in);
          case 2 << 3 | BYTES -> Columns.enter(in, values);
          default -> in.skip(tag);
        }
      }
      var stacks = new MergedStacks();
      SymbolsInterner.From from = stacks.from(symbols);
      for (int stack = 0; stack < symbols.stacks(); stack++) {
        long value = values.zigzag64();
        if (value != 0) {
          stacks.add(from.stack(stack), value);
        }
      }
      return stacks;
    } finally {
      budget.release(charged);
    }
  }
}
