package dev.quorate.etcd;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Bytes between gRPC's form and ours, without a copy where that is cheap. Both forms are immutable. */
final class WireBytes {
    /** Up to this size a copy costs less than the objects that avoid it. */
    private static final int COPIED_BYTES_MAX = 1024;

    private WireBytes() {}

    static Bytes in(ByteString bytes) {
        if (bytes.isEmpty()) {
            return Bytes.EMPTY;
        }
        Capture capture = new Capture();
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, capture);
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory cannot be read", impossible);
        }
        return capture.whole == null ? Bytes.wrap(bytes.toByteArray()) : capture.whole;
    }

    static ByteString out(Bytes bytes) {
        if (bytes.isEmpty()) {
            return ByteString.EMPTY;
        }
        return bytes.length() <= COPIED_BYTES_MAX
                ? UnsafeByteOperations.unsafeWrap(bytes.toByteArray())
                : UnsafeByteOperations.unsafeWrap(bytes.asByteBuffer());
    }

    /** Takes the array behind bytes that are in one piece. */
    private static final class Capture extends ByteOutput {
        private @Nullable Bytes whole;
        private boolean called;

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            whole = called ? null : Bytes.wrap(value, offset, length);
            called = true;
        }

        @Override
        public void write(byte value) {
            several();
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            several();
        }

        @Override
        public void write(ByteBuffer value) {
            several();
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            several();
        }

        private void several() {
            whole = null;
            called = true;
        }
    }
}
