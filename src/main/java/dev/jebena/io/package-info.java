/**
 * Files: written beside, synced and renamed ({@link dev.jebena.io.AtomicFiles}); npy and npz;
 * safetensors as a container of named arrays.
 */
package dev.jebena.io;
