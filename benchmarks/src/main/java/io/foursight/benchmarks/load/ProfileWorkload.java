package io.foursight.benchmarks.load;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.profiles.PprofEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/// Processor profiles of made-up services, every ten seconds one of each, as Go's profiler (files,
/// lines, a binary) and one of the JVM (`pkg/Class.method`) write them: a few hundred stacks out of
/// some thousand that a service has, the deep ones rare. Each profile is a pure function of seed,
/// service and number, so that a check recomputes what was sent. Immutable; safe from any thread.
public final class ProfileWorkload {
  static final ProfileType TYPE = ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
  private static final long PERIOD = 10_000_000;
  private static final int FUNCTIONS = 1500;
  private static final int STACKS = 4000;
  private static final int SAMPLES = 350;

  private final long seed;
  private final int services;
  private final long startNanos;
  private final Service[] tables;

  /// @param startNanos time of the first profiles
  public ProfileWorkload(long seed, int services, long startNanos) {
    this.seed = seed;
    this.services = services;
    this.startNanos = startNanos;
    this.tables = new Service[services];
    for (int s = 0; s < services; s++) {
      tables[s] = new Service(new Random(seed * 31 + s), s % 2 == 0);
    }
  }

  int services() {
    return services;
  }

  String name(int service) {
    return (service % 2 == 0 ? "go-service-" : "jvm-service-") + service;
  }

  long timeNanos(int number) {
    return startNanos + number * 10_000_000_000L;
  }

  /// The stacks that a service has.
  private static final class Service {
    final ProfileSymbols symbols;
    final int[] stacks = new int[STACKS];

    Service(Random random, boolean go) {
      var interner = new SymbolsInterner(new ProfileSymbols());
      int binary =
          go ? interner.mapping(0x400000, 0xa00000, 0, text(interner, "/app/server"), 0) : -1;
      var locations = new int[FUNCTIONS];
      for (int f = 0; f < FUNCTIONS; f++) {
        int name =
            text(
                interner,
                go
                    ? "github.com/acme/shop/pkg/part%d.(*Worker%d).Handle%d"
                        .formatted(f % 40, f % 200, f)
                    : "com/acme/shop/part%d/Worker%d.handle%d".formatted(f % 40, f % 200, f));
        int file =
            go ? text(interner, "/src/shop/pkg/part%d/worker%d.go".formatted(f % 40, f % 200)) : 0;
        int function = interner.function(name, go ? name : 0, file, 0);
        locations[f] =
            interner.location(
                binary, 0, new int[] {function}, new long[] {10L + random.nextInt(400)}, 1);
      }
      for (int s = 0; s < STACKS; s++) {
        // Grown from an earlier stack mostly, as calls are.
        int stack = s == 0 || random.nextInt(20) == 0 ? -1 : stacks[random.nextInt(s)];
        int frames = 1 + random.nextInt(8);
        for (int i = 0; i < frames; i++) {
          double skew = random.nextDouble();
          stack = interner.stack(stack, locations[(int) (skew * skew * FUNCTIONS)]);
        }
        stacks[s] = stack;
      }
      symbols = interner.symbols();
    }

    private static int text(SymbolsInterner interner, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return interner.string(bytes, 0, bytes.length);
    }
  }

  private MergedStacks stacks(int service, int number) {
    var random = new Random((seed * 1_000_003 + service) * 1_000_003 + number);
    var merged = new MergedStacks();
    var from = merged.from(tables[service].symbols);
    for (int i = 0; i < SAMPLES; i++) {
      double skew = random.nextDouble();
      int stack = tables[service].stacks[(int) (skew * skew * skew * STACKS)];
      merged.add(from.stack(stack), PERIOD * (1 + random.nextInt(3)));
    }
    return merged;
  }

  /// What a profile adds up to.
  long total(int service, int number) {
    return stacks(service, number).total();
  }

  /// A pprof file, not compressed.
  public byte[] profile(int service, int number) {
    return PprofEncoder.encode(
        stacks(service, number), TYPE, timeNanos(number), 10_000_000_000L, PERIOD);
  }

  /// The same in gzip, as agents send it.
  byte[] gzipped(int service, int number) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(profile(service, number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
