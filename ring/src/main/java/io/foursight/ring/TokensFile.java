package io.foursight.ring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the tokens of one instance over restarts, so that it comes back to the same data:
/// `{"tokens":[1,2,3]}`, unsigned. Losing it costs some moving of data, so that a file that cannot
/// be read or written is logged and otherwise ignored.
final class TokensFile {
  private static final Logger log = LoggerFactory.getLogger(TokensFile.class);

  private final Path path;

  TokensFile(Path path) {
    this.path = path;
  }

  /// Empty when there is no file or none that makes sense.
  Tokens read() {
    if (!Files.exists(path)) {
      return Tokens.NONE;
    }
    try {
      JsonNode list = new ObjectMapper().readTree(path.toFile()).path("tokens");
      int[] tokens = new int[list.size()];
      for (int i = 0; i < tokens.length; i++) {
        long token = list.get(i).asLong(-1);
        if (!list.get(i).isIntegralNumber() || token < 0 || token > 0xffff_ffffL) {
          throw new IOException("entry " + i + " is no token: " + list.get(i));
        }
        tokens[i] = (int) token;
      }
      return Tokens.of(tokens);
    } catch (IOException e) {
      log.warn("tokens file cannot be read, new tokens are drawn file={}: {}", path, e.toString());
      return Tokens.NONE;
    }
  }

  void write(Tokens tokens) {
    String json =
        Arrays.stream(tokens.toArray())
            .mapToObj(Integer::toUnsignedString)
            .collect(Collectors.joining(",", "{\"tokens\":[", "]}\n"));
    try {
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      Path fresh = path.resolveSibling(path.getFileName() + ".new");
      Files.writeString(fresh, json);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn("tokens file cannot be written file={}: {}", path, e.toString());
    }
  }
}
