package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A family of models: one {@code model_type} of Hugging Face's. To add one, say how its {@code
 * config.json} is read and written and where its tensors stand, and list it in {@link Families}.
 */
interface Family {
  /** The {@code model_type}. */
  String modelType();

  /** The class of {@code transformers}. */
  String architecture();

  /** The token that ends a generated text where neither file of a folder has a word on it. */
  default OptionalInt endOfText() {
    return OptionalInt.empty();
  }

  /**
   * The configuration that the file describes.
   *
   * @throws ModelFileException naming key and value, for all that would compute something else
   */
  TransformerConfig read(ConfigReader json) throws ModelFileException;

  /**
   * Writes the configuration. What the family cannot say is left out, and then reads back
   * differently: that is how {@link Families} finds out which family can say a configuration.
   */
  void write(TransformerConfig config, ConfigWriter json);

  /** Keys beside those that it reads which say nothing of its arithmetic. */
  default Set<String> harmless() {
    return Set.of();
  }

  /** Where parameters stand; those that no rule mentions stand under their own names. */
  default List<TensorRule> rules() {
    return List.of();
  }

  /** Whether a tensor of the file may be left aside: one that says nothing. */
  default boolean idle(String tensor, TransformerConfig config) {
    return tensor.endsWith("rotary_emb.inv_freq") // old files keep the angles
        || config.tiedEmbeddings() && tensor.equals("lm_head.weight"); // a second copy
  }

  /** The name by which tensors of a file go, where files leave a prefix away. */
  default String fullName(String tensor) {
    return tensor;
  }
}
