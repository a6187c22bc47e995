/**
 * Where numbers live: element types, shapes, strided layouts, buffers, scopes and random bits.
 *
 * <p>Read in this order: {@link dev.jebena.memory.DType}, {@link dev.jebena.memory.Shape}, {@link
 * dev.jebena.memory.Layout}, {@link dev.jebena.memory.Buffer}, {@link
 * dev.jebena.memory.HostAllocator}, {@link dev.jebena.memory.Scope}, {@link
 * dev.jebena.memory.Philox}. Nothing here knows of gradients or devices.
 */
package dev.jebena.memory;
