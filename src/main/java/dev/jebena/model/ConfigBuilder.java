package dev.jebena.model;

import dev.jebena.kernel.Activation;
import java.util.List;

/**
 * Changes single choices of a {@link TransformerConfig}, whatever record they stand in; made by
 * {@link TransformerConfig#with}.
 */
public final class ConfigBuilder {
  private int vocabularySize;
  private int contextLength;
  private int dModel;
  private int layers;
  private double residualScale;
  private int heads;
  private int keyValueHeads;
  private int headDim;
  private boolean queryKeyValueBias;
  private boolean attentionOutputBias;
  private AttentionConfig.QueryKeyNorm queryKeyNorm;
  private double attentionScale;
  private boolean attentionScaleByLayer;
  private double attentionSoftCap;
  private List<Integer> windows;
  private boolean sinks;
  private LatentConfig latent;
  private int dFf;
  private Activation activation;
  private boolean gated;
  private boolean feedForwardBias;
  private PositionConfig.Kind positions;
  private double ropeTheta;
  private boolean ropeInterleaved;
  private double rotaryFraction;
  private RopeScaling ropeScaling;
  private NormConfig.Kind norm;
  private NormConfig.Place normPlace;
  private boolean normBias;
  private double normEps;
  private boolean normUnitOffset;
  private boolean tiedEmbeddings;
  private double embeddingScale;
  private double logitScale;
  private double logitSoftCap;
  private double dropout;
  private double attentionDropout;
  private TrainingConfig.Start start;
  private double zLoss;

  ConfigBuilder(TransformerConfig c) {
    vocabularySize = c.vocabularySize();
    contextLength = c.contextLength();
    dModel = c.dModel();
    layers = c.layers();
    residualScale = c.residualScale();
    attention(c.attention());
    feedForward(c.feedForward());
    positions(c.positions());
    norms(c.norms());
    embeddings(c.embeddings());
    training(c.training());
  }

  /** Tokens of the vocabulary. */
  public ConfigBuilder vocabularySize(int value) {
    vocabularySize = value;
    return this;
  }

  /** The most positions that are seen. */
  public ConfigBuilder contextLength(int value) {
    contextLength = value;
    return this;
  }

  /** Width of the residual stream. */
  public ConfigBuilder dModel(int value) {
    dModel = value;
    return this;
  }

  /** Number of blocks. */
  public ConfigBuilder layers(int value) {
    layers = value;
    return this;
  }

  /** What is added to the residual stream is multiplied by it. */
  public ConfigBuilder residualScale(double value) {
    residualScale = value;
    return this;
  }

  /** All of it at once. */
  public ConfigBuilder attention(AttentionConfig value) {
    heads = value.heads();
    keyValueHeads = value.keyValueHeads();
    headDim = value.headDim();
    queryKeyValueBias = value.queryKeyValueBias();
    attentionOutputBias = value.outputBias();
    queryKeyNorm = value.queryKeyNorm();
    attentionScale = value.scale();
    attentionScaleByLayer = value.scaleByLayer();
    attentionSoftCap = value.softCap();
    windows = value.windows();
    sinks = value.sinks();
    latent = value.latent();
    return this;
  }

  /** Query heads. */
  public ConfigBuilder heads(int value) {
    heads = value;
    return this;
  }

  /** Heads of keys and values. */
  public ConfigBuilder keyValueHeads(int value) {
    keyValueHeads = value;
    return this;
  }

  /** Features a head. */
  public ConfigBuilder headDim(int value) {
    headDim = value;
    return this;
  }

  /** Whether queries, keys and values have biases. */
  public ConfigBuilder queryKeyValueBias(boolean value) {
    queryKeyValueBias = value;
    return this;
  }

  /** Whether attention's output projection has a bias. */
  public ConfigBuilder attentionOutputBias(boolean value) {
    attentionOutputBias = value;
    return this;
  }

  /** Norms of queries and keys. */
  public ConfigBuilder queryKeyNorm(AttentionConfig.QueryKeyNorm value) {
    queryKeyNorm = value;
    return this;
  }

  /** What scores are multiplied by; 0 for {@code 1/√headDim}. */
  public ConfigBuilder attentionScale(double value) {
    attentionScale = value;
    return this;
  }

  /** Whether scores of layer i, from 0, are divided by i + 1 as well. */
  public ConfigBuilder attentionScaleByLayer(boolean value) {
    attentionScaleByLayer = value;
    return this;
  }

  /** The soft-cap of scores; 0 for none. */
  public ConfigBuilder attentionSoftCap(double value) {
    attentionSoftCap = value;
    return this;
  }

  /** What the layers see, over and over; 0 for all. */
  public ConfigBuilder windows(List<Integer> value) {
    windows = value;
    return this;
  }

  /** Whether each head has a learned attention sink. */
  public ConfigBuilder sinks(boolean value) {
    sinks = value;
    return this;
  }

  /** Multi-head latent attention, or null. */
  public ConfigBuilder latent(LatentConfig value) {
    latent = value;
    return this;
  }

  /** All of it at once. */
  public ConfigBuilder feedForward(FeedForwardConfig value) {
    dFf = value.width();
    activation = value.activation();
    gated = value.gated();
    feedForwardBias = value.bias();
    return this;
  }

  /** Width of the feed-forward layer. */
  public ConfigBuilder dFf(int value) {
    dFf = value;
    return this;
  }

  /** The function in the middle of the feed-forward layer. */
  public ConfigBuilder activation(Activation value) {
    activation = value;
    return this;
  }

  /** Whether the feed-forward layer has a gate. */
  public ConfigBuilder gated(boolean value) {
    gated = value;
    return this;
  }

  /** Whether the feed-forward layer has biases. */
  public ConfigBuilder feedForwardBias(boolean value) {
    feedForwardBias = value;
    return this;
  }

  /** All of it at once. */
  public ConfigBuilder positions(PositionConfig value) {
    positions = value.kind();
    ropeTheta = value.theta();
    ropeInterleaved = value.interleaved();
    rotaryFraction = value.rotaryFraction();
    ropeScaling = value.scaling();
    return this;
  }

  /** How positions are told apart. */
  public ConfigBuilder positions(PositionConfig.Kind value) {
    positions = value;
    return this;
  }

  /** Base of the rotary angles. */
  public ConfigBuilder ropeTheta(double value) {
    ropeTheta = value;
    return this;
  }

  /** Rotary pairs (2i, 2i+1) rather than (i, i + n/2). */
  public ConfigBuilder ropeInterleaved(boolean value) {
    ropeInterleaved = value;
    return this;
  }

  /** Share of a head's features that turn. */
  public ConfigBuilder rotaryFraction(double value) {
    rotaryFraction = value;
    return this;
  }

  /** How rotary angles are changed for longer contexts. */
  public ConfigBuilder ropeScaling(RopeScaling value) {
    ropeScaling = value;
    return this;
  }

  /** All of it at once. */
  public ConfigBuilder norms(NormConfig value) {
    norm = value.kind();
    normPlace = value.place();
    normBias = value.bias();
    normEps = value.eps();
    normUnitOffset = value.unitOffset();
    return this;
  }

  /** What norms do to a row. */
  public ConfigBuilder norm(NormConfig.Kind value) {
    norm = value;
    return this;
  }

  /** Where in a block norms stand. */
  public ConfigBuilder normPlace(NormConfig.Place value) {
    normPlace = value;
    return this;
  }

  /** Whether norms add a bias. */
  public ConfigBuilder normBias(boolean value) {
    normBias = value;
    return this;
  }

  /** Added to the mean square or variance. */
  public ConfigBuilder normEps(double value) {
    normEps = value;
    return this;
  }

  /** Whether norm weights are stored as differences from 1. */
  public ConfigBuilder normUnitOffset(boolean value) {
    normUnitOffset = value;
    return this;
  }

  /** All of it at once. */
  public ConfigBuilder embeddings(EmbeddingConfig value) {
    tiedEmbeddings = value.tied();
    embeddingScale = value.scale();
    logitScale = value.logitScale();
    logitSoftCap = value.logitSoftCap();
    return this;
  }

  /** Whether the output projection is the embedding. */
  public ConfigBuilder tiedEmbeddings(boolean value) {
    tiedEmbeddings = value;
    return this;
  }

  /** What embeddings are multiplied by. */
  public ConfigBuilder embeddingScale(double value) {
    embeddingScale = value;
    return this;
  }

  /** What logits are multiplied by. */
  public ConfigBuilder logitScale(double value) {
    logitScale = value;
    return this;
  }

  /** The soft-cap of logits; 0 for none. */
  public ConfigBuilder logitSoftCap(double value) {
    logitSoftCap = value;
    return this;
  }

  /** All of it at once. */
  public ConfigBuilder training(TrainingConfig value) {
    dropout = value.dropout();
    attentionDropout = value.attentionDropout();
    start = value.start();
    zLoss = value.zLoss();
    return this;
  }

  /** Probability of dropout while training. */
  public ConfigBuilder dropout(double value) {
    dropout = value;
    return this;
  }

  /** Probability of dropout of attention's weights while training. */
  public ConfigBuilder attentionDropout(double value) {
    attentionDropout = value;
    return this;
  }

  /** First values of parameters. */
  public ConfigBuilder start(TrainingConfig.Start value) {
    start = value;
    return this;
  }

  /**
   * Maximal update parametrisation for the width and head dimension that are set so far; see {@link
   * MaximalUpdate}.
   */
  public ConfigBuilder maximalUpdate() {
    return MaximalUpdate.of(this, dModel, headDim);
  }

  /** Weight of the z-loss; 0 for none. */
  public ConfigBuilder zLoss(double value) {
    zLoss = value;
    return this;
  }

  /** Biases of all linear layers, or of none. */
  public ConfigBuilder biases(boolean value) {
    queryKeyValueBias = value;
    attentionOutputBias = value;
    feedForwardBias = value;
    return this;
  }

  /**
   * The configuration.
   *
   * @throws ConfigurationException naming a field that cannot be
   */
  public TransformerConfig build() {
    return new TransformerConfig(
        vocabularySize,
        contextLength,
        dModel,
        layers,
        new AttentionConfig(
            heads,
            keyValueHeads,
            headDim,
            queryKeyValueBias,
            attentionOutputBias,
            queryKeyNorm,
            attentionScale,
            attentionScaleByLayer,
            attentionSoftCap,
            windows,
            sinks,
            latent),
        new FeedForwardConfig(dFf, activation, gated, feedForwardBias),
        new PositionConfig(positions, ropeTheta, ropeInterleaved, rotaryFraction, ropeScaling),
        new NormConfig(norm, normPlace, normBias, normEps, normUnitOffset),
        new EmbeddingConfig(tiedEmbeddings, embeddingScale, logitScale, logitSoftCap),
        residualScale,
        new TrainingConfig(dropout, attentionDropout, start, zLoss));
  }
}
