package dev.quorate.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ModifiersTree;
import java.util.List;

/** The annotations that stand in a source, by their simple names. */
final class Annotations {
    private Annotations() {}

    static List<String> names(ModifiersTree modifiers) {
        return names(modifiers.getAnnotations());
    }

    static List<String> names(List<? extends AnnotationTree> annotations) {
        return annotations.stream().map(Annotations::name).toList();
    }

    static String name(AnnotationTree annotation) {
        String name = annotation.getAnnotationType().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
