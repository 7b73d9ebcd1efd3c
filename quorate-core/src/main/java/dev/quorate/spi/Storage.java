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
}
