package dev.quorate.kv;

import dev.quorate.kv.Encoder.TooLongException;
import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The form of requests in the log.
 *
 * <pre>
 *   command   0x51  format  kind  body                           format 1
 *   1 put     flags  key  value  lease                           flags: 1 previous pair, 2 ignore value, 4 ignore lease
 *   2 delete  flags  key  end                                    flags: 1 previous pairs
 *   3 txn     n compare×n  n (kind body)×n  n (kind body)×n      conditions, success, failure
 *   4 range   flags  key  end  limit  revision  order  target  min and max mod  min and max create
 *                                                                flags: 1 keys only, 2 count only
 *   5 compact flags  revision                                    flags: 1 physical
 *   compare   key  end  target  result  number  value
 * </pre>
 *
 * <p>One request has one form: a number, a flag or a choice that could be written in another way is malformed.
 */
final class CommandCodec implements KvRequest.Visitor<Encoder> {
    private static final int MAGIC = 0x51;
    private static final int FORMAT = 1;
    private static final int PUT = 1;
    private static final int DELETE_RANGE = 2;
    private static final int TXN = 3;
    private static final int RANGE = 4;
    private static final int COMPACT = 5;
    private static final int COMPARE_BYTES_MIN = 6;
    private static final int OP_BYTES_MIN = 4;
    private static final int OVERHEAD = 64;

    private static final SortOrder[] ORDERS = SortOrder.values();
    private static final SortTarget[] SORT_TARGETS = SortTarget.values();
    private static final CompareTarget[] COMPARE_TARGETS = CompareTarget.values();
    private static final CompareResult[] COMPARE_RESULTS = CompareResult.values();

    private final Encoder out;

    private CommandCodec(Encoder out) {
        this.out = out;
    }

    /**
     * The command of a request that {@link RequestRules} has no objection to.
     *
     * @throws KvException of kind {@code REQUEST_TOO_LARGE}
     */
    static Bytes encode(KvRequest request) {
        int expected = OVERHEAD;
        if (request instanceof PutRequest put) {
            expected += put.key().length() + put.value().length();
        }
        Encoder out = new Encoder(Math.min(expected, KvClient.REQUEST_BYTES_MAX), KvClient.REQUEST_BYTES_MAX);
        try {
            out.octet(MAGIC).octet(FORMAT);
            request.accept(new CommandCodec(out));
        } catch (TooLongException e) {
            throw new KvException(KvException.Kind.REQUEST_TOO_LARGE, "longer than " + e.limit() + " bytes");
        }
        return out.toBytes();
    }

    /**
     * The request of a command, from any bytes.
     *
     * @throws KvException of kind {@code MALFORMED}
     * @throws UnknownFormatException when a newer version of this program wrote it
     */
    static KvRequest decode(Bytes command) {
        Decoder in = new Decoder(command);
        if (in.octet() != MAGIC) {
            throw Decoder.malformed("it does not begin like one of this store's");
        }
        int format = in.octet();
        if (format > FORMAT) {
            throw new UnknownFormatException("a command of format " + format + ", this version understands up to "
                    + FORMAT + ": upgrade this node");
        }
        if (format < FORMAT) {
            throw Decoder.malformed("format " + format);
        }
        int kind = in.octet();
        KvRequest request = kind == COMPACT ? compact(in) : op(kind, in, TxnRequest.OPS_MAX);
        in.end();
        return request;
    }

    @Override
    public Encoder put(PutRequest put) {
        int flags = (put.prevPair() ? 1 : 0) | (put.ignoreValue() ? 2 : 0) | (put.ignoreLease() ? 4 : 0);
        return out.octet(PUT).octet(flags).bytes(put.key()).bytes(put.value()).number(put.leaseId());
    }

    @Override
    public Encoder deleteRange(DeleteRangeRequest delete) {
        out.octet(DELETE_RANGE).flag(delete.prevPairs());
        return keys(delete.keys());
    }

    @Override
    public Encoder txn(TxnRequest txn) {
        out.octet(TXN).number(txn.compares().size());
        for (Compare compare : txn.compares()) {
            keys(compare.keys())
                    .octet(compare.target().code())
                    .octet(compare.result().code());
            out.number(compare.number()).bytes(compare.value());
        }
        ops(txn.success());
        return ops(txn.failure());
    }

    @Override
    public Encoder range(RangeRequest range) {
        out.octet(RANGE).octet((range.keysOnly() ? 1 : 0) | (range.countOnly() ? 2 : 0));
        keys(range.keys()).number(range.limit()).number(range.revision());
        out.octet(range.sortOrder().code()).octet(range.sortTarget().code());
        out.number(range.minModRevision()).number(range.maxModRevision());
        return out.number(range.minCreateRevision()).number(range.maxCreateRevision());
    }

    @Override
    public Encoder compact(CompactRequest compact) {
        return out.octet(COMPACT).flag(compact.physical()).number(compact.revision());
    }

    private Encoder ops(List<KvOp> ops) {
        out.number(ops.size());
        for (KvOp op : ops) {
            op.acceptOp(this);
        }
        return out;
    }

    private Encoder keys(KeyRange keys) {
        return out.bytes(keys.key()).bytes(keys.end());
    }

    private static KvOp op(int kind, Decoder in, int depthMax) {
        return switch (kind) {
            case PUT -> put(in);
            case DELETE_RANGE -> deleteRange(in);
            case TXN -> txn(in, depthMax);
            case RANGE -> range(in);
            default -> throw Decoder.malformed("unknown kind " + kind);
        };
    }

    private static PutRequest put(Decoder in) {
        int flags = in.flags(7);
        return new PutRequest(
                in.bytes(), in.bytes(), in.number(), (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
    }

    private static DeleteRangeRequest deleteRange(Decoder in) {
        boolean prevPairs = in.flag();
        return new DeleteRangeRequest(keys(in), prevPairs);
    }

    private static TxnRequest txn(Decoder in, int depthMax) {
        if (depthMax < 0) {
            throw Decoder.malformed("transactions nested more than " + TxnRequest.OPS_MAX + " times");
        }
        int count = in.count(COMPARE_BYTES_MIN);
        List<Compare> compares = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            compares.add(
                    new Compare(keys(in), in.one(COMPARE_TARGETS), in.one(COMPARE_RESULTS), in.number(), in.bytes()));
        }
        return new TxnRequest(compares, ops(in, depthMax), ops(in, depthMax));
    }

    private static List<KvOp> ops(Decoder in, int depthMax) {
        int count = in.count(OP_BYTES_MIN);
        List<KvOp> ops = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ops.add(op(in.octet(), in, depthMax - 1));
        }
        return ops;
    }

    private static RangeRequest range(Decoder in) {
        int flags = in.flags(3);
        return new RangeRequest(
                keys(in),
                in.number(),
                in.number(),
                in.one(ORDERS),
                in.one(SORT_TARGETS),
                (flags & 1) != 0,
                (flags & 2) != 0,
                in.number(),
                in.number(),
                in.number(),
                in.number());
    }

    private static CompactRequest compact(Decoder in) {
        boolean physical = in.flag();
        return new CompactRequest(in.number(), physical);
    }

    private static KeyRange keys(Decoder in) {
        return new KeyRange(in.bytes(), in.bytes());
    }
}
