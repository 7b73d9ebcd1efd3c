package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CodecTest {
    private static final int CASES = 20_000;

    @Test
    void everyRequestComesBackAsItWas() {
        Random random = new Random(11);
        RandomRequests requests = new RandomRequests(random, 30);
        for (int i = 0; i < CASES; i++) {
            KvRequest request = random.nextBoolean() ? requests.write(50) : requests.read(50);
            assertThat(CommandCodec.decode(CommandCodec.encode(request))).isEqualTo(request);
        }
    }

    @Test
    void everyNumberComesBackAsItWas() {
        for (long number : new long[] {0, 1, 127, 128, 16_383, 16_384, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            CompactRequest request = new CompactRequest(number, true);
            assertThat(CommandCodec.decode(CommandCodec.encode(request))).isEqualTo(request);
        }
    }

    @Test
    void everyAnswerComesBackAsItWas() {
        Machine machine = new Machine();
        RandomRequests requests = new RandomRequests(new Random(12), 30);
        int answers = 0;
        for (int i = 0; i < CASES; i++) {
            Bytes encoded = machine.apply(CommandCodec.encode(requests.write(i / 2 + 1)));
            try {
                KvResponse response = AnswerCodec.decode(encoded);
                assertThat(AnswerCodec.encode(response)).isEqualTo(encoded);
                answers++;
            } catch (KvException e) {
                assertThat(AnswerCodec.encode(e)).isEqualTo(encoded);
            }
        }
        assertThat(answers).isGreaterThan(CASES / 2);
    }

    @Test
    void theCodesOfChoicesAreTheirPlaces() {
        assertThat(Arrays.stream(SortOrder.values()).map(SortOrder::code)).containsExactly(0, 1, 2);
        assertThat(Arrays.stream(SortTarget.values()).map(SortTarget::code)).containsExactly(0, 1, 2, 3, 4);
        assertThat(Arrays.stream(CompareTarget.values()).map(CompareTarget::code))
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(Arrays.stream(CompareResult.values()).map(CompareResult::code))
                .containsExactly(0, 1, 2, 3);
        for (KvException.Kind kind : KvException.Kind.values()) {
            assertThat(KvException.Kind.ofCode(kind.code())).isEqualTo(kind);
        }
    }

    @Test
    void theFormatOfThisVersionStaysReadable() {
        Bytes put = Bytes.wrap(new byte[] {0x51, 1, 1, 1, 1, 'k', 2, 'v', 'w', 0});
        assertThat(CommandCodec.encode(
                        PutRequest.of(Bytes.utf8("k"), Bytes.utf8("vw")).withPrevPair()))
                .isEqualTo(put);
        Bytes txn = Bytes.wrap(new byte[] {
            0x51,
            1,
            3,
            1,
            1,
            'k',
            0,
            3,
            0,
            0,
            1,
            'v',
            1,
            2,
            0,
            1,
            'a',
            1,
            'b',
            1,
            4,
            1,
            1,
            0,
            0,
            5,
            (byte) 0x80,
            1,
            2,
            3,
            0,
            0,
            0,
            0
        });
        assertThat(CommandCodec.encode(
                        TxnRequest.when(Compare.value(Bytes.utf8("k"), CompareResult.EQUAL, Bytes.utf8("v")))
                                .then(DeleteRangeRequest.of(KeyRange.between(Bytes.utf8("a"), Bytes.utf8("b"))))
                                .otherwise(RangeRequest.of(KeyRange.of(KeyRange.ZERO))
                                        .withLimit(5)
                                        .atRevision(128)
                                        .sortedBy(SortTarget.MOD, SortOrder.DESCEND)
                                        .withKeysOnly())))
                .isEqualTo(txn);
        assertThat(AnswerCodec.decode(Bytes.wrap(new byte[] {1, 1, 9, 1, 1, 'k', 2, 3, 4, 5, 1, 'v'})))
                .isEqualTo(new PutResponse(9, Optional.of(new KvPair(Bytes.utf8("k"), 2, 3, 4, Bytes.utf8("v"), 5))));
    }

    @Test
    void noBytesHarmTheDecoders() {
        Random random = new Random(13);
        RandomRequests requests = new RandomRequests(random, 30);
        Machine machine = new Machine();
        for (int i = 0; i < CASES; i++) {
            Bytes command = CommandCodec.encode(requests.write(30));
            decode(mutated(command, random));
            Bytes answer = machine.apply(command);
            decodeAnswer(mutated(answer, random));
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            decode(Bytes.wrap(noise));
            decodeAnswer(Bytes.wrap(noise));
        }
    }

    @Test
    void whatDecodesIsTheOnlyFormOfItself() {
        Random random = new Random(14);
        RandomRequests requests = new RandomRequests(random, 30);
        int decoded = 0;
        for (int i = 0; i < CASES; i++) {
            Bytes bytes = mutated(CommandCodec.encode(requests.write(30)), random);
            Optional<KvRequest> request = decode(bytes);
            if (request.isPresent()) {
                assertThat(CommandCodec.encode(request.get())).isEqualTo(bytes);
                decoded++;
            }
        }
        assertThat(decoded).isGreaterThan(CASES / 20);
    }

    @Test
    void applyAnswersAnyBytesAndStaysWhole() {
        Random random = new Random(15);
        RandomRequests requests = new RandomRequests(random, 30);
        Machine machine = new Machine();
        StoreModel model = new StoreModel();
        for (int i = 0; i < 1_000; i++) {
            Bytes bytes = mutated(CommandCodec.encode(requests.write(30)), random);
            Optional<KvRequest> request = decode(bytes);
            if (bytes.length() > 1 && bytes.at(0) == 0x51 && (bytes.at(1) & 0xff) > 1) {
                continue;
            }
            Bytes answer = machine.apply(bytes);
            try {
                KvResponse response = AnswerCodec.decode(answer);
                assertThat(response).isEqualTo(model.apply(request.orElseThrow()));
            } catch (KvException e) {
                KvException.Kind kind = request.map(each -> kindOf(model, each)).orElse(KvException.Kind.MALFORMED);
                assertThat(e.kind()).isEqualTo(kind);
            }
        }
    }

    @Test
    void aCommandOfANewerFormatStopsTheReplica() {
        byte[] command = CommandCodec.encode(new CompactRequest(1, false)).toByteArray();
        command[1] = 2;
        Machine machine = new Machine();
        assertThatThrownBy(() -> machine.apply(Bytes.wrap(command)))
                .isInstanceOf(UnknownFormatException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("upgrade this node");
    }

    @Test
    void nestingIsBounded() {
        TxnRequest txn = TxnRequest.of();
        for (int i = 0; i < 5_000; i++) {
            txn = TxnRequest.of(txn);
        }
        TxnRequest deep = txn;
        assertThatThrownBy(() -> RequestRules.check(deep)).hasMessageContaining("too many operations");
        byte[] command = new byte[100_000];
        command[0] = 0x51;
        command[1] = 1;
        for (int at = 2; at < 90_000; at += 3) {
            command[at] = 3;
            command[at + 2] = 1;
        }
        assertThatThrownBy(() -> CommandCodec.decode(Bytes.wrap(command)))
                .isInstanceOf(KvException.class)
                .hasMessageContaining("nested");
    }

    @Test
    void aRequestAsLongAsAllowedIsEncodedAndOneByteMoreIsNot() {
        int overhead = CommandCodec.encode(PutRequest.of(Bytes.utf8("k"), Bytes.wrap(new byte[1 << 20])))
                        .length()
                - (1 << 20);
        Bytes longest = Bytes.wrap(new byte[KvClient.REQUEST_BYTES_MAX - overhead]);
        assertThat(CommandCodec.encode(PutRequest.of(Bytes.utf8("k"), longest)).length())
                .isEqualTo(KvClient.REQUEST_BYTES_MAX);
        Bytes longer = Bytes.wrap(new byte[longest.length() + 1]);
        assertThatThrownBy(() -> CommandCodec.encode(PutRequest.of(Bytes.utf8("k"), longer)))
                .isInstanceOfSatisfying(
                        KvException.class, e -> assertThat(e.kind()).isEqualTo(KvException.Kind.REQUEST_TOO_LARGE));
    }

    @Test
    void anAnswerThatIsTooLongSaysThatTheRequestTookEffect() {
        List<KvPair> pairs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pairs.add(new KvPair(Bytes.utf8("k" + i), 2, 2, 1, Bytes.wrap(new byte[1_000]), 0));
        }
        Bytes answer = AnswerCodec.encode(new DeleteRangeResponse(3, 10, pairs), 5_000);
        assertThatThrownBy(() -> AnswerCodec.decode(answer))
                .isInstanceOfSatisfying(
                        KvException.class, e -> assertThat(e.kind()).isEqualTo(KvException.Kind.ANSWER_TOO_LARGE))
                .hasMessageContaining("took effect");
    }

    private static KvException.Kind kindOf(StoreModel model, KvRequest request) {
        try {
            model.apply(request);
        } catch (KvException e) {
            return e.kind();
        }
        return fail("the model does not refuse " + request);
    }

    private static Optional<KvRequest> decode(Bytes bytes) {
        try {
            return Optional.of(CommandCodec.decode(bytes));
        } catch (KvException e) {
            assertThat(e.kind()).isEqualTo(KvException.Kind.MALFORMED);
        } catch (UnknownFormatException e) {
            assertThat(bytes.at(1)).isNotIn((byte) 0, (byte) 1);
        }
        return Optional.empty();
    }

    private static void decodeAnswer(Bytes bytes) {
        try {
            assertThat(AnswerCodec.encode(AnswerCodec.decode(bytes))).isNotNull();
        } catch (KvException e) {
            assertThat(e.kind()).isNotNull();
        }
    }

    private static Bytes mutated(Bytes bytes, Random random) {
        byte[] array = bytes.toByteArray();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(array.length);
            switch (random.nextInt(5)) {
                case 0 -> array[at] = (byte) random.nextInt();
                case 1 -> array[at]++;
                case 2 -> array[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 3 -> array = Arrays.copyOf(array, Math.max(1, at));
                default -> array = Arrays.copyOf(array, array.length + 1 + random.nextInt(3));
            }
        }
        return Bytes.wrap(array);
    }
}
