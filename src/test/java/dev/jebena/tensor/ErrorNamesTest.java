package dev.jebena.tensor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jebena.memory.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** An error names what was called, with the shapes as they were, not a step that it is made of. */
class ErrorNamesTest {
  private final Map<String, ThrowingCallable> calls = new LinkedHashMap<>();

  @TestFactory
  Stream<DynamicTest> whatWasCalled() {
    var bools = Tensor.ones(3).to(DType.BOOL);
    var whole = Tensor.arange(3);
    var x = Tensor.zeros(2, 3);
    var half = Tensor.zeros(2);
    calls.put("sub: bool", () -> bools.sub(1));
    calls.put("subInPlace: 0.5 does not fit", () -> whole.subInPlace(0.5));
    calls.put("subInPlace: bool", () -> bools.copy().subInPlace(1));
    calls.put("logSigmoid: bool", bools::logSigmoid);
    calls.put("outer: bool", () -> bools.outer(bools));
    calls.put("softmin: takes floating tensors", () -> whole.softmin(0));
    calls.put("softmin: axis 1 is out of range", () -> half.softmin(1));
    calls.put("toInts: the tensor is f32", x::toInts);
    calls.put("toLongs: the tensor is f32", x::toLongs);
    calls.put("itemLong: the tensor is f32", () -> x.sum().itemLong());
    calls.put("indexFill: indices are i64 or i32", () -> x.indexFill(0, half, 1));
    calls.put(
        "indexAddInPlace: indices are i64 or i32", () -> x.copy().indexAddInPlace(0, half, x));
    calls.put(
        "scatterAddInPlace: indices are i64 or i32", () -> x.copy().scatterAddInPlace(0, x, x));
    calls.put("matmul: inner dimensions differ: [2, 3] · [2] (3 ≠ 2)", () -> x.matmul(half));
    calls.put(
        "matmul: inner dimensions differ: [3] · [2] (3 ≠ 2)", () -> Tensor.zeros(3).matmul(half));
    calls.put(
        "matmul: inner dimensions differ: [3] · [2, 3] (3 ≠ 2)", () -> Tensor.zeros(3).matmul(x));
    return calls.entrySet().stream()
        .map(call ->
            DynamicTest.dynamicTest(
                call.getKey(),
                () ->
                    assertThatThrownBy(call.getValue())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(call.getKey())));
  }
}
