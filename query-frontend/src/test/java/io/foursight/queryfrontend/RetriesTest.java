package io.foursight.queryfrontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetriesTest {
  /// Each look at the clock is a long time later, so that pauses are over at once.
  private final AtomicLong nanos = new AtomicLong();

  private final Retries retries = new Retries(3, () -> nanos.addAndGet(10_000_000_000L));
  private int calls;

  private String failing(int times, ErrorKind kind) {
    return retries.run(
        QueryBudget.unlimited(),
        () -> {
          if (calls++ < times) {
            throw new FoursightException(kind, "call " + calls);
          }
          return "answer";
        });
  }

  @Test
  void whatFailsForNow_isTriedAgain_soOftenAndNotMore() {
    assertThat(failing(3, ErrorKind.UNAVAILABLE)).isEqualTo("answer");
    calls = 0;
    assertThatThrownBy(() -> failing(4, ErrorKind.UNAVAILABLE)).hasMessage("call 4");
    calls = 0;
    assertThatThrownBy(() -> failing(1, ErrorKind.BAD_DATA)).hasMessage("call 1");
  }

  /// While everything is down each query would otherwise ask four times.
  @Test
  void whenEverythingFails_oneCallInFiveIsTriedAgain() {
    int asked = 0;
    for (int i = 0; i < 1000; i++) {
      calls = 0;
      assertThatThrownBy(() -> failing(9, ErrorKind.UNAVAILABLE)).isNotNull();
      asked += calls;
    }
    assertThat(asked).isBetween(1000 + 290, 1000 + 310);
    for (int i = 0; i < 1000; i++) {
      calls = 9;
      assertThat(failing(9, ErrorKind.UNAVAILABLE)).isEqualTo("answer");
    }
    calls = 0;
    assertThat(failing(3, ErrorKind.UNAVAILABLE)).isEqualTo("answer");
  }

  @Test
  void aQueryThatIsGivenUp_endsTheWait() {
    var real = new Retries(5);
    var budget = new QueryBudget(0, 0, Deadline.after(Duration.ofSeconds(30)));
    assertThatThrownBy(() ->
            real.run(
                budget,
                () -> {
                  calls++;
                  Thread.startVirtualThread(budget::cancel);
                  throw FoursightException.unavailable("away");
                }))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELED));
    assertThat(calls).isBetween(1, 2);
  }
}
