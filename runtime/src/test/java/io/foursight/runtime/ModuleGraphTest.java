package io.foursight.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModuleGraphTest {
  private final List<String> events = new ArrayList<>();

  @Test
  void dependenciesStartFirst_andStopLast() {
    var group = graph().build(List.of("querier"));
    group.start();
    assertThat(group.notReady()).isEmpty();
    group.stop(Deadline.NONE);
    assertThat(events)
        .containsExactly("+storage", "+ingester", "+querier", "-querier", "-ingester", "-storage");
    assertThat(group.notReady()).contains("Application is stopping");
  }

  @Test
  void onlyWhatTheTargetNeeds_isBuilt() {
    assertThat(graph().order(List.of("ingester"))).containsExactly("storage", "ingester");
  }

  @Test
  void aFailedStart_undoesItselfInReverse_andKeepsTheCause() {
    var graph =
        new ModuleGraph(
            List.of(
                module("a", Set.of()),
                module("b", Set.of("a")),
                new Module("c", Set.of("b"), () -> new Failing(true))));
    var group = graph.build(List.of("c"));
    assertThatThrownBy(group::start).hasMessage("no start");
    assertThat(events).containsExactly("+a", "+b", "-b", "-a");
    assertThat(group.states().get("c")).isEqualTo(Service.State.FAILED);
  }

  @Test
  void aFailureWhileStopping_doesNotKeepTheOthersFromStopping() {
    var graph =
        new ModuleGraph(
            List.of(module("a", Set.of()), new Module("b", Set.of("a"), () -> new Failing(false))));
    var group = graph.build(List.of("b"));
    group.start();
    assertThatThrownBy(() -> group.stop(Deadline.NONE))
        .hasMessage("some services failed to stop")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("no stop"));
    assertThat(events).containsExactly("+a", "-a");
  }

  @Test
  void aCycle_isAStartupErrorThatShowsIt() {
    assertThatThrownBy(() ->
            new ModuleGraph(
                List.of(
                    module("a", Set.of("b")), module("b", Set.of("c")), module("c", Set.of("b")))))
        .isInstanceOf(FoursightException.class)
        .hasMessage("modules need each other in a circle: b -> c -> b");
  }

  @Test
  void unknownNamesAndNeeds_areRefused() {
    assertThatThrownBy(() -> graph().build(List.of("quierier")))
        .hasMessageContaining("no module is named \"quierier\"");
    assertThatThrownBy(() -> new ModuleGraph(List.of(module("a", Set.of("z")))))
        .hasMessageContaining("needs \"z\"");
    assertThatThrownBy(() -> new ModuleGraph(List.of(module("a", Set.of()), module("a", Set.of()))))
        .hasMessageContaining("two modules");
  }

  @Test
  void stopBeforeStart_andTwice_isHarmless() {
    var group = graph().build(List.of("querier"));
    group.stop(Deadline.NONE);
    group.start();
    group.stop(Deadline.NONE);
    group.stop(Deadline.NONE);
    assertThat(events).hasSize(6);
  }

  private ModuleGraph graph() {
    return new ModuleGraph(
        List.of(
            module("querier", Set.of("ingester", "storage")),
            module("ingester", Set.of("storage")),
            module("storage", Set.of())));
  }

  private Module module(String name, Set<String> needs) {
    return new Module(
        name,
        needs,
        () ->
            new Service() {
              @Override
              public void start() {
                events.add("+" + name);
              }

              @Override
              public void stop(Deadline deadline) {
                events.add("-" + name);
              }
            });
  }

  private record Failing(boolean inStart) implements Service {
    @Override
    public void start() {
      if (inStart) {
        throw new IllegalStateException("no start");
      }
    }

    @Override
    public void stop(Deadline deadline) {
      throw new IllegalStateException("no stop");
    }
  }
}
