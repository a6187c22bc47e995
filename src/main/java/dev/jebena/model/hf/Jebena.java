package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import dev.jebena.model.TransformerConfig;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What no other family can say: every field of the configuration under {@code configuration}. The
 * sizes stand beside it for tools that show them.
 */
final class Jebena implements Family {
  private static final String KEY = "configuration";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  @Override
  public String modelType() {
    return "jebena";
  }

  @Override
  public String architecture() {
    return "JebenaForCausalLM";
  }

  @Override
  public TransformerConfig read(ConfigReader json) throws ModelFileException {
    if (!json.has(KEY)) {
      throw json.wrong(KEY, "an object");
    }
    try {
      return JSON.treeToValue(json.tree(KEY), TransformerConfig.class);
    } catch (JacksonException e) {
      throw json.wrong(KEY + ": " + e.getOriginalMessage());
    }
  }

  /** What stands beside it for others to see. */
  @Override
  public Set<String> harmless() {
    return Set.of(
        "vocab_size",
        "max_position_embeddings",
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "tie_word_embeddings");
  }

  @Override
  public void write(TransformerConfig c, ConfigWriter json) {
    json.put("vocab_size", c.vocabularySize())
        .put("max_position_embeddings", c.contextLength())
        .put("hidden_size", c.dModel())
        .put("num_hidden_layers", c.layers())
        .put("num_attention_heads", c.heads())
        .put("num_key_value_heads", c.keyValueHeads())
        .put("tie_word_embeddings", c.tiedEmbeddings());
    json.json().set(KEY, JSON.valueToTree(c.arithmetic()));
  }
}
