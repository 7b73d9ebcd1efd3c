package dev.quorate.server.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quorate.server.console.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * How far an import came, in a small file beside the imported one. It is removed when the import is complete. Losing
 * it, or its last second, costs time and nothing else: rows that are put again change nothing.
 *
 * @param cluster the cluster that the rows went to, in hexadecimal
 * @param options what decides which pairs the rows become
 * @param mark up to where everything is done
 */
record ImportState(String cluster, String options, Pipeline.Mark mark) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** Where the state of an import of this file is. */
    static Path beside(Path file) {
        Path absolute = file.toAbsolutePath();
        return absolute.resolveSibling(absolute.getFileName() + ".import-state");
    }

    /** The state of an import that stopped, if there is one. */
    static Optional<ImportState> read(Path path) {
        byte[] json;
        try {
            json = Files.readAllBytes(path);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot read " + path + ": " + unreadable.getMessage());
        }
        try {
            return Optional.of(JSON.readValue(json, ImportState.class));
        } catch (IOException malformed) {
            throw new CommandFailedException(path + " is not the state of an import; --restart begins anew");
        }
    }

    /** Writes the state, replacing an older one in one step. */
    void write(Path path) {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.write(fresh, JSON.writeValueAsBytes(this));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a state cannot be written as JSON", impossible);
        } catch (IOException unwritable) {
            throw new CommandFailedException("cannot write " + path + ": " + unwritable.getMessage());
        }
    }
}
