package dev.jebena.autograd;

import dev.jebena.io.AtomicFiles;
import dev.jebena.tensor.RecordedGraph;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A picture of what was recorded to make a tensor: operations and the leaves that want gradients,
 * each with its shape.
 *
 * <pre>{@code
 * Graph.of(loss, model.namedParameters()).writeSvg(Path.of("loss.svg"));
 * }</pre>
 */
public final class Graph {
  private final List<Vertex> vertices;

  /**
   * One box.
   *
   * @param name of the operation or the leaf
   * @param shape of what it made or is
   * @param isLeaf whether it is a leaf
   * @param inputs numbers of the boxes that it was made from
   */
  public record Vertex(String name, String shape, boolean isLeaf, List<Integer> inputs) {}

  private Graph(List<Vertex> vertices) {
    this.vertices = vertices;
  }

  /** The graph behind {@code root}; leaves are called {@code leaf}. */
  public static Graph of(Tensor root) {
    return of(root, Map.of());
  }

  /** The graph behind {@code root} with names for leaves, such as a module's parameters. */
  public static Graph of(Tensor root, Map<String, Tensor> names) {
    var known = new IdentityHashMap<Tensor, String>();
    names.forEach((name, tensor) -> known.put(tensor, name));
    var vertices = new ArrayList<Vertex>();
    for (RecordedGraph.Vertex v : Tape.graph(root).vertices()) {
      var name = v.leaf() == null ? v.name() : known.getOrDefault(v.leaf(), v.name());
      vertices.add(new Vertex(name, v.shape().toString(), v.leaf() != null, v.inputs()));
    }
    return new Graph(List.copyOf(vertices));
  }

  /** All boxes, the root first, each before its inputs. */
  public List<Vertex> vertices() {
    return vertices;
  }

  /** The graph in Graphviz's language, arrows from inputs to results. */
  public String toDot() {
    var dot = new StringBuilder("digraph recorded {\n  node [fontname=\"sans-serif\"];\n");
    for (int i = 0; i < vertices.size(); i++) {
      var v = vertices.get(i);
      dot.append("  n").append(i).append(" [label=\"").append(quoted(v.name()));
      dot.append("\\n").append(quoted(v.shape())).append("\", shape=");
      dot.append(v.isLeaf() ? "ellipse" : "box").append("];\n");
    }
    for (int i = 0; i < vertices.size(); i++) {
      for (int input : vertices.get(i).inputs()) {
        dot.append("  n").append(input).append(" -> n").append(i).append(";\n");
      }
    }
    return dot.append("}\n").toString();
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** The graph as a drawing that any browser shows, leaves above, the root below. */
  public String toSvg() {
    return GraphDrawing.svg(vertices);
  }

  /** Writes {@link #toDot}; the file appears whole or not at all. */
  public void writeDot(Path file) throws IOException {
    AtomicFiles.writeString(file, toDot());
  }

  /** Writes {@link #toSvg}; the file appears whole or not at all. */
  public void writeSvg(Path file) throws IOException {
    AtomicFiles.writeString(file, toSvg());
  }

  @Override
  public String toString() {
    long leaves = vertices.stream().filter(Vertex::isLeaf).count();
    return "graph of " + (vertices.size() - leaves) + " operations and " + leaves + " leaves";
  }
}
