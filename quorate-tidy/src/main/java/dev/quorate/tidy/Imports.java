package dev.quorate.tidy;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every use that a source makes of another package: its imports, and the names it writes out in full. */
final class Imports {
    /** The first segments by which a dotted name is known to be a package and not a chain of fields. */
    private static final Set<String> ROOTS = Set.of("ch", "com", "dev", "io", "java", "javax", "jdk", "org", "sun");
    /** Packages whose names break the custom of small letters. */
    private static final Set<String> CAPITALISED_PACKAGES = Set.of("org.HdrHistogram");

    private Imports() {}

    /** One use: the package, the simple name of the top-level type ({@code *} for all of them), and where. */
    record Use(String packageName, String type, Tree where) {}

    static List<Use> of(Source source) {
        List<Use> uses = new ArrayList<>();
        new Finder(uses).scan(source.unit(), null);
        return List.copyOf(uses);
    }

    private static final class Finder extends TreeScanner<Void, Void> {
        private final List<Use> uses;

        Finder(List<Use> uses) {
            this.uses = uses;
        }

        @Override
        public Void visitPackage(PackageTree tree, Void unused) {
            return scan(tree.getAnnotations(), null);
        }

        @Override
        public Void visitImport(ImportTree tree, Void unused) {
            add(tree.getQualifiedIdentifier().toString(), tree);
            return null;
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
            String name = tree.toString();
            if (isDottedName(tree) && ROOTS.contains(name.substring(0, name.indexOf('.'))) && hasType(name)) {
                add(name, tree);
                return null;
            }
            return super.visitMemberSelect(tree, null);
        }

        private void add(String qualifiedName, Tree where) {
            StringBuilder packageName = new StringBuilder();
            for (String segment : qualifiedName.split("\\.", -1)) {
                boolean capitalised = !Character.isLowerCase(segment.charAt(0));
                if (capitalised && !CAPITALISED_PACKAGES.contains(packageName + "." + segment)) {
                    uses.add(new Use(packageName.toString(), segment, where));
                    return;
                }
                packageName.append(packageName.isEmpty() ? "" : ".").append(segment);
            }
            uses.add(new Use(packageName.toString(), "*", where));
        }

        private static boolean isDottedName(Tree tree) {
            Tree part = tree;
            while (part instanceof MemberSelectTree select) {
                part = select.getExpression();
            }
            return part instanceof IdentifierTree;
        }

        /** Whether two lower-case segments or more lead to a capitalised one. */
        private static boolean hasType(String name) {
            String[] segments = name.split("\\.", -1);
            int i = 0;
            while (i < segments.length && Character.isLowerCase(segments[i].charAt(0))) {
                i++;
            }
            return i >= 2 && i < segments.length;
        }
    }
}
