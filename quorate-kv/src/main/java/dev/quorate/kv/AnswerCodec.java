package dev.quorate.kv;

import dev.quorate.kv.Encoder.TooLongException;
import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The form of what the state machine answers to a command.
 *
 * <pre>
 *   answer    format  kind  body                                 format 1
 *   0 refusal code  detail
 *   1 put     revision  n pair×n                                 n: 0 or 1
 *   2 delete  revision  deleted  n pair×n
 *   3 txn     revision  succeeded  n (kind body)×n
 *   4 range   revision  more  count  n pair×n
 *   5 compact revision
 *   pair      key  create  mod  version  lease  value
 * </pre>
 */
final class AnswerCodec implements KvResponse.Visitor<Encoder> {
    /** The longest answer: what it would take more is answered as {@code ANSWER_TOO_LARGE}. */
    static final int ANSWER_BYTES_MAX = 64 << 20;

    private static final int FORMAT = 1;
    private static final int REFUSAL = 0;
    private static final int PUT = 1;
    private static final int DELETE_RANGE = 2;
    private static final int TXN = 3;
    private static final int RANGE = 4;
    private static final int COMPACT = 5;
    private static final int PAIR_BYTES_MIN = 6;
    private static final int RESPONSE_BYTES_MIN = 3;
    private static final int EXPECTED = 32;

    private final Encoder out;

    private AnswerCodec(Encoder out) {
        this.out = out;
    }

    /** The form of an answer. */
    static Bytes encode(KvResponse response) {
        return encode(response, ANSWER_BYTES_MAX);
    }

    static Bytes encode(KvResponse response, int bytesMax) {
        Encoder out = new Encoder(EXPECTED, bytesMax);
        try {
            out.octet(FORMAT);
            response.accept(new AnswerCodec(out));
            return out.toBytes();
        } catch (TooLongException e) {
            return encode(new KvException(KvException.Kind.ANSWER_TOO_LARGE, "longer than " + e.limit() + " bytes"));
        }
    }

    /** The form of a refusal. */
    static Bytes encode(KvException refusal) {
        Bytes detail = Bytes.utf8(refusal.detail());
        Encoder out = new Encoder(EXPECTED, EXPECTED + detail.length());
        out.octet(FORMAT).octet(REFUSAL).octet(refusal.kind().code()).bytes(detail);
        return out.toBytes();
    }

    /**
     * The answer of this form; bytes in it share the array.
     *
     * @throws KvException the refusal that it is; or {@code MALFORMED} when it is neither
     */
    static KvResponse decode(Bytes answer) {
        Decoder in = new Decoder(answer);
        int format = in.octet();
        if (format != FORMAT) {
            throw Decoder.malformed("an answer of format " + format);
        }
        int kind = in.octet();
        if (kind == REFUSAL) {
            KvException.Kind refused = KvException.Kind.ofCode(in.octet());
            String detail = in.bytes().toUtf8();
            in.end();
            throw new KvException(refused, detail);
        }
        KvResponse response = response(kind, in, TxnRequest.OPS_MAX);
        in.end();
        return response;
    }

    @Override
    public Encoder put(PutResponse put) {
        out.octet(PUT).number(put.revision());
        return pairs(put.prevPair().map(List::of).orElse(List.of()));
    }

    @Override
    public Encoder deleteRange(DeleteRangeResponse delete) {
        out.octet(DELETE_RANGE).number(delete.revision()).number(delete.deleted());
        return pairs(delete.prevPairs());
    }

    @Override
    public Encoder txn(TxnResponse txn) {
        out.octet(TXN).number(txn.revision()).flag(txn.succeeded());
        out.number(txn.responses().size());
        for (KvResponse response : txn.responses()) {
            response.accept(this);
        }
        return out;
    }

    @Override
    public Encoder range(RangeResponse range) {
        out.octet(RANGE).number(range.revision()).flag(range.more()).number(range.count());
        return pairs(range.pairs());
    }

    @Override
    public Encoder compact(CompactResponse compact) {
        return out.octet(COMPACT).number(compact.revision());
    }

    private Encoder pairs(List<KvPair> pairs) {
        out.number(pairs.size());
        for (KvPair pair : pairs) {
            out.bytes(pair.key()).number(pair.createRevision()).number(pair.modRevision());
            out.number(pair.version()).number(pair.leaseId()).bytes(pair.value());
        }
        return out;
    }

    private static KvResponse response(int kind, Decoder in, int depthMax) {
        return switch (kind) {
            case PUT -> put(in);
            case DELETE_RANGE -> new DeleteRangeResponse(in.number(), in.number(), pairs(in));
            case TXN -> txn(in, depthMax);
            case RANGE -> range(in);
            case COMPACT -> new CompactResponse(in.number());
            default -> throw Decoder.malformed("an answer of unknown kind " + kind);
        };
    }

    private static PutResponse put(Decoder in) {
        long revision = in.number();
        List<KvPair> previous = pairs(in);
        if (previous.size() > 1) {
            throw Decoder.malformed("a put that replaced " + previous.size() + " pairs");
        }
        return new PutResponse(revision, previous.stream().findFirst());
    }

    private static RangeResponse range(Decoder in) {
        long revision = in.number();
        boolean more = in.flag();
        long count = in.number();
        return new RangeResponse(revision, pairs(in), more, count);
    }

    private static TxnResponse txn(Decoder in, int depthMax) {
        if (depthMax < 0) {
            throw Decoder.malformed("answers nested more than " + TxnRequest.OPS_MAX + " times");
        }
        long revision = in.number();
        boolean succeeded = in.flag();
        int count = in.count(RESPONSE_BYTES_MIN);
        List<KvResponse> responses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            responses.add(response(in.octet(), in, depthMax - 1));
        }
        return new TxnResponse(revision, succeeded, responses);
    }

    private static List<KvPair> pairs(Decoder in) {
        int count = in.count(PAIR_BYTES_MIN);
        List<KvPair> pairs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Bytes key = in.bytes();
            long create = in.number();
            long mod = in.number();
            long version = in.number();
            long lease = in.number();
            pairs.add(new KvPair(key, create, mod, version, in.bytes(), lease));
        }
        return pairs;
    }
}
