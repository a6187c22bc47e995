/** Tests of the house itself: its format, the order of its rooms, its module and its launcher. */
package dev.jebena.house;
