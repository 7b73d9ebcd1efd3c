package dev.quorate.spi;

import dev.quorate.raft.Membership;
import java.io.IOException;

/** The place of one node's durable data: a directory, or a simulated one. */
public interface Storage {
    /**
     * Opens the data, recovers it and takes it for this process.
     *
     * @param identity whose data it must be, or becomes when the place is empty
     * @param bootstrap the members of the cluster, recorded durably at first start and ignored later
     * @throws DirectoryInUseException when another process has it open
     * @throws ForeignDirectoryException when it belongs to someone else, or is not ours; nothing is changed
     * @throws CorruptLogException when the log is damaged elsewhere than at its torn tail; nothing is cut
     */
    OpenStorage open(NodeIdentity identity, Membership bootstrap) throws IOException;

    /**
     * Opens data that {@link #open} found damaged: what is whole is kept, the damaged files are set aside, and
     * {@link OpenStorage#rejoin()} says what that means for the node's vote. A storage that is never damaged just
     * opens.
     *
     * @throws CorruptLogException when no other member has what is lost: nothing was changed, and the message says what
     *     is lost
     */
    default OpenStorage repair(NodeIdentity identity, Membership bootstrap) throws IOException {
        return open(identity, bootstrap);
    }
}
