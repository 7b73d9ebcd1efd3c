package dev.quorate.grpc;

import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** How gRPC gets bytes out of batches, and batches out of bytes; no protobuf in between. */
final class BatchMarshallers {
    /** Only writes. */
    static final MethodDescriptor.Marshaller<OutgoingBatch> OUTGOING = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(OutgoingBatch batch) {
            return batch.stream();
        }

        @Override
        public OutgoingBatch parse(InputStream bytes) {
            throw new UnsupportedOperationException("what goes out is never read");
        }
    };

    /** Only reads. */
    static final MethodDescriptor.Marshaller<IncomingBatch> INCOMING = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(IncomingBatch batch) {
            throw new UnsupportedOperationException("what came in is never written");
        }

        @Override
        public IncomingBatch parse(InputStream bytes) {
            try {
                return IncomingBatch.read(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private BatchMarshallers() {}
}
