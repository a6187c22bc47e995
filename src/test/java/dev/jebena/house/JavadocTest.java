package dev.jebena.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import dev.jebena.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What other modules can see is explained. */
class JavadocTest {
  private static final Path SOURCES = Fixtures.basedir().resolve("src/main/java");
  private static final Pattern EXPORTS = Pattern.compile("^\\s*exports\\s+([\\w.]+)\\s*;");

  /** Types of parameters with which a tensor operation can be asked for what does not fit. */
  private static final Pattern MISFITS =
      Pattern.compile("(int|long)(\\[\\])?|Tensor(\\[\\])?|List<Tensor>|Shape|DType");

  /**
   * With nothing that could not fit: they look at other tensors, or take them whatever they are.
   */
  private static final Set<String> TAKE_EVERYTHING =
      Set.of(
          "zerosLike",
          "onesLike",
          "fullLike",
          "emptyLike",
          "sharesStorageWith",
          "contentEquals",
          "allClose",
          "differenceFrom",
          "isIn",
          "kron",
          "to",
          "keep",
          "roll",
          "empty",
          "zeros",
          "full",
          "random",
          "arange");

  @Test
  void everythingVisibleIsExplained() throws Exception {
    var findings = findings(exportedSources());
    assertThat(findings).as("public and protected members without a sentence of Javadoc").isEmpty();
  }

  /** The check itself must find what is missing. */
  @Test
  void whatIsMissingIsFound() throws Exception {
    var folder = Files.createTempDirectory("javadoc");
    var file = folder.resolve("Sample.java");
    Files.writeString(
        file,
        """
        package sample;
        public class Sample {
          public int bare;
          private int hidden;
          /** Told. */
          public int told;
          protected Sample() {}
          public void method() {}
          /** @return only a tag */
          public int tagged() { return 0; }
          @Override public String toString() { return ""; }
          public record Pair(int a, int b) {}
          /** A pair. */
          public record Other(int a, int b) {}
          /** A constructor may speak of its parameters alone. */
          public static class Made {
            /** @param a one */
            public Made(int a) {}
          }
          /** Its constructors take what all exceptions take. */
          public static class BadException extends RuntimeException {
            public BadException(String message) { super(message); }
          }
          public interface Face { int look(); }
          static class Inner { public int free; }
        }
        """);
    try {
      assertThat(findings(List.of(file)).stream().map(f -> f.substring(f.indexOf(": ") + 2)))
          .containsExactlyInAnyOrder(
              "Sample",
              "Sample.bare",
              "Sample.<init>",
              "Sample.method",
              "Sample.tagged",
              "Sample.Pair",
              "Sample.Face",
              "Sample.Face.look");
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private static List<Path> exportedSources() throws IOException {
    var packages = new TreeSet<String>();
    for (var line : Files.readAllLines(SOURCES.resolve("module-info.java"))) {
      var matcher = EXPORTS.matcher(line);
      if (matcher.find()) {
        packages.add(matcher.group(1));
      }
    }
    assertThat(packages).contains("dev.jebena.tensor");
    var files = new ArrayList<Path>();
    for (var name : packages) {
      try (var list = Files.list(SOURCES.resolve(name.replace('.', '/')))) {
        files.addAll(
            list.filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.endsWith("package-info.java"))
                .sorted()
                .collect(Collectors.toList()));
      }
    }
    return files;
  }

  private static List<String> findings(List<Path> files) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var findings = new ArrayList<String>();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      var trees = DocTrees.instance(task);
      for (var unit : task.parse()) {
        var visit = new Visit(trees, unit, findings);
        for (var type : unit.getTypeDecls()) {
          if (type instanceof ClassTree declared) {
            visit.type(new TreePath(new TreePath(unit), declared), declared, "", false);
          }
        }
      }
    }
    return findings;
  }

  /** One file. */
  private record Visit(DocTrees trees, CompilationUnitTree unit, List<String> findings) {
    void type(TreePath path, ClassTree type, String outer, boolean implicit) {
      if (!visible(type.getModifiers(), implicit)) {
        return;
      }
      var name = outer + type.getSimpleName();
      var comment = trees.getDocCommentTree(path);
      if (blank(comment)) {
        found(type, name);
      }
      boolean face =
          type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
      for (var member : type.getMembers()) {
        var at = new TreePath(path, member);
        switch (member) {
          case ClassTree inner -> type(at, inner, name + ".", face);
          case MethodTree method -> method(at, method, name, face);
          case VariableTree field -> {
            boolean component =
                type.getKind() == Tree.Kind.RECORD
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
            if (!component
                && visible(field.getModifiers(), face)
                && !enumConstant(type, field)
                && blank(trees.getDocCommentTree(at))) {
              found(field, name + "." + field.getName());
            }
          }
          default -> {}
        }
      }
    }

    private void method(TreePath path, MethodTree method, String type, boolean face) {
      if (!visible(method.getModifiers(), face)
          || overrides(method)
          // what the compiler adds has no place of its own
          || trees.getSourcePositions().getEndPosition(unit, method) < 0
          || ofRecord(path, method)) {
        return;
      }
      var comment = trees.getDocCommentTree(path);
      var name = type + "." + method.getName();
      if (blank(comment) && !(constructor(method) && told(comment, type))) {
        found(method, name);
      } else if (type.equals("Tensor") && canMisfit(method) && !namesErrors(comment)) {
        found(method, name + " does not say what it throws");
      }
    }

    /** Compact and canonical constructors of records. */
    private static boolean ofRecord(TreePath path, MethodTree method) {
      return constructor(method) && path.getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
    }

    private static boolean constructor(MethodTree method) {
      return method.getName().contentEquals("<init>");
    }

    /**
     * Constructors may speak of parameters alone; those of exceptions take what all of them take.
     */
    private static boolean told(DocCommentTree comment, String type) {
      return type.endsWith("Exception") || comment != null && !comment.getBlockTags().isEmpty();
    }

    /** Whether it takes an axis, a shape, a type or another tensor. */
    private static boolean canMisfit(MethodTree method) {
      return !TAKE_EVERYTHING.contains(method.getName().toString())
          && method.getParameters().stream()
              .anyMatch(p -> MISFITS.matcher(p.getType().toString()).matches());
    }

    /** By a tag of its own, or by naming the method that it is a form of. */
    private static boolean namesErrors(DocCommentTree comment) {
      return comment.getBlockTags().stream().anyMatch(tag -> tag instanceof ThrowsTree)
          || comment.toString().contains("{@link #");
    }

    private static boolean overrides(MethodTree method) {
      return method.getModifiers().getAnnotations().stream()
          .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
    }

    private static boolean enumConstant(ClassTree type, VariableTree field) {
      return type.getKind() == Tree.Kind.ENUM
          && field
              .getModifiers()
              .getFlags()
              .containsAll(Set.of(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL))
          && field.getType().toString().equals(type.getSimpleName().toString());
    }

    private static boolean visible(ModifiersTree modifiers, boolean implicit) {
      var flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || implicit && !flags.contains(Modifier.PRIVATE);
    }

    private static boolean blank(DocCommentTree comment) {
      return comment == null || comment.getFullBody().isEmpty();
    }

    private void found(Tree tree, String what) {
      long line =
          unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
      var file = Path.of(unit.getSourceFile().getName()).getFileName();
      findings.add(file + ":" + line + ": " + what);
    }
  }
}
