package dev.quorate.etcd;

import dev.quorate.etcd.wire.CompactionResponse;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.ResponseOp;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.kv.CompactResponse;
import dev.quorate.kv.KvPair;
import dev.quorate.kv.KvResponse;

/** Answers of the store as answers of the wire. */
final class Responses {
    private Responses() {}

    static PutResponse put(ResponseHeader header, dev.quorate.kv.PutResponse response) {
        PutResponse.Builder wire = PutResponse.newBuilder().setHeader(header);
        response.prevPair().ifPresent(pair -> wire.setPrevKv(pair(pair)));
        return wire.build();
    }

    static RangeResponse range(ResponseHeader header, dev.quorate.kv.RangeResponse response) {
        RangeResponse.Builder wire = RangeResponse.newBuilder()
                .setHeader(header)
                .setMore(response.more())
                .setCount(response.count());
        for (KvPair pair : response.pairs()) {
            wire.addKvs(pair(pair));
        }
        return wire.build();
    }

    static DeleteRangeResponse deleteRange(ResponseHeader header, dev.quorate.kv.DeleteRangeResponse response) {
        DeleteRangeResponse.Builder wire =
                DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(response.deleted());
        for (KvPair pair : response.prevPairs()) {
            wire.addPrevKvs(pair(pair));
        }
        return wire.build();
    }

    static CompactionResponse compact(ResponseHeader header) {
        return CompactionResponse.newBuilder().setHeader(header).build();
    }

    static TxnResponse txn(ResponseHeader header, dev.quorate.kv.TxnResponse response) {
        TxnResponse.Builder wire = TxnResponse.newBuilder().setHeader(header).setSucceeded(response.succeeded());
        for (KvResponse operation : response.responses()) {
            wire.addResponses(operation.accept(Operation.VISITOR));
        }
        return wire.build();
    }

    private static KeyValue pair(KvPair pair) {
        return KeyValue.newBuilder()
                .setKey(WireBytes.out(pair.key()))
                .setCreateRevision(pair.createRevision())
                .setModRevision(pair.modRevision())
                .setVersion(pair.version())
                .setValue(WireBytes.out(pair.value()))
                .setLease(pair.leaseId())
                .build();
    }

    /**
     * The answer to one operation of a transaction. Its header tells the revision and nothing else; that of a
     * transaction inside a transaction tells nothing at all.
     */
    private static final class Operation implements KvResponse.Visitor<ResponseOp> {
        private static final Operation VISITOR = new Operation();

        @Override
        public ResponseOp put(dev.quorate.kv.PutResponse response) {
            return ResponseOp.newBuilder()
                    .setResponsePut(Responses.put(header(response), response))
                    .build();
        }

        @Override
        public ResponseOp range(dev.quorate.kv.RangeResponse response) {
            return ResponseOp.newBuilder()
                    .setResponseRange(Responses.range(header(response), response))
                    .build();
        }

        @Override
        public ResponseOp deleteRange(dev.quorate.kv.DeleteRangeResponse response) {
            return ResponseOp.newBuilder()
                    .setResponseDeleteRange(Responses.deleteRange(header(response), response))
                    .build();
        }

        @Override
        public ResponseOp txn(dev.quorate.kv.TxnResponse response) {
            return ResponseOp.newBuilder()
                    .setResponseTxn(Responses.txn(ResponseHeader.getDefaultInstance(), response))
                    .build();
        }

        @Override
        public ResponseOp compact(CompactResponse response) {
            throw new IllegalStateException("a compaction cannot be part of a transaction");
        }

        private static ResponseHeader header(KvResponse response) {
            return ResponseHeader.newBuilder().setRevision(response.revision()).build();
        }
    }
}
