package dev.jebena.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Places the boxes of a graph in layers (after Sugiyama, Tagawa and Toda, 1981): a box stands one
 * layer above the furthest box that uses it, lines that pass through a layer get a place in it, and
 * each layer is sorted by where its neighbours stand.
 */
final class GraphLayers {
  private static final int SWEEPS = 6;

  /** Boxes first, then places of passing lines. */
  private final List<int[]> below = new ArrayList<>();

  private final List<int[]> above = new ArrayList<>();
  private final List<List<Integer>> layers = new ArrayList<>();
  private final List<int[]> lines = new ArrayList<>();
  private int[] layerOf;
  private int count;

  private GraphLayers() {}

  static GraphLayers of(List<Graph.Vertex> vertices) {
    var result = new GraphLayers();
    result.place(vertices);
    result.sort();
    return result;
  }

  /** Layers from the root upwards, each from left to right. */
  List<List<Integer>> layers() {
    return layers;
  }

  /** One line an edge, from the result over passing places up to the input. */
  List<int[]> lines() {
    return lines;
  }

  /** The number of boxes and passing places. */
  int count() {
    return count;
  }

  private void place(List<Graph.Vertex> vertices) {
    int boxes = vertices.size();
    int[] layer = new int[boxes];
    for (int i = 0; i < boxes; i++) {
      for (int input : vertices.get(i).inputs()) {
        layer[input] = Math.max(layer[input], layer[i] + 1);
      }
    }
    long passing = 0;
    for (int i = 0; i < boxes; i++) {
      for (int input : vertices.get(i).inputs()) {
        passing += layer[input] - layer[i] - 1;
      }
    }
    // in a graph of very long lines they cross the boxes; places for all would not be linear
    boolean guided = passing <= 20L * boxes + 1000;
    count = boxes;
    layerOf = Arrays.copyOf(layer, boxes + (guided ? Math.toIntExact(passing) : 0));
    var links = new ArrayList<int[]>();
    for (int i = 0; i < boxes; i++) {
      for (int input : vertices.get(i).inputs()) {
        line(i, input, guided, links);
      }
    }
    neighbours(links);
    int depth = Arrays.stream(layer).max().orElse(0) + 1;
    for (int i = 0; i < depth; i++) {
      layers.add(new ArrayList<>());
    }
    for (int i = 0; i < count; i++) {
      layers.get(layerOf[i]).add(i);
    }
  }

  private void line(int from, int to, boolean guided, List<int[]> links) {
    int steps = guided ? layerOf[to] - layerOf[from] : 1;
    int[] line = new int[steps + 1];
    line[0] = from;
    line[steps] = to;
    for (int i = 1; i < steps; i++) {
      line[i] = count++;
      layerOf[line[i]] = layerOf[from] + i;
    }
    for (int i = 0; i < steps; i++) {
      links.add(new int[] {line[i], line[i + 1]});
    }
    lines.add(line);
  }

  private void neighbours(List<int[]> links) {
    int[] down = new int[count];
    int[] up = new int[count];
    for (int[] link : links) {
      up[link[0]]++;
      down[link[1]]++;
    }
    for (int i = 0; i < count; i++) {
      above.add(new int[up[i]]);
      below.add(new int[down[i]]);
    }
    for (int[] link : links) {
      above.get(link[0])[--up[link[0]]] = link[1];
      below.get(link[1])[--down[link[1]]] = link[0];
    }
  }

  /** Sorts each layer by the mean place of its neighbours, upwards and downwards in turn. */
  private void sort() {
    double[] at = new double[count];
    for (var layer : layers) {
      number(layer, at);
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean upwards = sweep % 2 == 0;
      for (int i = 0; i < layers.size(); i++) {
        var layer = layers.get(upwards ? i : layers.size() - 1 - i);
        var wanted = new double[layer.size()];
        var order = new ArrayList<Integer>();
        for (int j = 0; j < wanted.length; j++) {
          int[] others = (upwards ? below : above).get(layer.get(j));
          wanted[j] =
              Arrays.stream(others).mapToDouble(k -> at[k]).average().orElse(at[layer.get(j)]);
          order.add(j);
        }
        order.sort(Comparator.comparingDouble(j -> wanted[j]));
        var sorted = order.stream().map(layer::get).toList();
        for (int j = 0; j < sorted.size(); j++) {
          layer.set(j, sorted.get(j));
        }
        number(layer, at);
      }
    }
  }

  /** Places between 0 and 1, so that layers of different sizes compare. */
  private static void number(List<Integer> layer, double[] at) {
    for (int j = 0; j < layer.size(); j++) {
      at[layer.get(j)] = (j + 0.5) / layer.size();
    }
  }
}
