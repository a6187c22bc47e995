"""Writes down what configuration classes of transformers say where a config.json says nothing.

Needs transformers; run by hand from the project's root:

    python src/test/python/config_defaults.py src/test/resources/config-defaults.json

One object a family, under its model_type: sizes and choices by the names that most families use,
the windows of the first four layers (0 for none), and the token that ends a generated text.
"""

import json
import sys

import transformers as tf

CLASSES = "GPT2 Llama Mistral Qwen2 Qwen3 Gemma2 Olmo2 Phi3 DeepseekV3".split()
NAMES = {"silu": "silu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh"}
KEYS = """vocab_size max_position_embeddings hidden_size num_hidden_layers num_attention_heads
tie_word_embeddings""".split()


def windows(config):
    window = getattr(config, "sliding_window", None) or 0
    types = getattr(config, "layer_types", None) or ["sliding_attention"] * config.num_hidden_layers
    return [window if t == "sliding_attention" else 0 for t in types[:4]]


def defaults(config):
    get = lambda *names: next((v for n in names if (v := getattr(config, n, None)) is not None), None)
    width, heads = config.hidden_size, config.num_attention_heads
    latent = get("kv_lora_rank") is not None
    return {
        **{key: getattr(config, key) for key in KEYS},
        "num_key_value_heads": get("num_key_value_heads") or heads,
        "head_dim": config.qk_nope_head_dim if latent else get("head_dim") or width // heads,
        "intermediate_size": get("intermediate_size", "n_inner") or 4 * width,
        "activation": NAMES[get("hidden_activation", "hidden_act", "activation_function")],
        "eps": get("rms_norm_eps", "layer_norm_epsilon"),
        "rope_theta": (get("rope_parameters") or {}).get("rope_theta"),
        "windows": windows(config),
        "attention_bias": get("attention_bias") or False,
        "attn_logit_softcapping": get("attn_logit_softcapping") or 0,
        "final_logit_softcapping": get("final_logit_softcapping") or 0,
        "eos_token_id": tf.GenerationConfig.from_model_config(config).eos_token_id,
    }


def main(file):
    configs = [getattr(tf, name + "Config")() for name in CLASSES]
    with open(file, "w") as out:
        json.dump({c.model_type: defaults(c) for c in configs}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
