package dev.quorate.server.node;

import dev.quorate.raft.NodeId;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/** A node without a configuration: who it is, its directory says. */
final class SingleNode {
    private SingleNode() {}

    /**
     * The node whose data the directory holds; empty for a new directory.
     *
     * @throws CommandFailedException when the directory holds something else
     */
    static Optional<NodeIdentity> identityIn(Path dataDirectory) {
        try {
            return FileStorage.in(dataDirectory).identity();
        } catch (ForeignDirectoryException foreign) {
            throw new CommandFailedException(String.valueOf(foreign.getMessage()));
        } catch (IOException unreadable) {
            // Opening it fails for the same reason, and says so better.
            return Optional.of(fresh());
        }
    }

    /** A new node of a new cluster, with ids that no other has. */
    static NodeIdentity fresh() {
        SecureRandom random = new SecureRandom();
        return new NodeIdentity(id(random), NodeId.of(id(random)));
    }

    private static long id(SecureRandom random) {
        long id = random.nextLong();
        return id == 0 ? 1 : id;
    }

    /** Why the data cannot be used, in one line. */
    static CommandFailedException unusable(Path dataDirectory, StorageFailedException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof AccessDeniedException denied) {
            String reason = denied.getReason() == null ? "permission denied" : denied.getReason();
            message = "cannot use data directory " + dataDirectory + ": " + reason;
        } else if (cause instanceof FileSystemException) {
            message = "cannot use data directory " + dataDirectory + ": " + message;
        }
        return new CommandFailedException(message);
    }
}
