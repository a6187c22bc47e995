package dev.jebena.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
  @TempDir Path folder;

  private static Document parsed(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static Report report(List<TrainProgress> history) {
    var configuration = new LinkedHashMap<String, String>();
    configuration.put("parameters", "4.2 million");
    configuration.put("layers", "4");
    configuration.put("d_model × heads", "256 × 8");
    configuration.put("context length", "256 tokens");
    configuration.put("vocabulary", "4,096 tokens, byte-level BPE");
    configuration.put("data", "a part of /opt/jdk/lib/src.zip");
    return new Report(
        "A model of Java",
        "A Transformer of 4.2 million parameters, trained on the sources of the JDK.",
        configuration,
        history,
        List.of(
            new Report.Sample(
                "public static void main(", "String[] args) {\n    List<String> a = b & c;\n  }"),
            new Report.Sample("/**\n * Returns", " the number of elements in this list.\n */")),
        List.of(
            new Report.Command("Let it write:", "./jebena generate runs/java --prompt 'class A'"),
            new Report.Command("Train it further:", "./jebena train --resume runs/java")),
        Map.of("JDK", "25.0.1", "processor", "2 threads, AVX-512"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 400, 20_000})
  void theCurveIsWellFormedAndStaysInThePicture(int steps) throws Exception {
    var svg = LossCurve.svg(Progress.run(steps));
    var lines = parsed(svg).getElementsByTagName("polyline");
    for (int i = 0; i < lines.getLength(); i++) {
      for (var point :
          lines.item(i).getAttributes().getNamedItem("points").getNodeValue().strip().split(" ")) {
        var xy = point.split(",");
        assertThat(Double.parseDouble(xy[0])).isBetween(0.0, 860.0);
        assertThat(Double.parseDouble(xy[1])).isBetween(0.0, 560.0);
      }
    }
    assertThat(svg.length()).isLessThan(60_000);
    assertThat(svg).doesNotContain("NaN", "Infinity");
    assertThat(svg.contains("gzip -9: 1.532")).isEqualTo(steps > 0);
    assertThat(svg.contains("not measured yet")).isEqualTo(steps == 0);
  }

  @Test
  void aRunWithoutEvaluationsOrWithALossThatIsNoNumberCanBeDrawn() throws Exception {
    var history = new ArrayList<TrainProgress>();
    double none = Double.NaN;
    for (int step = 1; step < 5; step++) {
      history.add(
          new TrainProgress(
              step,
              9,
              64,
              step == 3 ? Double.NaN : 2,
              none,
              none,
              none,
              none,
              none,
              none,
              none,
              none,
              none,
              0,
              1,
              none));
    }
    assertThat(LossCurve.svg(history)).contains("not measured yet").doesNotContain("NaN");
    assertThat(report(history).html()).contains("has not been measured");
    parsed(LossCurve.svg(history));
  }

  @Test
  void falls() throws Exception {
    // A smaller loss is drawn lower (a larger y in SVG).
    var points =
        parsed(LossCurve.svg(Progress.run(400)))
            .getElementsByTagName("polyline")
            .item(1)
            .getAttributes()
            .getNamedItem("points")
            .getNodeValue()
            .strip()
            .split(" ");
    assertThat(Double.parseDouble(points[0].split(",")[1]))
        .isLessThan(Double.parseDouble(points[points.length - 1].split(",")[1]));
  }

  @Test
  void thePageIsWholeAndNeedsNoNetwork() throws Exception {
    var file = folder.resolve("run/report.html");
    report(Progress.run(400)).write(file);
    LossCurve.write(folder.resolve("run/loss.svg"), Progress.run(400));
    var html = Files.readString(file);
    var body = html.substring(html.indexOf("<body>"), html.indexOf("</body>") + 7);
    parsed(body);
    assertThat(html.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http", "<script", "src=", "href=", "url(", "@import");
    assertThat(html)
        .contains(
            "List&lt;String&gt; a = b &amp; c;",
            "4.2 million",
            "AVX-512",
            "--resume runs/java",
            "gzip -9 needs 1.532");
    assertThat(
            parsed(Files.readString(folder.resolve("run/loss.svg")))
                .getDocumentElement()
                .getTagName())
        .isEqualTo("svg");
  }

  @Test
  void whateverItIsGivenIsEscaped() throws Exception {
    var evil = "<script>alert('\"&x;\u0000\u001b[31m')</script>";
    var html =
        new Report(
                evil,
                evil,
                Map.of(evil, evil),
                Progress.run(3),
                List.of(new Report.Sample(evil, evil)),
                List.of(new Report.Command(evil, evil)),
                Map.of(evil, evil))
            .html();
    assertThat(html).doesNotContain("<script", "\u0000", "\u001b");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new ByteArrayInputStream(
                html.substring(html.indexOf("<body>"), html.indexOf("</body>") + 7)
                    .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theResultIsSaidInPlainWords() {
    var last = Progress.at(10, 10, 2);
    assertThat(report(List.of(last.withValidation(2, 1.3788))).verdict())
        .isEqualTo(
            "On text it has never seen, the model needs 1.379 bits per byte; gzip -9 needs 1.532"
                + " for the same bytes. Used as a compressor, the model would make that text 10.0 %"
                + " smaller than gzip.");
    assertThat(report(List.of(last.withValidation(2, 1.6852))).verdict())
        .endsWith("gzip is still 10.0 % ahead: longer training would help.");
    assertThat(report(List.of(last.withValidation(2, 1.532))).verdict())
        .endsWith("The two are equal.");
    assertThat(report(List.of(last.withValidation(2, 1.4), Progress.at(11, 12, 2))).verdict())
        .contains("1.400");
  }
}
