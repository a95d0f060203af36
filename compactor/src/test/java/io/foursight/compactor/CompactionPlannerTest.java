package io.foursight.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.Ulids;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompactionPlannerTest {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  /// Midnight.
  private static final long T0 = 20_000 * DAY;

  private final CompactionPlanner planner = new CompactionPlanner(CompactorConfig.defaults());

  private static BlockMeta block(long fromHour, long toHour, int level, long createdMillis) {
    String id =
        new Ulids(InstantSource.fixed(Instant.ofEpochMilli(createdMillis)), new Random()).next();
    return new BlockMeta(
        1,
        id,
        "f",
        T0 + fromHour * HOUR,
        T0 + toHour * HOUR - 1,
        level,
        List.of(id),
        List.of(),
        List.of(new BlockMeta.File("f", 100)),
        Map.of(),
        createdMillis);
  }

  @Test
  void blocksOfOnePlace_areMergedWhenItsTimeIsOverAndTheyHaveSettled() {
    long created = T0 + 2 * HOUR;
    List<BlockMeta> blocks = List.of(block(0, 2, 1, created), block(0, 2, 1, created));
    assertThat(planner.next(blocks, created + 60_000)).isEmpty();
    assertThat(planner.next(blocks, created + 6 * 60_000)).isPresent();
    assertThat(planner.next(blocks, created + 6 * 60_000).orElseThrow())
        .containsExactlyInAnyOrderElementsOf(blocks);
  }

  @Test
  void singleBlock_isLeftAlone() {
    assertThat(planner.next(List.of(block(0, 2, 1, T0)), T0 + 10 * DAY)).isEmpty();
  }

  @Test
  void largerPlaces_followWhenTheirTimeIsOver() {
    List<BlockMeta> blocks = List.of(block(0, 2, 2, T0), block(2, 4, 2, T0), block(4, 6, 2, T0));
    assertThat(planner.next(blocks, T0 + 7 * HOUR)).isEmpty();
    assertThat(planner.next(blocks, T0 + 13 * HOUR).orElseThrow()).hasSize(3);
    List<BlockMeta> halves = List.of(block(0, 12, 3, T0), block(12, 24, 3, T0));
    assertThat(planner.next(halves, T0 + 23 * HOUR)).isEmpty();
    assertThat(planner.next(halves, T0 + 25 * HOUR).orElseThrow()).hasSize(2);
  }

  @Test
  void lateBlocks_gatherBeforeTheDayIsRewritten() {
    long now = T0 + 3 * DAY;
    List<BlockMeta> blocks = List.of(block(0, 24, 4, now - DAY), block(5, 6, 1, now - HOUR / 2));
    assertThat(planner.next(blocks, now)).isEmpty();
    assertThat(planner.next(blocks, now + HOUR).orElseThrow()).hasSize(2);
  }

  @Test
  void blockWiderThanTheLargestRange_staysAsItIs() {
    List<BlockMeta> blocks = List.of(block(0, 100, 1, T0), block(0, 100, 1, T0));
    assertThat(planner.next(blocks, T0 + 100 * DAY)).isEmpty();
  }

  /// Times before 1970 lie in aligned places too.
  @Test
  void negativeTimes_areAligned() {
    BlockMeta old = block(-2 - T0 / HOUR, -T0 / HOUR, 1, T0);
    BlockMeta same = block(-2 - T0 / HOUR, -T0 / HOUR, 1, T0);
    assertThat(planner.next(List.of(old, same), T0 + DAY).orElseThrow()).hasSize(2);
  }

  /// Whatever the blocks are, planning ends, and then no two blocks share a day.
  @Test
  void anyBlocks_endInOneBlockAPlace() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      List<BlockMeta> blocks = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int day = random.nextInt(3) * 24;
        int from = day + random.nextInt(23);
        blocks.add(block(from, from + 1 + random.nextInt(24 + day - from), 1, T0));
      }
      long now = T0 + 30 * DAY;
      int merges = 0;
      for (Optional<List<BlockMeta>> job = planner.next(blocks, now);
          job.isPresent();
          job = planner.next(blocks, now)) {
        assertThat(++merges).as("seed %d", seed).isLessThan(100);
        List<BlockMeta> parents = job.get();
        blocks.removeAll(parents);
        blocks.add(
            block(
                (parents.stream().mapToLong(BlockMeta::minTimeMillis).min().orElseThrow() - T0)
                    / HOUR,
                (parents.stream().mapToLong(BlockMeta::maxTimeMillis).max().orElseThrow() - T0 + 1)
                    / HOUR,
                parents.stream().mapToInt(BlockMeta::level).max().orElseThrow() + 1,
                T0));
      }
      assertThat(blocks).as("seed %d", seed).hasSizeLessThanOrEqualTo(3);
    }
  }
}
