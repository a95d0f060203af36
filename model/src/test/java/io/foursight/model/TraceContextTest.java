package io.foursight.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceContextTest {
  private static final String HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void aTrace_goesWithTheWorkIntoOtherThreads_andNoFurther() throws Exception {
    List<String> seen = new ArrayList<>();
    TraceContext.run(
        TraceContext.of(Optional.of(HEADER)),
        () -> {
          seen.add(TraceContext.currentId());
          Thread thread =
              Thread.ofVirtual()
                  .start(TraceContext.carried(() -> seen.add(TraceContext.currentId())));
          try {
            thread.join();
            seen.add(TraceContext.carriedCall(TraceContext::currentId).call());
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    assertThat(seen).containsOnly("4bf92f3577b34da6a3ce929d0e0e4736").hasSize(3);
    assertThat(TraceContext.current()).isEmpty();
    Runnable plain = () -> seen.clear();
    assertThat(TraceContext.carried(plain)).isSameAs(plain);
  }

  @Test
  void malformedHeaders_areNoTrace() {
    for (String bad :
        List.of(
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            HEADER + "x")) {
      assertThat(TraceContext.of(Optional.of(bad))).as(bad).isEmpty();
    }
    assertThat(TraceContext.of(Optional.empty())).isEmpty();
    assertThat(TraceContext.of(Optional.of(HEADER + "-later"))).isPresent();
  }
}
