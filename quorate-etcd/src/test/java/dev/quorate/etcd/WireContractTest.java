package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.quorate.etcd.wire.AuthEnableRequest;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.LeaseGrantRequest;
import dev.quorate.etcd.wire.Member;
import dev.quorate.etcd.wire.Permission;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.etcd.wire.WatchRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A field that moves by one number breaks every client, and no other test would say why. */
final class WireContractTest {
    private static final List<FileDescriptor> OURS = List.of(
            KeyValue.getDescriptor().getFile(),
            Permission.getDescriptor().getFile(),
            ResponseHeader.getDescriptor().getFile(),
            RangeRequest.getDescriptor().getFile(),
            WatchRequest.getDescriptor().getFile(),
            LeaseGrantRequest.getDescriptor().getFile(),
            Member.getDescriptor().getFile(),
            StatusRequest.getDescriptor().getFile(),
            AuthEnableRequest.getDescriptor().getFile());

    @Test
    void ourDefinitionsHaveEveryNameNumberAndTypeOfEtcd34() throws IOException {
        assertThat(ours()).containsAll(etcd34());
    }

    @Test
    void whatWeHaveBesidesIsOfEtcd35And36() throws IOException {
        SortedSet<String> newer = ours();
        newer.removeAll(etcd34());
        assertThat(newer)
                .containsExactlyInAnyOrder(
                        "etcdserverpb.Auth/AuthStatus etcdserverpb.AuthStatusRequest etcdserverpb.AuthStatusResponse",
                        "etcdserverpb.AuthStatusRequest",
                        "etcdserverpb.AuthStatusResponse",
                        "etcdserverpb.AuthStatusResponse 1 header etcdserverpb.ResponseHeader",
                        "etcdserverpb.AuthStatusResponse 2 enabled bool",
                        "etcdserverpb.AuthStatusResponse 3 authRevision uint64",
                        "etcdserverpb.AuthUserAddRequest 4 hashedPassword string",
                        "etcdserverpb.AuthUserChangePasswordRequest 3 hashedPassword string",
                        "etcdserverpb.DowngradeInfo",
                        "etcdserverpb.DowngradeInfo 1 enabled bool",
                        "etcdserverpb.DowngradeInfo 2 targetVersion string",
                        "etcdserverpb.DowngradeRequest",
                        "etcdserverpb.DowngradeRequest 1 action etcdserverpb.DowngradeRequest.DowngradeAction",
                        "etcdserverpb.DowngradeRequest 2 version string",
                        "etcdserverpb.DowngradeRequest.DowngradeAction 0 VALIDATE",
                        "etcdserverpb.DowngradeRequest.DowngradeAction 1 ENABLE",
                        "etcdserverpb.DowngradeRequest.DowngradeAction 2 CANCEL",
                        "etcdserverpb.DowngradeResponse",
                        "etcdserverpb.DowngradeResponse 1 header etcdserverpb.ResponseHeader",
                        "etcdserverpb.DowngradeResponse 2 version string",
                        "etcdserverpb.HashKVResponse 4 hash_revision int64",
                        "etcdserverpb.Maintenance/Downgrade"
                                + " etcdserverpb.DowngradeRequest etcdserverpb.DowngradeResponse",
                        "etcdserverpb.MemberListRequest 1 linearizable bool",
                        "etcdserverpb.SnapshotResponse 4 version string",
                        "etcdserverpb.StatusResponse 11 storageVersion string",
                        "etcdserverpb.StatusResponse 12 dbSizeQuota int64",
                        "etcdserverpb.StatusResponse 13 downgradeInfo etcdserverpb.DowngradeInfo");
    }

    private static List<String> etcd34() throws IOException {
        try (InputStream in = WireContractTest.class.getResourceAsStream("etcd-3.4-wire.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            List<String> facts =
                    text.lines().filter(line -> !line.startsWith("#")).toList();
            assertThat(facts).hasSizeGreaterThan(300);
            return facts;
        }
    }

    private static SortedSet<String> ours() {
        SortedSet<String> facts = new TreeSet<>();
        for (FileDescriptor file : OURS) {
            file.getMessageTypes().forEach(message -> add(facts, message));
            file.getEnumTypes().forEach(choice -> add(facts, choice));
            for (ServiceDescriptor service : file.getServices()) {
                for (MethodDescriptor method : service.getMethods()) {
                    facts.add(service.getFullName() + "/" + method.getName()
                            + (method.isClientStreaming() ? " stream " : " ")
                            + method.getInputType().getFullName()
                            + (method.isServerStreaming() ? " stream " : " ")
                            + method.getOutputType().getFullName());
                }
            }
        }
        return facts;
    }

    private static void add(SortedSet<String> facts, Descriptor message) {
        facts.add(message.getFullName());
        for (FieldDescriptor field : message.getFields()) {
            facts.add(message.getFullName() + " " + field.getNumber() + " " + field.getName() + " "
                    + (field.isRepeated() ? "repeated " : "") + type(field)
                    + (field.getContainingOneof() == null
                            ? ""
                            : " oneof " + field.getContainingOneof().getName()));
        }
        message.getEnumTypes().forEach(choice -> add(facts, choice));
        message.getNestedTypes().forEach(nested -> add(facts, nested));
    }

    private static void add(SortedSet<String> facts, EnumDescriptor choice) {
        for (EnumValueDescriptor value : choice.getValues()) {
            facts.add(choice.getFullName() + " " + value.getNumber() + " " + value.getName());
        }
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }
}
