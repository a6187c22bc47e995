package dev.jebena.kernel.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgramTextTest {
  private static final String SOURCE =
      """
      // twice(x) stands in a comment only
      #pragma OPENCL FP_CONTRACT OFF
      typedef float4 V; /* { */
      #define PASTE_(a, b) a##b
      #define PASTE(a, b) PASTE_(a, b)
      #define STEP_2(f) f(0)  \\
                        f(1)
      #define STEP_3(f) STEP_2(f) f(2)
      #define OTHER 1
      #ifdef WIDE
      static V twice(V x) { return x + x; }
      #else
      static V twice(V x) { if (x.x > 0) { x += x; } return x; }
      #endif
      static PASTE(float, 4) half_of(V x) { return x / 2; }
      constant float TABLE[2] = {1, 2};
      static float unused(V x) { return half_of(x).x + OTHER + TABLE[0]; }
      kernel __attribute__((reqd_work_group_size(2, 1, 1))) void first(global V *x) {
      #define DO(i) x[i] = half_of(x[i]);
        PASTE(STEP_, N)(DO)
      }
      kernel void second(global V *x) {
        x[0] = twice(x[0]);
      }
      """;

  @Test
  void aKernelKeepsWhatItCallsAndWhatThatCalls() {
    assertThat(ProgramText.forKernel(SOURCE, "first"))
        .contains("void first(", "half_of(V x) {", "#define STEP_2", "f(1)", "#define STEP_3")
        .contains("#define PASTE_(a, b)", "#define DO(i)")
        .doesNotContain("second", "twice", "unused", "OTHER", "TABLE", ";\n;");
    assertThat(ProgramText.forKernel(SOURCE, "second"))
        .contains("void second(", "twice(V x) { return", "twice(V x) { if")
        .doesNotContain("first", "half_of", "STEP_", "unused", "PASTE");
  }

  @Test
  void typesAndDirectivesStay() {
    assertThat(ProgramText.forKernel(SOURCE, "second").lines().map(String::strip))
        .containsSubsequence(
            "#pragma OPENCL FP_CONTRACT OFF",
            "typedef float4 V;",
            "#ifdef WIDE",
            "#else",
            "#endif");
  }
}
