package dev.quorate.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.SourcePositions;
import java.nio.file.Path;
import java.util.List;

/**
 * One parsed source file of the checkout.
 *
 * <p>The path is relative to the root of the checkout: {@code module/src/(main|test)/java/package/Name.java}.
 */
final class Source {
    private final Path path;
    private final String text;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    Source(Path path, String text, CompilationUnitTree unit, SourcePositions positions) {
        this.path = path;
        this.text = text;
        this.unit = unit;
        this.positions = positions;
    }

    Path path() {
        return path;
    }

    String text() {
        return text;
    }

    CompilationUnitTree unit() {
        return unit;
    }

    /** The name of the package, or an empty string for the unnamed one. */
    String packageName() {
        return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
    }

    /** The directory of the module that holds this source. */
    String module() {
        return path.getName(0).toString();
    }

    /** Whether the source is shipped, not a test. */
    boolean isMain() {
        return path.getNameCount() > 2 && path.getName(2).toString().equals("main");
    }

    boolean isPackageInfo() {
        return path.endsWith("package-info.java");
    }

    List<String> lines() {
        return text.lines().toList();
    }

    /** The 1-based line on which the tree starts; annotations and modifiers belong to it, its Javadoc does not. */
    long firstLine(Tree tree) {
        return unit.getLineMap().getLineNumber(Math.max(0, positions.getStartPosition(unit, tree)));
    }

    /** The 1-based line on which the tree ends. */
    long lastLine(Tree tree) {
        return unit.getLineMap().getLineNumber(Math.max(0, positions.getEndPosition(unit, tree)));
    }

    Violation violation(Tree where, String message) {
        return new Violation(path, firstLine(where), message);
    }

    Violation violation(long line, String message) {
        return new Violation(path, line, message);
    }
}
