package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How products are cut on a device. Every sum has the same terms in the same order whatever stands
 * here, so that results are the same bits.
 *
 * @param rows of a tile of 16 columns on a processor, one of {@link #ROWS}
 * @param chunkKib packed rows, in KiB, that a work-item of a processor goes over with a panel
 * @param tile sides of what a group of a GPU makes of a large result, one of {@link #TILES}
 * @param large rows and columns from which a result is large
 */
record Tuning(int rows, int chunkKib, int tile, int large) {
  /** What {@code gemm.cl} has loops for. */
  static final List<Integer> ROWS = List.of(2, 4, 6, 8, 12);

  static final List<Integer> TILES = List.of(64, 128);

  Tuning {
    if (!ROWS.contains(rows) || !TILES.contains(tile) || chunkKib < 1 || large < 1) {
      throw new DeviceException(
          "rows %d, chunk_kib %d, tile %d, large %d: rows is one of %s, tile of %s, others above 0"
              .formatted(rows, chunkKib, tile, large, ROWS, TILES));
    }
  }

  Map<String, Integer> toMap() {
    var values = new LinkedHashMap<String, Integer>();
    values.put("rows", rows);
    values.put("chunk_kib", chunkKib);
    values.put("tile", tile);
    values.put("large", large);
    return values;
  }
}
