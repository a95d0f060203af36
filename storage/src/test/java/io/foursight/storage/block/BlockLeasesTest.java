package io.foursight.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockLeases.Lease;
import io.foursight.storage.object.FaultyObjectStore;
import io.foursight.storage.object.FaultyObjectStore.Fault;
import io.foursight.storage.object.MemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockLeasesTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final long SECOND = 1_000_000_000L;

  /// So long in real time that the renewing threads stay out of it.
  private static final Duration DURATION = Duration.ofHours(1);

  private final FaultyObjectStore objects = new FaultyObjectStore(new MemoryObjectStore());
  private long nanos = -7;

  /// A process whose clock counts from a point of its own.
  private BlockLeases process(String name) {
    long origin = name.hashCode() * SECOND;
    return new BlockLeases(objects, name, DURATION, () -> origin + nanos);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void oneProcess_hasIt_andTheNextOneAtOnceWhenItIsGivenBack() {
    BlockLeases a = process("a");
    BlockLeases b = process("b");
    Lease lease = a.take(TENANT).orElseThrow();
    assertThat(lease.isHeld()).isTrue();
    assertThat(b.take(TENANT)).isEmpty();
    assertThat(b.take(new TenantId("other"))).isPresent();
    lease.close();
    Lease next = b.take(TENANT).orElseThrow();
    assertThat(next.isHeld()).isTrue();
    assertThat(lease.isHeld()).isFalse();
    assertThat(a.take(TENANT)).isEmpty();
    assertThat(objects.list("acme/compactor-lease/")).hasSize(1);
  }

  @Test
  void aDeadHoldersLease_passesOnAfterTheDuration_andItsGhostHasNoRight() {
    BlockLeases a = process("a");
    BlockLeases b = process("b");
    Lease ghost = a.take(TENANT).orElseThrow();
    assertThat(b.take(TENANT)).isEmpty();
    pass(DURATION);
    assertThat(b.take(TENANT)).as("not before the duration is over").isEmpty();
    pass(Duration.ofSeconds(1));
    Lease lease = b.take(TENANT).orElseThrow();
    ghost.renew();
    ghost.close();
    assertThat(ghost.isHeld()).isFalse();
    assertThat(lease.isHeld()).isTrue();
    assertThat(a.take(TENANT)).isEmpty();
  }

  @Test
  void aLivingHolder_keepsItForAsLongAsItRenews() {
    Lease lease = process("a").take(TENANT).orElseThrow();
    BlockLeases b = process("b");
    for (int i = 0; i < 20; i++) {
      pass(DURATION.dividedBy(4));
      lease.renew();
      assertThat(b.take(TENANT)).isEmpty();
      assertThat(lease.isHeld()).isTrue();
    }
  }

  @Test
  void aHolderThatCannotReachTheStore_countsItselfOutBeforeAnybodyElseCanCountItOut() {
    Lease lease = process("a").take(TENANT).orElseThrow();
    objects.script(request -> request.writes() ? Fault.REFUSED : Fault.NONE);
    pass(DURATION.dividedBy(2));
    lease.renew();
    assertThat(lease.isHeld()).isTrue();
    pass(DURATION.dividedBy(3));
    assertThat(lease.isHeld()).isFalse();
  }

  /// Any mix of taking, renewing, pausing, dying and giving back, with a store that fails now and
  /// then: never have two the right to write.
  @Test
  void whateverHappens_noTwoHaveItAtOnce() {
    int taken = 0;
    for (long seed = 1; seed <= 300; seed++) {
      var random = new Random(seed);
      objects.script(request -> Fault.NONE);
      objects.list("").forEach(o -> objects.delete(o.key()));
      objects.script(request ->
          switch (random.nextInt(20)) {
            case 0 -> Fault.REFUSED;
            case 1 -> Fault.ANSWER_LOST;
            default -> Fault.NONE;
          });
      List<BlockLeases> processes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        processes.add(process("p" + i));
      }
      List<Lease> leases = new ArrayList<>();
      for (int step = 0; step < 120; step++) {
        pass(Duration.ofMinutes(random.nextInt(25)));
        try {
          switch (random.nextInt(4)) {
            case 0, 1 -> {
              Optional<Lease> got = processes.get(random.nextInt(3)).take(TENANT);
              taken += got.isPresent() ? 1 : 0;
              got.ifPresent(leases::add);
            }
            case 2 ->
                leases.forEach(l -> {
                  if (random.nextInt(3) > 0) {
                    l.renew();
                  }
                });
            default -> {
              if (!leases.isEmpty() && random.nextInt(4) == 0) {
                leases.remove(random.nextInt(leases.size())).close();
              }
            }
          }
        } catch (FoursightException e) {
          // As a round of the compactor that fails.
        }
        long held = 0;
        for (Lease lease : leases) {
          try {
            held += lease.isHeld() ? 1 : 0;
          } catch (FoursightException e) {
            // Who cannot ask does not write.
          }
        }
        assertThat(held).as("seed %d step %d", seed, step).isLessThanOrEqualTo(1);
      }
      leases.forEach(Lease::close);
    }
    assertThat(taken).isGreaterThan(300);
  }
}
