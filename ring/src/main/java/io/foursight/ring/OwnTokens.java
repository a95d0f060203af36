package io.foursight.ring;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// The tokens of this process's instance: those that it held before, as far as nobody has more
/// right to them, and as many new ones as it takes; kept in a file for the next life. [#areLost]
/// may be called from any thread, the rest is its lifecycler's.
final class OwnTokens {
  private final InstanceSettings settings;
  private final SplittableRandom random;
  private final Optional<TokensFile> file;

  /// Tokens of others that don't collide with `checkedFor`, so that a heartbeat costs no search.
  private final Map<String, Tokens> checked = new HashMap<>();

  private Tokens checkedFor = Tokens.NONE;

  OwnTokens(InstanceSettings settings, SplittableRandom random) {
    this.settings = settings;
    this.random = random;
    this.file = settings.tokensFile().map(TokensFile::new);
  }

  /// Those of the last life.
  Tokens kept() {
    return file.map(TokensFile::read).orElse(Tokens.NONE);
  }

  void keep(Tokens tokens) {
    if (!tokens.isEmpty()) {
      file.ifPresent(f -> f.write(tokens));
    }
  }

  /// As many as configured, of those held before as far as nobody with more right has them.
  Tokens draw(RingState state, InstanceDescriptor self, Tokens held) {
    Tokens mine = held.without(token -> isTaken(state, self, token));
    if (mine.size() > settings.numTokens()) {
      return Tokens.of(Arrays.copyOf(mine.toArray(), settings.numTokens()));
    }
    return mine.fill(settings.numTokens(), random, token -> isUsed(state, token));
  }

  private static boolean isTaken(RingState state, InstanceDescriptor self, int token) {
    return state.present().stream()
        .anyMatch(i ->
            !i.id().equals(self.id())
                && i.tokens().contains(token)
                && TokenCircle.precedence().compare(i, self) < 0);
  }

  private boolean isUsed(RingState state, int token) {
    return state.present().stream()
        .anyMatch(i -> !i.id().equals(settings.id()) && i.tokens().contains(token));
  }

  /// Whether somebody with more right holds one of them.
  synchronized boolean areLost(RingState state, InstanceDescriptor self) {
    boolean lost = false;
    if (!self.tokens().equals(checkedFor)) {
      checkedFor = self.tokens();
      checked.clear();
    }
    for (InstanceDescriptor other : state.present()) {
      if (other.id().equals(self.id()) || other.tokens().equals(checked.get(other.id()))) {
        continue;
      }
      boolean collides = false;
      for (int i = 0; i < self.tokens().size() && !collides; i++) {
        collides = other.tokens().contains(self.tokens().at(i));
      }
      if (!collides) {
        checked.put(other.id(), other.tokens());
      }
      lost |= collides && TokenCircle.precedence().compare(other, self) < 0;
    }
    checked.keySet().removeIf(id -> state.instance(id).isEmpty());
    return lost;
  }
}
