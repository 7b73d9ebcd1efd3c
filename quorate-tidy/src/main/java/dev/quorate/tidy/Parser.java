package dev.quorate.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The compiler's parser over texts; nothing is resolved, so that sources are read without their class path. */
final class Parser {
    private Parser() {}

    /**
     * Parses every text; a text that is not Java is an {@link IllegalArgumentException} that names it.
     *
     * @param texts the sources by their path in the checkout
     */
    static List<Source> parse(Map<Path, String> texts) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("a JDK is needed: this Java run-time environment has no compiler");
        }
        Map<URI, Text> files = new LinkedHashMap<>();
        texts.forEach((path, text) -> {
            Text file = new Text(path, text);
            files.put(file.toUri(), file);
        });
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavacTask task =
                (JavacTask) compiler.getTask(null, null, problems, List.of("-proc:none"), null, files.values());
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<Source> sources = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                // The compiler hands back wrappers of the files it was given, so they are told apart by address.
                Text file =
                        Objects.requireNonNull(files.get(unit.getSourceFile().toUri()));
                sources.add(new Source(file.path, file.text, unit, positions));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Diagnostic<? extends JavaFileObject> problem : problems.getDiagnostics()) {
            if (problem.getKind() == Diagnostic.Kind.ERROR) {
                throw new IllegalArgumentException("not Java: " + problem);
            }
        }
        return List.copyOf(sources);
    }

    /** Parses one text. */
    static Source parse(Path path, String text) {
        return parse(Map.of(path, text)).get(0);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final Path path;
        private final String text;

        Text(Path path, String text) {
            super(URI.create("source:///" + path.toString().replace('\\', '/').replace(' ', '_')), Kind.SOURCE);
            this.path = path;
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
