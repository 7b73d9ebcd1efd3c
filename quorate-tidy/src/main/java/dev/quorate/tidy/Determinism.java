package dev.quorate.tidy;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import java.util.List;
import java.util.Set;

/**
 * The protocol behaves the same in every run: no collection whose order differs between two JVMs, no clock, no thread,
 * no environment, no random source that was not seeded.
 */
final class Determinism implements Rule {
    private static final String CORE = "dev.quorate.raft";
    private static final Set<String> BANNED_TYPES = Set.of(
            "HashMap",
            "HashSet",
            "IdentityHashMap",
            "Process",
            "ProcessBuilder",
            "Runtime",
            "SplittableRandom",
            "Thread",
            "ThreadLocal",
            "Timer",
            "UUID",
            "WeakHashMap");
    private static final Set<String> BANNED_MEMBERS = Set.of(
            "Collections.shuffle",
            "Map.copyOf",
            "Map.of",
            "Map.ofEntries",
            "Math.random",
            "RandomGenerator.getDefault",
            "Set.copyOf",
            "Set.of",
            "StrictMath.random");

    @Override
    public List<Violation> violations(Source source) {
        return source.isMain() && source.packageName().equals(CORE) ? new Walk(source).all() : List.of();
    }

    private static final class Walk extends Findings {
        Walk(Source source) {
            super(source);
        }

        @Override
        public Void visitIdentifier(IdentifierTree tree, Void unused) {
            String name = tree.getName().toString();
            if (BANNED_TYPES.contains(name)) {
                note(tree, name + " has no place in the deterministic core");
            }
            return super.visitIdentifier(tree, null);
        }

        @Override
        public Void visitImport(ImportTree tree, Void unused) {
            String name = tree.getQualifiedIdentifier().toString();
            if (tree.isStatic()) {
                noteMember(tree, name);
            }
            return super.visitImport(tree, null);
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
            String name = tree.getIdentifier().toString();
            if (BANNED_TYPES.contains(name)) {
                note(tree, name + " has no place in the deterministic core");
            }
            noteMember(tree, tree.toString());
            return super.visitMemberSelect(tree, null);
        }

        @Override
        public Void visitNewClass(NewClassTree tree, Void unused) {
            String type = tree.getIdentifier().toString();
            if (lastSegments(type, 1).equals("Random") && tree.getArguments().isEmpty()) {
                note(tree, "a Random without a seed does not reproduce");
            }
            return super.visitNewClass(tree, null);
        }

        private void noteMember(Tree tree, String qualifiedName) {
            String member = lastSegments(qualifiedName, 2);
            if (BANNED_MEMBERS.contains(member)) {
                note(tree, member + " has no place in the deterministic core");
            }
            if (member.startsWith("System.") && !member.equals("System.arraycopy")) {
                note(tree, member + " lets the world into the deterministic core");
            }
        }

        private static String lastSegments(String name, int count) {
            int from = name.length();
            for (int i = 0; i < count && from >= 0; i++) {
                from = name.lastIndexOf('.', from - 1);
            }
            return name.substring(from + 1);
        }
    }
}
