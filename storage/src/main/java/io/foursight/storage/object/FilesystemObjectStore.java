package io.foursight.storage.object;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/// Objects as files under one directory, which several processes may share. A put writes a file in
/// `<root>/.tmp`, syncs it, renames it over the key and syncs the directory, so a crash leaves the
/// old object, the new one, or a stray temporary file that the next opening removes after a day.
/// [#putIfAbsent] is a hard link, atomic between processes; where the file system has none, a lock
/// file guards it.
///
/// One limit that S3 has not: a key cannot be an object and a folder at once (`BAD_DATA`).
public final class FilesystemObjectStore implements ObjectStore {
  private static final String TEMPORARY = ".tmp";
  private static final Duration STRAY_AGE = Duration.ofDays(1);

  private final Path root;
  private final Path temporary;
  private final ReentrantLock fallbackLock = new ReentrantLock();

  /// Creates the directory if it is missing.
  ///
  /// @throws FoursightException `UNAVAILABLE` when it cannot be created or written
  public FilesystemObjectStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
    this.temporary = this.root.resolve(TEMPORARY);
    try {
      Files.createDirectories(temporary);
      removeStrays();
    } catch (IOException e) {
      throw unavailable("create", this.root, e);
    }
  }

  private void removeStrays() throws IOException {
    Instant before = Instant.now().minus(STRAY_AGE);
    try (var files = Files.newDirectoryStream(temporary)) {
      for (Path file : files) {
        try {
          if (Files.getLastModifiedTime(file).compareTo(FileTime.from(before)) < 0) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException e) {
          continue; // another process was quicker
        }
      }
    }
  }

  private Path path(String key) {
    ObjectKeys.checkKey(key);
    if (key.equals(TEMPORARY) || key.startsWith(TEMPORARY + "/")) {
      throw FoursightException.badData("object key \"" + key + "\" is reserved");
    }
    return root.resolve(key);
  }

  @Override
  public Optional<byte[]> get(String key) {
    Path path = path(key);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE - 16) {
        throw MemoryObjectStore.tooLarge(key, size);
      }
      return Optional.of(read(channel, 0, (int) size));
    } catch (IOException e) {
      return absent(path, e);
    }
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    Path path = path(key);
    ObjectKeys.checkRange(key, offset, length);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long available = Math.max(0, channel.size() - offset);
      return Optional.of(read(channel, offset, (int) Math.min(length, available)));
    } catch (IOException e) {
      return absent(path, e);
    }
  }

  private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("file ended at " + (offset + buffer.position()));
      }
    }
    return buffer.array();
  }

  /// Missing files and folders are no object; anything else is a failure.
  private Optional<byte[]> absent(Path path, IOException e) {
    if (e instanceof NoSuchFileException || isFolderOrBelowFile(path, e)) {
      return Optional.empty();
    }
    throw unavailable("read", path, e);
  }

  private static boolean isFolderOrBelowFile(Path path, IOException e) {
    return Files.isDirectory(path)
        || e instanceof NotDirectoryException
        || (e instanceof FileSystemException f && "Not a directory".equals(f.getReason()));
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    Path path = path(key);
    try {
      var attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? Optional.of(info(key, attributes)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (isFolderOrBelowFile(path, e)) {
        return Optional.empty();
      }
      throw unavailable("read", path, e);
    }
  }

  private static ObjectInfo info(String key, BasicFileAttributes attributes) {
    return new ObjectInfo(key, attributes.size(), attributes.lastModifiedTime().toMillis());
  }

  /// Fills a synced temporary file.
  private interface Filler {
    void fill(FileChannel channel) throws IOException;
  }

  @Override
  public void put(String key, byte[] bytes) {
    place(key, channel -> write(channel, bytes), true);
  }

  @Override
  public void put(String key, Path file) {
    place(
        key,
        channel -> {
          try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = source.size();
            for (long at = 0; at < size; ) {
              at += source.transferTo(at, size - at, channel);
            }
          }
        },
        true);
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    if (head(key).isPresent()) {
      return false;
    }
    return place(key, channel -> write(channel, bytes), false);
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private boolean place(String key, Filler filler, boolean replace) {
    Path target = path(key);
    Path file = temporary.resolve(UUID.randomUUID().toString());
    try {
      try {
        try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          filler.fill(channel);
          channel.force(true);
        }
        return moveIntoPlace(file, target, replace);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      if (Files.isDirectory(target) || blockedByObject(target)) {
        throw new FoursightException(
            ErrorKind.BAD_DATA,
            "object key \"" + key + "\" would be an object and a folder at once",
            e);
      }
      throw unavailable("write", target, e);
    }
  }

  private boolean blockedByObject(Path target) {
    for (Path p = target.getParent(); p != null && !p.equals(root); p = p.getParent()) {
      if (Files.isRegularFile(p)) {
        return true;
      }
    }
    return false;
  }

  private boolean moveIntoPlace(Path file, Path target, boolean replace) throws IOException {
    while (true) {
      createFolders(target.getParent());
      try {
        if (replace) {
          Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        } else if (!link(file, target)) {
          return false;
        }
        syncFolder(target.getParent());
        return true;
      } catch (NoSuchFileException e) {
        // A concurrent delete removed the emptied folder: make it again.
        if (!Files.exists(file)) {
          throw e;
        }
      }
    }
  }

  private boolean link(Path file, Path target) throws IOException {
    try {
      Files.createLink(target, file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      return renameUnderLock(file, target);
    }
  }

  /// For file systems without hard links: correct among writers that use this store.
  private boolean renameUnderLock(Path file, Path target) throws IOException {
    fallbackLock.lock();
    try (FileChannel channel =
            FileChannel.open(
                temporary.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      if (!lock.isValid() || Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } finally {
      fallbackLock.unlock();
    }
  }

  private void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    createFolders(folder.getParent());
    try {
      Files.createDirectory(folder);
      syncFolder(folder.getParent());
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } catch (NoSuchFileException e) {
      createFolders(folder); // the parent went away in between
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      return; // emptied and removed by a concurrent delete: nothing left to make durable
    }
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    ObjectKeys.checkPrefix(prefix);
    int slash = prefix.lastIndexOf('/');
    String folder = slash < 0 ? "" : prefix.substring(0, slash + 1);
    var found = new ArrayList<ObjectInfo>();
    collect(folder, prefix, found);
    found.sort(Comparator.comparing(ObjectInfo::key));
    return found;
  }

  private void collect(String folder, String prefix, List<ObjectInfo> found) {
    for (Child child : children(folder)) {
      String key = folder + child.name;
      if (child.attributes.isDirectory()) {
        String below = key + "/";
        if (below.startsWith(prefix) || prefix.startsWith(below)) {
          collect(below, prefix, found);
        }
      } else if (key.startsWith(prefix)) {
        found.add(info(key, child.attributes));
      }
    }
  }

  @Override
  public Listing listFolder(String prefix) {
    ObjectKeys.checkFolder(prefix);
    var direct = new ArrayList<ObjectInfo>();
    var folders = new ArrayList<String>();
    for (Child child : children(prefix)) {
      String key = prefix + child.name;
      if (!child.attributes.isDirectory()) {
        direct.add(info(key, child.attributes));
      } else if (holdsAny(key + "/")) {
        folders.add(key + "/");
      }
    }
    direct.sort(Comparator.comparing(ObjectInfo::key));
    folders.sort(Comparator.naturalOrder());
    return new Listing(direct, folders);
  }

  private boolean holdsAny(String folder) {
    List<Child> children = children(folder);
    return children.stream().anyMatch(c -> !c.attributes.isDirectory())
        || children.stream().anyMatch(c -> holdsAny(folder + c.name + "/"));
  }

  private record Child(String name, BasicFileAttributes attributes) {}

  private List<Child> children(String folder) {
    Path directory = root.resolve(folder);
    var children = new ArrayList<Child>();
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (file.equals(temporary)) {
          continue;
        }
        try {
          children.add(
              new Child(
                  file.getFileName().toString(),
                  Files.readAttributes(file, BasicFileAttributes.class)));
        } catch (NoSuchFileException e) {
          continue; // deleted since
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw unavailable("list", directory, e.getCause());
    } catch (IOException e) {
      throw unavailable("list", directory, e);
    }
    return children;
  }

  @Override
  public void delete(String key) {
    Path target = path(key);
    try {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS) && Files.deleteIfExists(target)) {
        syncFolder(target.getParent());
        removeEmptyFolders(target.getParent());
      }
    } catch (IOException e) {
      if (!isFolderOrBelowFile(target, e)) {
        throw unavailable("delete", target, e);
      }
    }
  }

  private void removeEmptyFolders(Path folder) throws IOException {
    for (Path p = folder; !p.equals(root); p = p.getParent()) {
      try {
        Files.deleteIfExists(p);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "filesystem:" + root;
  }

  /// The failure of a local file operation, with the file and the operating system's reason.
  static FoursightException unavailable(String what, Path path, IOException e) {
    String reason =
        e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
    return new FoursightException(
        ErrorKind.UNAVAILABLE, "cannot " + what + " " + path + ": " + reason, e);
  }
}
