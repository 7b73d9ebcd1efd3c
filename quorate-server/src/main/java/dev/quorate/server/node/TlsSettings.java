package dev.quorate.server.node;

import dev.quorate.server.console.Endpoint;
import dev.quorate.tls.TlsFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The settings of certificates, for clients and for peers. */
enum TlsSettings {
    /** What the client port speaks. */
    CLIENTS(
            Setting.LISTEN_CLIENT_URLS,
            Setting.CERT_FILE,
            Setting.KEY_FILE,
            Setting.TRUSTED_CA_FILE,
            Setting.CLIENT_CERT_AUTH,
            true),
    /** What members speak with each other; a member needs the authority for its own calls too. */
    PEERS(
            Setting.LISTEN_PEER_URLS,
            Setting.PEER_CERT_FILE,
            Setting.PEER_KEY_FILE,
            Setting.PEER_TRUSTED_CA_FILE,
            Setting.PEER_CLIENT_CERT_AUTH,
            false);

    private final Setting urls;
    private final Setting certificate;
    private final Setting key;
    private final Setting authority;
    private final Setting demanded;
    /** True when an authority has no other use than to check who calls, and so demands certificates, as with etcd. */
    private final boolean authorityDemands;

    TlsSettings(
            Setting urls,
            Setting certificate,
            Setting key,
            Setting authority,
            Setting demanded,
            boolean authorityDemands) {
        this.urls = urls;
        this.certificate = certificate;
        this.key = key;
        this.authority = authority;
        this.demanded = demanded;
        this.authorityDemands = authorityDemands;
    }

    /** Those that somebody gave, and that have an effect with TLS only. */
    List<Setting> given(Settings settings) {
        List<Setting> given = new ArrayList<>(List.of(certificate, key, authority));
        given.removeIf(setting -> !settings.isGiven(setting));
        if (settings.isGiven(demanded) && settings.flag(demanded)) {
            given.add(demanded);
        }
        return given;
    }

    /**
     * The files, when the addresses ask for TLS. All addresses of a port speak it, or none.
     *
     * @throws dev.quorate.server.console.CommandFailedException when files and addresses do not fit
     */
    Optional<TlsFiles> files(Settings settings, List<Endpoint> listen) {
        boolean some = listen.stream().anyMatch(Endpoint::tls);
        boolean all = listen.stream().allMatch(Endpoint::tls);
        if (some && !all) {
            throw settings.bad(urls, "http and https cannot be mixed");
        }
        List<Setting> given = given(settings);
        if (!some) {
            if (!given.isEmpty()) {
                String names =
                        String.join(", ", given.stream().map(settings::place).toList());
                throw settings.bad(urls, "it must be https for " + names + " to be used");
            }
            return Optional.empty();
        }
        if (!settings.isGiven(certificate) || !settings.isGiven(key)) {
            throw settings.bad(urls, "https is TLS, and needs " + certificate.flag() + " and " + key.flag());
        }
        boolean mutual = settings.flag(demanded) || (authorityDemands && settings.isGiven(authority));
        if (mutual && !settings.isGiven(authority)) {
            throw settings.bad(demanded, "it needs " + authority.flag());
        }
        Path chain = Path.of(settings.get(certificate));
        Path trusted = settings.find(authority).map(Path::of).orElse(chain);
        return Optional.of(new TlsFiles(chain, Path.of(settings.get(key)), trusted, mutual));
    }
}
