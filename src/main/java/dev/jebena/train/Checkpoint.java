package dev.jebena.train;

import dev.jebena.data.BatchLoader;
import dev.jebena.io.AtomicFiles;
import dev.jebena.io.NamedArray;
import dev.jebena.io.Safetensors;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Context;
import dev.jebena.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a run needs to go on exactly as if it had not stopped: weights, moments, step (from
 * which the schedule follows) and the position in the data, whose order is a function of the seed.
 * One folder, replaced whole.
 *
 * @param step steps that were taken
 * @param data where the batches stood
 * @param spikes what is remembered of losses; null in folders of before
 */
public record Checkpoint(long step, BatchLoader.State data, LossSpikes.State spikes) {
  private static final String WEIGHTS = "model.safetensors";
  private static final String MOMENTS = "optimizer.safetensors";
  private static final String AVERAGE = "average.safetensors";
  private static final String STATE = "state.json";

  /**
   * Saves where a trainer stands.
   *
   * @throws TrainException where it cannot be written; what stood there before is still there
   */
  public static void save(Path folder, Trainer trainer) {
    try {
      AtomicFiles.writeFolder(
          folder,
          beside -> {
            write(beside.resolve(WEIGHTS), trainer.model().stateDict());
            write(beside.resolve(MOMENTS), trainer.optimizer().stateDict());
            RunFolder.writeJson(
                beside.resolve(STATE),
                new Checkpoint(
                    trainer.optimizer().steps(),
                    trainer.batches().state(),
                    trainer.spikes().state()));
            if (trainer.average() != null) {
              write(beside.resolve(AVERAGE), trainer.average().stateDict());
            }
          });
    } catch (IOException e) {
      throw new TrainException("cannot save to " + folder + ": " + RunFolder.reason(e), e);
    }
  }

  /**
   * Puts a trainer where another one stood.
   *
   * @throws TrainException where the checkpoint is missing, damaged or of another model; the
   *     trainer is to be thrown away then
   */
  public static void load(Path folder, Trainer trainer) {
    try {
      AtomicFiles.recover(folder);
      if (!Files.isDirectory(folder)) {
        throw new TrainException("there is no checkpoint " + folder);
      }
      var state = RunFolder.readJson(folder.resolve(STATE), Checkpoint.class);
      if (state.data() == null) {
        throw new TrainException(
            folder.resolve(STATE) + " is damaged: it has no position in the data");
      }
      trainer.model().loadStateDict(read(folder.resolve(WEIGHTS)));
      trainer.optimizer().loadStateDict(read(folder.resolve(MOMENTS)), state.step());
      if (trainer.average() != null) {
        trainer.average().loadStateDict(read(folder.resolve(AVERAGE)));
      }
      if (state.spikes() != null) {
        trainer.spikes().restore(state.spikes());
      }
      trainer.batches().restore(state.data());
    } catch (IOException e) {
      throw new TrainException(
          "cannot read the checkpoint " + folder + ": " + RunFolder.reason(e), e);
    } catch (ShapeException e) {
      throw new TrainException(
          "the checkpoint " + folder + " is of another model: " + e.getMessage(), e);
    }
  }

  private static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    try (var arena = Arena.ofShared()) {
      var arrays = new ArrayList<NamedArray>();
      tensors.forEach((name, tensor) -> {
        var bytes = arena.allocate(tensor.elements() * tensor.dtype().byteSize(), 64);
        tensor.toBytes(bytes);
        arrays.add(new NamedArray(name, tensor.dtype(), tensor.shape(), bytes));
      });
      Safetensors.write(file, arrays, Map.of());
    }
  }

  private static Map<String, Tensor> read(Path file) throws IOException {
    var device = Context.current().device();
    var tensors = new LinkedHashMap<String, Tensor>();
    Safetensors.open(file)
        .arrays()
        .forEach((name, array) ->
            tensors.put(
                name, Tensor.fromBytes(device, array.dtype(), array.shape(), array.data())));
    return tensors;
  }
}
