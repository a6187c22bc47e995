"""Makes small tokenizer.json files in the ways of Llama-2, Mistral, Gemma, Llama-3, Qwen, RoBERTa, StarCoder, Falcon, DeepSeek and Phi-3, and what Hugging Face's
`tokenizers` makes of some texts with them.

    python src/test/python/tokenizers_golden.py [NAME...]    # writes all or these into src/test/resources/dev/jebena/tokenizer/hf

The vocabularies are learned from the project's own pages. Needs `tokenizers` (made with 0.23.2).
"""

import itertools
import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUT = ROOT / "src/test/resources/dev/jebena/tokenizer/hf"
TEXT = [p.read_text() for p in [ROOT / "docs/decisions.md", ROOT / "docs/tour.md", ROOT / "docs/einops.md"]]
TEXT += ["Größe über alle Maße. Ça va déjà, naïve café. Привет, мир! 中文字符 かな 한국어"] * 3

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")

TEXTS = [
    "", " ", "  ", "a", " a", "Hello, world!", " Hello  world ", "   three", "tabs\tand\nlines\r\n\n  end\n",
    "▁mark ▁ mark", "x▁y", "Größe naïve café", "cafe\u0301 e\u0301\u0323 A\u030a \u1100\u1161\u11a8", "Привет мир", "中文 かな 한국어",
    "🙃👨‍👩‍👧", "a🙃b", "日本語🙃🙃", "\x00\x01\x1f", "1234567 12 3", "don't WE'LL it's", "<s>", "<s>Hello</s> there", "a<s> b",
    "<unk>", "<0x41>", "<table>x</table>\n\n\nend", "\n\n", "softmax along rows; numbers: 0.44 → 0.90", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "the the the the operations of tensors and kernels " * 3, "ﬁ Ⅷ ½ ²", "ſ 'ſ", "e\u0301", "\u0301", "a\u00a0b\u2003c\u3000d", "end   ",
    "a  <s>  b </s>   c", "x <table>  y", "  <table>\n\n<table> \n\n\n x", "the then the_ the, (the) théthe the\u0301 the", "don don't dont",
    "<table></table><s><table><table>", "2024-01-02 12:34:56.789 ٣٤٥ ²³ Ⅷx", "$x+=3;!!! ?? 中文，中文。かな「」", "\r\n\r\n  x\n y",
    "int[] a = new int[5]; // comment\n\tfor (var x : a) {}\n",
]


def learn(pre, size=700):
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre
    alphabet = pre_tokenizers.ByteLevel.alphabet() if b"ByteLevel" in pre.__getstate__() else []
    tok.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=size, show_progress=False, initial_alphabet=alphabet))
    return json.loads(tok.to_str())["model"]


def over_characters(model, specials, fallback=True):
    names = specials + ([f"<0x{b:02X}>" for b in range(256)] if fallback else []) + sorted(model["vocab"], key=model["vocab"].get)
    names = list(dict.fromkeys(names))
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]
    return models.BPE(
        vocab={n: i for i, n in enumerate(names)}, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=fallback)


def over_bytes(model, specials, **more):
    names = list(dict.fromkeys(sorted(model["vocab"], key=model["vocab"].get)))
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]
    return models.BPE(vocab={n: i for i, n in enumerate(names)}, merges=merges, **more)


def special(*names):
    return [AddedToken(n, normalized=False, special=True) for n in names]


def template(tok, single):
    names = [p for p in single.split() if not p.startswith("$")]
    return processors.TemplateProcessing(single=single, special_tokens=[(n, tok.token_to_id(n)) for n in names])


def unmark(strip):
    parts = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    return decoders.Sequence(parts + ([decoders.Strip(" ", 1, 0)] if strip else []))


def made():
    marked = learn(pre_tokenizers.Metaspace())
    llama2 = Tokenizer(over_characters(marked, ["<unk>", "<s>", "</s>"]))
    llama2.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama2.decoder = unmark(True)
    llama2.add_special_tokens(special("<unk>", "<s>", "</s>"))
    llama2.post_processor = template(llama2, "<s> $A")
    yield "llama2", llama2

    mistral = Tokenizer(over_characters(marked, ["<unk>", "<s>", "</s>"]))
    mistral.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    mistral.decoder = unmark(True)
    mistral.add_special_tokens(special("<unk>", "<s>", "</s>"))
    yield "mistral", mistral

    # merges that cross spaces, so that a text is merged as a whole
    crossing = learn(pre_tokenizers.Sequence([pre_tokenizers.Split("\n", "removed"), pre_tokenizers.Metaspace(split=False)]))
    gemma = Tokenizer(over_characters(crossing, ["<pad>", "<eos>", "<bos>", "<unk>"]))
    gemma.normalizer = normalizers.Replace(" ", "▁")
    gemma.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    gemma.decoder = unmark(False)
    gemma.add_special_tokens(special("<pad>", "<eos>", "<bos>", "<unk>"))
    gemma.add_tokens([AddedToken(t, normalized=False) for t in ["\n\n", "\n\n\n", "<table>", "</table>"]])
    gemma.post_processor = template(gemma, "<bos> $A <eos>")
    yield "gemma", gemma

    split = Tokenizer(over_characters(marked, ["<unk>", "<s>", "</s>"], fallback=False))
    split.pre_tokenizer = pre_tokenizers.Metaspace()
    split.decoder = decoders.Metaspace()
    split.add_special_tokens(special("<unk>", "<s>", "</s>"))
    yield "metaspace", split

    bytes_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    for name, regex in [("llama3", LLAMA3), ("qwen2", QWEN2)]:
        pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), "isolated"), bytes_level])
        tok = Tokenizer(over_bytes(learn(pre), [], ignore_merges=name == "llama3"))
        tok.pre_tokenizer = pre
        tok.decoder = decoders.ByteLevel()
        if name == "qwen2":
            tok.normalizer = normalizers.NFC()
        tok.add_special_tokens(special("<s>", "</s>"))
        tok.add_tokens([AddedToken("<table>", normalized=False)])
        if name == "llama3":
            tok.post_processor = processors.Sequence([processors.ByteLevel(), template(tok, "<s> $A")])
        yield name, tok

    roberta = Tokenizer(over_bytes(learn(pre_tokenizers.ByteLevel(add_prefix_space=False)), []))
    roberta.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    roberta.decoder = decoders.ByteLevel()
    roberta.add_special_tokens(special("<s>", "</s>"))
    yield "prefix-space", roberta


def split(regex, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(regex), behavior, invert)


def chained():
    """Cuts one after the other, and added tokens with rules of their own."""
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    cuts = {
        "starcoder": [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)],
        "falcon": [
            pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False),
            pre_tokenizers.Digits(individual_digits=False), split("[0-9][0-9][0-9]")],
        "deepseek": [
            split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[一-龥ࠀ-一가-퟿]+"),
            pre_tokenizers.Digits(individual_digits=True), level],
        "deepseek3": [
            split(r"\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"),
            split(r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
                  r"""| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""), level],
        "merged": [
            split("e+", "merged_with_previous"), split("[o ]", "merged_with_next"), split("l+", "contiguous"),
            split("[a-z]+", "merged_with_next", True), pre_tokenizers.Split("th", "merged_with_previous"), level],
    }
    for name, parts in cuts.items():
        pre = pre_tokenizers.Sequence(parts)
        tok = Tokenizer(over_bytes(learn(pre), []))
        tok.pre_tokenizer = pre
        tok.decoder = decoders.ByteLevel()
        if name == "starcoder":
            tok.add_special_tokens(special("<s>", "</s>"))
        if name == "deepseek":
            tok.add_tokens([AddedToken("<table>", normalized=True), AddedToken("e><t", normalized=True)])
            tok.add_special_tokens(special("<s>", "</s>", "tabl"))
        yield name, tok

    roberta = Tokenizer(over_bytes(learn(pre_tokenizers.ByteLevel(add_prefix_space=False)), []))
    roberta.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    roberta.decoder = decoders.ByteLevel()
    roberta.add_special_tokens([AddedToken(t, special=True, normalized=True) for t in ["<s>", "</s>", "<unk>"]])
    roberta.add_special_tokens([AddedToken("<table>", special=True, normalized=False, lstrip=True)])
    roberta.post_processor = processors.RobertaProcessing(("</s>", roberta.token_to_id("</s>")), ("<s>", roberta.token_to_id("<s>")))
    yield "roberta", roberta

    marked = learn(pre_tokenizers.Metaspace())
    phi3 = Tokenizer(over_characters(marked, ["<unk>", "<s>", "</s>"]))
    phi3.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    phi3.decoder = unmark(True)
    phi3.add_special_tokens(special("<unk>", "<s>"))
    phi3.add_special_tokens([AddedToken("</s>", normalized=False, rstrip=True, special=True)])
    phi3.add_tokens([AddedToken("<table>", normalized=False, rstrip=True), AddedToken("\n\n", normalized=False),
                     AddedToken("the", normalized=False, single_word=True, lstrip=True),
                     AddedToken("don", normalized=False, single_word=True)])
    yield "phi3", phi3


def edited():
    """Others of these files with other normalisers, and with tokens that are sought behind them."""
    llama2 = json.loads((OUT / "llama2.json").read_text())
    for token in llama2["added_tokens"]:
        token["normalized"] = token["content"] != "</s>"
    more = [("the", {"single_word": True}), ("<table>", {"lstrip": True}), ("of tensors", {}), ("d", {"normalized": False})]
    for i, (content, rule) in enumerate(more):
        llama2["added_tokens"].append({
            "id": 5000 + i, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True,
            "special": False} | rule)
    yield "normalized", Tokenizer.from_str(json.dumps(llama2))

    lower = Tokenizer.from_file(str(OUT / "mistral.json"))
    lower.normalizer = normalizers.Sequence([
        normalizers.Lowercase(), normalizers.Replace(Regex(r"\d{2}|[!?]+"), "#"), normalizers.Strip(left=False, right=True)])
    lower.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    lower.add_tokens([AddedToken("WORLD", normalized=True), AddedToken("Größe", normalized=True, single_word=True)])
    yield "lowercase", lower


def ties():
    """The merges that the library learns from a fixture, where ties go to the pair of lower ids."""
    corpus = ROOT.parent / "shared/fixtures/tokenizer/corpus.en"
    if not corpus.exists():
        print("no", corpus)
        return
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=1000, show_progress=False, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tok.train_from_iterator([corpus.read_text()], trainer)
    merges = json.loads(tok.to_str())["model"]["merges"]
    (OUT / "ties-first-merges.txt").write_text("".join(" ".join(m) + "\n" for m in merges))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    names = sys.argv[1:]
    if not names:
        ties()
    for name, tok in itertools.chain(made(), chained()):
        write(name, tok, names)
    for name, tok in edited():
        write(name, tok, names)


def write(name, tok, names):
    if not names or name in names:
        tok.save(str(OUT / f"{name}.json"), pretty=False)
        cases = []
        for text in TEXTS:
            encoded = tok.encode(text, add_special_tokens=False)
            cases.append({
                "text": text,
                "ids": encoded.ids,
                "offsets": [list(o) for o in encoded.offsets],
                "decoded": tok.decode(encoded.ids, skip_special_tokens=False),
            })
        bytes_alone = [i for i in range(tok.get_vocab_size()) if (tok.id_to_token(i) or "").startswith("<0x")]
        for ids in [bytes_alone[0xE4 : 0xE6] + bytes_alone[0x41:0x43], bytes_alone[0x41:0x45]] if bytes_alone else []:
            cases.append({"ids": ids, "decoded": tok.decode(ids, skip_special_tokens=False)})
        framed = tok.encode("a b", add_special_tokens=True).ids
        (OUT / f"{name}.golden.json").write_text(json.dumps({"framed a b": framed, "cases": cases}, ensure_ascii=True))
        print(name, tok.get_vocab_size())


main()
