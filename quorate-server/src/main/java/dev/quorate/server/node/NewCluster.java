package dev.quorate.server.node;

import dev.quorate.raft.Membership;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.wal.ForcedCluster;
import dev.quorate.wal.ForcedCluster.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code --force-new-cluster} does to a data directory, before the server opens it. */
final class NewCluster {
    private static final Logger LOG = LoggerFactory.getLogger(NewCluster.class);

    private final Path directory;
    private final ForcedCluster forced;

    private NewCluster(Path directory) {
        this.directory = directory;
        this.forced = ForcedCluster.in(directory);
    }

    static NewCluster of(Path dataDirectory) {
        return new NewCluster(dataDirectory);
    }

    /**
     * Makes the node the only member of a new cluster when that is asked for and was not done at a start before; also
     * finishes what a crash cut off. A start that does not ask for it makes it possible again.
     *
     * @throws CommandFailedException in one line, when it cannot be done
     */
    void beforeStart(boolean asked) {
        try {
            Optional<Outcome> finished = forced.finish();
            if (finished.isPresent()) {
                warn(finished.get());
            } else if (!asked) {
                forced.forget();
            } else if (forced.isForced()) {
                LOG.warn("server.new-cluster-made-before: --force-new-cluster does nothing, as it was obeyed at an"
                        + " earlier start; take it away");
            } else {
                force();
            }
        } catch (ForeignDirectoryException | DirectoryInUseException | CorruptLogException refused) {
            throw new CommandFailedException("no new cluster was made: " + refused.getMessage());
        } catch (IOException failed) {
            throw new CommandFailedException(
                    "cannot make a new cluster in " + directory + ": " + failed + "; start again to go on");
        }
    }

    private void force() throws IOException {
        Optional<Outcome> outcome = forced.force(SingleNode.fresh().clusterId());
        if (outcome.isPresent()) {
            warn(outcome.get());
        } else {
            LOG.warn("server.new-cluster-not-needed: --force-new-cluster does nothing, as this node is the only member"
                    + " of its cluster; take it away");
        }
    }

    private static void warn(Outcome outcome) {
        Membership before = outcome.members();
        LOG.warn(
                "server.new-cluster node={} cluster={} former-cluster={} former-voters={} former-learners={} last={}:"
                        + " this node is the only member of a NEW CLUSTER now. Writes that the others acknowledged"
                        + " without this node are LOST. All entries of its own log are kept, also the last ones, of"
                        + " which some may never have been acknowledged. The former members are refused from now on:"
                        + " empty their data directories, and add them as new ones with 'quorate member add'. Take"
                        + " --force-new-cluster away.",
                outcome.identity().nodeId(),
                Long.toHexString(outcome.identity().clusterId()),
                Long.toHexString(outcome.former().clusterId()),
                before.voters(),
                before.learners(),
                outcome.last());
    }
}
