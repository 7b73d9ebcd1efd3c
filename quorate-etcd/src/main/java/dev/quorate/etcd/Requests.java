package dev.quorate.etcd;

import com.google.protobuf.ByteString;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.kv.CompactRequest;
import dev.quorate.kv.Compare;
import dev.quorate.kv.CompareResult;
import dev.quorate.kv.CompareTarget;
import dev.quorate.kv.DeleteRangeRequest;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvOp;
import dev.quorate.kv.PutRequest;
import dev.quorate.kv.RangeRequest;
import dev.quorate.kv.SortOrder;
import dev.quorate.kv.SortTarget;
import dev.quorate.kv.TxnRequest;
import java.util.ArrayList;
import java.util.List;

/** Requests of the wire as requests of the store. What the store itself refuses is left to it. */
final class Requests {
    private Requests() {}

    static PutRequest put(dev.quorate.etcd.wire.PutRequest wire) {
        return new PutRequest(
                WireBytes.in(wire.getKey()),
                WireBytes.in(wire.getValue()),
                wire.getLease(),
                wire.getPrevKv(),
                wire.getIgnoreValue(),
                wire.getIgnoreLease());
    }

    static RangeRequest range(dev.quorate.etcd.wire.RangeRequest wire) {
        return new RangeRequest(
                keys(wire.getKey(), wire.getRangeEnd()),
                wire.getLimit(),
                wire.getRevision(),
                sortOrder(wire),
                sortTarget(wire),
                wire.getKeysOnly(),
                wire.getCountOnly(),
                wire.getMinModRevision(),
                wire.getMaxModRevision(),
                wire.getMinCreateRevision(),
                wire.getMaxCreateRevision());
    }

    static ReadConsistency consistency(dev.quorate.etcd.wire.RangeRequest wire) {
        return wire.getSerializable() ? ReadConsistency.LOCAL : ReadConsistency.LINEARIZABLE;
    }

    static DeleteRangeRequest deleteRange(dev.quorate.etcd.wire.DeleteRangeRequest wire) {
        return new DeleteRangeRequest(keys(wire.getKey(), wire.getRangeEnd()), wire.getPrevKv());
    }

    static CompactRequest compact(dev.quorate.etcd.wire.CompactionRequest wire) {
        return new CompactRequest(wire.getRevision(), wire.getPhysical());
    }

    static TxnRequest txn(dev.quorate.etcd.wire.TxnRequest wire) {
        List<Compare> compares = new ArrayList<>(wire.getCompareCount());
        for (dev.quorate.etcd.wire.Compare compare : wire.getCompareList()) {
            compares.add(compare(compare));
        }
        return new TxnRequest(compares, operations(wire.getSuccessList()), operations(wire.getFailureList()));
    }

    /** A transaction may be answered from the node's own state when everything in it may. */
    static ReadConsistency consistency(dev.quorate.etcd.wire.TxnRequest wire) {
        return isSerializable(wire) ? ReadConsistency.LOCAL : ReadConsistency.LINEARIZABLE;
    }

    private static boolean isSerializable(dev.quorate.etcd.wire.TxnRequest wire) {
        return isSerializable(wire.getSuccessList()) && isSerializable(wire.getFailureList());
    }

    private static boolean isSerializable(List<RequestOp> operations) {
        for (RequestOp operation : operations) {
            boolean serializable = operation.hasRequestTxn()
                    ? isSerializable(operation.getRequestTxn())
                    : operation.getRequestRange().getSerializable();
            if (!serializable) {
                return false;
            }
        }
        return true;
    }

    private static List<KvOp> operations(List<RequestOp> wire) {
        List<KvOp> operations = new ArrayList<>(wire.size());
        for (RequestOp operation : wire) {
            operations.add(
                    switch (operation.getRequestCase()) {
                        case REQUEST_RANGE -> range(operation.getRequestRange());
                        case REQUEST_PUT -> put(operation.getRequestPut());
                        case REQUEST_DELETE_RANGE -> deleteRange(operation.getRequestDeleteRange());
                        case REQUEST_TXN -> txn(operation.getRequestTxn());
                        // etcd's answer to an operation of no kind.
                        case REQUEST_NOT_SET -> throw new RefusedException(Refusals.KEY_NOT_FOUND);
                    });
        }
        return operations;
    }

    private static Compare compare(dev.quorate.etcd.wire.Compare wire) {
        CompareTarget target = compareTarget(wire);
        long number = switch (target) {
            case VERSION -> wire.getVersion();
            case CREATE -> wire.getCreateRevision();
            case MOD -> wire.getModRevision();
            case LEASE -> wire.getLease();
            case VALUE -> 0;
        };
        return new Compare(
                keys(wire.getKey(), wire.getRangeEnd()),
                target,
                compareResult(wire),
                number,
                WireBytes.in(wire.getValue()));
    }

    private static CompareTarget compareTarget(dev.quorate.etcd.wire.Compare wire) {
        return switch (wire.getTarget()) {
            case VERSION -> CompareTarget.VERSION;
            case CREATE -> CompareTarget.CREATE;
            case MOD -> CompareTarget.MOD;
            case VALUE -> CompareTarget.VALUE;
            case LEASE -> CompareTarget.LEASE;
            case UNRECOGNIZED -> throw new RefusedException(Refusals.BAD_COMPARE);
        };
    }

    private static CompareResult compareResult(dev.quorate.etcd.wire.Compare wire) {
        return switch (wire.getResult()) {
            case EQUAL -> CompareResult.EQUAL;
            case GREATER -> CompareResult.GREATER;
            case LESS -> CompareResult.LESS;
            case NOT_EQUAL -> CompareResult.NOT_EQUAL;
            case UNRECOGNIZED -> throw new RefusedException(Refusals.BAD_COMPARE);
        };
    }

    private static SortOrder sortOrder(dev.quorate.etcd.wire.RangeRequest wire) {
        return switch (wire.getSortOrder()) {
            case NONE -> SortOrder.NONE;
            case ASCEND -> SortOrder.ASCEND;
            case DESCEND -> SortOrder.DESCEND;
            case UNRECOGNIZED -> throw new RefusedException(Refusals.BAD_SORT);
        };
    }

    private static SortTarget sortTarget(dev.quorate.etcd.wire.RangeRequest wire) {
        return switch (wire.getSortTarget()) {
            case KEY -> SortTarget.KEY;
            case VERSION -> SortTarget.VERSION;
            case CREATE -> SortTarget.CREATE;
            case MOD -> SortTarget.MOD;
            case VALUE -> SortTarget.VALUE;
            case UNRECOGNIZED -> throw new RefusedException(Refusals.BAD_SORT);
        };
    }

    private static KeyRange keys(ByteString key, ByteString end) {
        return new KeyRange(WireBytes.in(key), WireBytes.in(end));
    }
}
