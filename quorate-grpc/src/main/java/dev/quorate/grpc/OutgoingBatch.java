package dev.quorate.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Frames that leave as one gRPC message. Owned by the network thread. */
final class OutgoingBatch {
    private final List<Frame> frames = new ArrayList<>();
    private int bytes;

    /** Adds a frame behind the others. */
    OutgoingBatch add(Frame frame) {
        frames.add(frame);
        bytes += frame.length();
        return this;
    }

    /** The number of frames. */
    int count() {
        return frames.size();
    }

    /** The size of all frames. */
    int bytes() {
        return bytes;
    }

    /** The bytes of the batch; gRPC drains them straight into the buffers of the socket. */
    InputStream stream() {
        return new Stream();
    }

    private int drainTo(OutputStream out) throws IOException {
        for (int place = 0; place < frames.size(); place++) {
            frames.get(place).writeTo(out);
        }
        return bytes;
    }

    private final class Stream extends InputStream implements KnownLength, Drainable {
        private @Nullable InputStream copy;
        private boolean drained;

        @Override
        public int available() {
            return drained ? 0 : copy == null ? bytes : bytesLeft(copy);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (drained) {
                return 0;
            }
            drained = true;
            return copy == null ? OutgoingBatch.this.drainTo(target) : (int) copy.transferTo(target);
        }

        @Override
        public int read() throws IOException {
            return copy().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return copy().read(target, offset, length);
        }

        /** For readers that do not drain. */
        private InputStream copy() throws IOException {
            InputStream present = copy;
            if (present == null) {
                ByteArrayOutputStream all = new ByteArrayOutputStream(bytes);
                if (!drained) {
                    OutgoingBatch.this.drainTo(all);
                }
                present = new ByteArrayInputStream(all.toByteArray());
                copy = present;
            }
            return present;
        }

        private static int bytesLeft(InputStream copy) {
            try {
                return copy.available();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
