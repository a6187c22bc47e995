/**
 * Files: what is written is whole or not there, what is read is checked before it is believed.
 *
 * <p>{@link dev.jebena.io.AtomicFiles} writes beside, syncs and renames. {@link
 * dev.jebena.io.NamedArray} is what the containers hold: {@link dev.jebena.io.NpyFile} and {@link
 * dev.jebena.io.NpzFile} for NumPy's formats, {@link dev.jebena.io.Safetensors} for weights. A file
 * that breaks its format's rules gives a {@link dev.jebena.io.FileFormatException}. All formats are
 * little-endian, as every machine that Jebena runs on is.
 */
package dev.jebena.io;
