package io.foursight.model.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CallSiteTest {
  private final ProfileSymbols symbols = new ProfileSymbols();

  private int location(int mapping, long address, String... innermostFirst) {
    int location = symbols.addLocation(mapping, address);
    for (String name : innermostFirst) {
      symbols.addLine(symbols.addFunction(symbols.addString(name), 0, 0, 0), 1);
    }
    return location;
  }

  /// A call site is what a person clicked at in a flame graph, where inlined calls are frames and
  /// locations without symbols have made-up names.
  @Test
  void callSites_areOfTheFramesOfFlameGraphs() {
    int binary = symbols.addMapping(0, 9, 0, symbols.addString("/usr/bin/shop"), 0);
    int main = symbols.addStack(-1, location(-1, 0, "main"));
    int run = symbols.addStack(main, location(-1, 0, "inlined", "run"));
    int raw = symbols.addStack(run, location(binary, 0x1f));
    int other = symbols.addStack(-1, location(-1, 0, "run"));
    int below = symbols.addStack(raw, location(-1, 0, "leaf"));

    assertThat(CallSite.stacks(symbols, List.of()).cardinality()).isEqualTo(5);
    assertThat(CallSite.stacks(symbols, List.of("main")).stream().boxed())
        .containsExactly(main, run, raw, below);
    assertThat(CallSite.stacks(symbols, List.of("main", "run")).stream().boxed())
        .containsExactly(run, raw, below);
    assertThat(CallSite.stacks(symbols, List.of("main", "run", "inlined", "shop!0x1f")).stream())
        .containsExactly(raw, below);
    assertThat(CallSite.stacks(symbols, List.of("main", "inlined")).stream()).isEmpty();
    assertThat(CallSite.stacks(symbols, List.of("run")).stream()).containsExactly(other);
  }
}
