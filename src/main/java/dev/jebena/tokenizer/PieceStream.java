package dev.jebena.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Pieces with their counts as bytes: for each its length, itself and its count; 0 at the end. */
final class PieceStream {
  private PieceStream() {}

  /** Writes what {@code source} visits, and the end. */
  static void write(DataOutputStream out, Consumer<PieceCounts.Visitor> source) throws IOException {
    try {
      source.accept((piece, count) -> {
        try {
          write(out, piece, count);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    out.writeInt(0);
  }

  private static void write(DataOutputStream out, byte[] piece, long count) throws IOException {
    out.writeInt(piece.length);
    out.write(piece);
    out.writeLong(count);
  }

  /** The next piece, or null at the end; its count follows. */
  static byte[] readPiece(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length == 0) {
      return null;
    }
    var piece = in.readNBytes(Math.max(0, length));
    if (length < 0 || piece.length != length) {
      throw new EOFException();
    }
    return piece;
  }

  /** Reads to the end. */
  static void read(DataInputStream in, PieceCounts.Visitor visitor) throws IOException {
    for (var piece = readPiece(in); piece != null; piece = readPiece(in)) {
      visitor.visit(piece, in.readLong());
    }
  }
}
