package dev.jebena.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jebena.memory.Scope;
import dev.jebena.tensor.Tensor;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class GraphTest {
  private static int count(String svg, String tag) throws Exception {
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    return document.getElementsByTagName(tag).getLength();
  }

  @Test
  void namesShapesAndArrows() throws Exception {
    var x = Tensor.ones(2, 3).requiresGrad(true);
    var w = Tensor.ones(3, 4).requiresGrad(true);
    var graph = Graph.of(x.matmul(w).relu().sum(), Map.of("x", x, "a < \"b\"", w));
    assertThat(graph).hasToString("graph of 5 operations and 2 leaves");
    assertThat(graph.vertices().getFirst().shape()).isEqualTo("[]");
    var dot = graph.toDot();
    assertThat(dot)
        .startsWith("digraph recorded {")
        .contains("label=\"matmul\\n[2, 4]\", shape=box")
        .contains("label=\"a < \\\"b\\\"\\n[3, 4]\", shape=ellipse");
    assertThat(dot.lines().filter(line -> line.contains("->")).count()).isEqualTo(6);
    var svg = graph.toSvg();
    assertThat(svg).contains(">a &lt; \"b\"</text>");
    assertThat(count(svg, "rect")).isEqualTo(1 + 7);
    assertThat(count(svg, "path")).isEqualTo(1 + 6);
  }

  @Test
  void aLeafAndAConstant() throws Exception {
    assertThat(Graph.of(Tensor.ones(2))).hasToString("graph of 0 operations and 1 leaves");
    assertThat(count(Graph.of(Tensor.ones(2).requiresGrad(true)).toSvg(), "rect")).isEqualTo(2);
  }

  @Test
  void aFreedGraphCanStillBeDrawn() {
    var x = Tensor.ones(2).requiresGrad(true);
    var loss = x.mul(2).sum();
    loss.backward();
    assertThat(Graph.of(loss).vertices()).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void filesAppearWhole(@TempDir Path folder) throws Exception {
    var graph = Graph.of(Tensor.ones(2).requiresGrad(true).sum());
    graph.writeSvg(folder.resolve("a.svg"));
    graph.writeDot(folder.resolve("a.dot"));
    assertThat(folder.resolve("a.svg")).hasContent(graph.toSvg());
    assertThat(folder.resolve("a.dot")).hasContent(graph.toDot());
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  /** No recursion anywhere, and no list of all paths. */
  @Test
  void aHundredThousandOperationsInARowAndALadder() {
    try (var _ = Scope.open()) {
      var x = Tensor.ones(1).requiresGrad(true);
      var y = x;
      for (int i = 0; i < 50_000; i++) {
        y = y.add(y); // a diamond
      }
      for (int i = 0; i < 50_000; i++) {
        y = i % 1000 == 0 ? y.mul(x) : y.mul(2); // and a leaf with very long lines
      }
      var graph = Graph.of(y);
      assertThat(graph.vertices().size()).isBetween(100_000, 100_100);
      assertThat(graph.toSvg()).endsWith("</svg>\n");
      assertThat(graph.toDot()).endsWith("}\n");
      var root = y;
      assertThatCode(root::toString).doesNotThrowAnyException();
    }
  }
}
