package dev.jebena.model.hf;

import dev.jebena.model.ModelFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What to make of the keys of a {@code config.json} that a family did not ask for. Those that are
 * known to say nothing of the arithmetic are passed over, and so is whatever says "no". Everything
 * else is refused by name, since it may change what the model computes: a list of keys to refuse
 * would never be complete.
 */
final class KnownKeys {
  /** With which the library keeps notes to itself, such as {@code _name_or_path}. */
  private static final String PRIVATE = "_";

  /** Of files, tasks and tools; of training; of sampling, which has its own file. */
  private static final Set<String> HARMLESS =
      Set.of(
          "architectures",
          "attention_dropout",
          "attn_implementation",
          "attn_pdrop",
          "auto_map",
          "bad_words_ids",
          "begin_suppress_tokens",
          "bos_token_id",
          "cache_implementation",
          "chunk_size_feed_forward",
          "classifier_dropout",
          "cls_token_id",
          "decoder_start_token_id",
          "diversity_penalty",
          "do_sample",
          "dtype",
          "early_stopping",
          "embd_pdrop",
          "encoder_no_repeat_ngram_size",
          "eos_token_id",
          "exponential_decay_length_penalty",
          "finetuning_task",
          "forced_bos_token_id",
          "forced_eos_token_id",
          "gradient_checkpointing",
          "hidden_dropout",
          "id2label",
          "initializer_factor",
          "initializer_range",
          "is_decoder",
          "is_llama_config",
          "keys_to_ignore_at_inference",
          "label2id",
          "length_penalty",
          "mask_token_id",
          "max_length",
          "max_new_tokens",
          "max_sequence_length", // beside max_position_embeddings, which counts
          "min_length",
          "model_max_length",
          "model_type",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_labels",
          "num_return_sequences",
          "output_attentions",
          "output_hidden_states",
          "output_past",
          "output_scores",
          "pad_token_id",
          "prefix",
          "pretraining_tp", // the same products in slices
          "problem_type",
          "remove_invalid_values",
          "repetition_penalty",
          "resid_pdrop",
          "return_dict",
          "return_dict_in_generate",
          "sep_token_id",
          "summary_activation", // of heads that are no language models
          "summary_first_dropout",
          "summary_proj_to_labels",
          "summary_type",
          "summary_use_proj",
          "suppress_tokens",
          "task_specific_params",
          "temperature",
          "tf_legacy_loss",
          "tokenizer_class",
          "top_k",
          "top_p",
          "torch_dtype",
          "torchscript",
          "transformers.js_config",
          "transformers_version",
          "typical_p",
          "unk_token_id",
          "unsloth_fixed",
          "unsloth_version",
          "use_bfloat16",
          "use_cache",
          "use_flash_attn");

  /**
   * What a key means to the families that have it.
   *
   * @param usual the number that says as much as leaving it out; NaN for none
   */
  private record Meaning(String text, double usual) {}

  private static final Map<String, Meaning> MEANINGS = new HashMap<>();

  private static void means(String key, String text) {
    MEANINGS.put(key, new Meaning(text, Double.NaN));
  }

  private static void means(String key, String text, double usual) {
    MEANINGS.put(key, new Meaning(text, usual));
  }

  static {
    means("alibi", "scores that fall with distance");
    means("attention_bias", "biases in attention");
    means("attention_multiplier", "another scale of the scores");
    means("attn_logit_softcapping", "a soft-cap of scores");
    means("clip_qkv", "queries, keys and values cut off at a bound");
    means("cross_attention_hidden_size", "attention to another model");
    means("embedding_multiplier", "embeddings times a factor", 1);
    means("final_logit_softcapping", "a soft-cap of logits");
    means("full_attn_mod", "layers that see different ranges", 1);
    means("hidden_activation", "another activation");
    means("interpolate_factor", "scaled rotary positions", 1);
    means("layer_types", "layers that see different ranges");
    means("lm_head_bias", "a bias of the logits");
    means("logit_scale", "logits times a factor", 1);
    means("logits_scaling", "logits divided by a number", 1);
    means("mlp_bias", "biases in feed-forward layers");
    means("n_routed_experts", "several experts instead of one feed-forward layer", 0);
    means("no_rope_layers", "layers without positions");
    means("num_experts", "several experts instead of one feed-forward layer", 0);
    means("num_local_experts", "several experts instead of one feed-forward layer", 0);
    means("parallel_attn", "attention and feed-forward side by side");
    means("partial_rotary_factor", "a part of the features that turn", 1);
    means("pruned_heads", "heads that are left out");
    means("qk_layernorm", "norms of queries and keys");
    means("query_pre_attn_scalar", "another scale of the scores");
    means("residual_multiplier", "what is added to the residual stream times a factor", 1);
    means("rope_interleaved", "rotary pairs that are neighbours");
    means("rope_parameters", "rotary positions");
    means("rope_scaling", "scaled rotary positions");
    means("rope_theta", "rotary positions");
    means("rotary_pct", "a part of the features that turn", 1);
    means("scale_depth", "what is added to the residual stream times a factor");
    means("scale_emb", "embeddings times a factor", 1);
    means("sliding_window", "layers that see so many positions back");
    means("use_parallel_residual", "attention and feed-forward side by side");
    means("use_qk_norm", "norms of queries and keys");
  }

  private KnownKeys() {}

  /**
   * Refuses what was not read and may matter.
   *
   * @throws ModelFileException naming the key, its value, and what it means where that is known
   */
  static void check(ConfigReader json, Family family) throws ModelFileException {
    for (var key : json.unread()) {
      var value = json.tree(key);
      var meaning = MEANINGS.get(key);
      if (key.startsWith(PRIVATE)
          || HARMLESS.contains(key)
          || family.harmless().contains(key)
          || saysNo(key, value)) {
        continue;
      }
      if (meaning == null) {
        throw json.wrong(
            key, "leaving it out", "it is unknown to " + family.modelType() + " and may matter");
      }
      if (!(value.isNumber() && value.doubleValue() == meaning.usual)) {
        throw json.wrong(key, "leaving it out", "it means " + meaning.text);
      }
    }
  }

  private static boolean saysNo(String key, JsonNode value) {
    return value.isBoolean() && !value.booleanValue()
        || value.isContainer() && value.isEmpty()
        || key.equals("layer_types") && value.isArray() && allFull(value);
  }

  private static boolean allFull(JsonNode types) {
    for (var type : types) {
      if (!type.asString("").equals(LlamaKeys.FULL)) {
        return false;
      }
    }
    return true;
  }
}
