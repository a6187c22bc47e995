package dev.jebena.kernel.cpu;

import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.UnaryOp;

/** Which loop computes an opcode in a lane. */
final class Kernels {
  private Kernels() {}

  static BlockKernel unary(UnaryOp op, Lane lane) {
    return switch (lane) {
      case F32 -> unaryF32(op);
      case F64 ->
          switch (op) {
            case IS_NAN -> BlockKernel.of(BoolLoops::isNanF64);
            case IS_FINITE -> BlockKernel.of(BoolLoops::isFiniteF64);
            default -> BlockKernel.of((a, i, out, o, n) -> F64Loops.unary(op, a, i, out, o, n));
          };
      case I64 -> BlockKernel.of((a, i, out, o, n) -> I64Loops.unary(op, a, i, out, o, n));
      case BOOL -> BlockKernel.of(BoolLoops::not);
    };
  }

  private static BlockKernel unaryF32(UnaryOp op) {
    return switch (op) {
      case NEG -> BlockKernel.of(F32Unary::negate);
      case ABS -> BlockKernel.of(F32Unary::abs);
      case SIGN -> BlockKernel.of(F32Unary::sign);
      case SQUARE -> BlockKernel.of(F32Unary::square);
      case RECIPROCAL -> BlockKernel.of(F32Unary::reciprocal);
      case SQRT -> BlockKernel.of(F32Unary::sqrt);
      case RSQRT -> BlockKernel.of(F32Unary::rsqrt);
      case RELU -> BlockKernel.of(F32Unary::relu);
      case FLOOR -> BlockKernel.of(F32Unary::floor);
      case CEIL -> BlockKernel.of(F32Unary::ceil);
      case ROUND -> BlockKernel.of(F32Unary::round);
      case TRUNC -> BlockKernel.of(F32Unary::trunc);
      case EXP -> BlockKernel.of(F32Functions::exp);
      case LOG -> BlockKernel.of(F32Functions::log);
      case EXP2 -> BlockKernel.of(F32Exponentials::exp2);
      case EXPM1 -> BlockKernel.of(F32Exponentials::expm1);
      case SINH -> BlockKernel.of(F32Exponentials::sinh);
      case COSH -> BlockKernel.of(F32Exponentials::cosh);
      case ERFC -> BlockKernel.of(F32Exponentials::erfc);
      case LOG2 -> BlockKernel.of(F32Logarithms::log2);
      case LOG10 -> BlockKernel.of(F32Logarithms::log10);
      case LOG1P -> BlockKernel.of(F32Logarithms::log1p);
      case SOFTPLUS -> BlockKernel.of(F32Logarithms::softplus);
      case ASINH -> BlockKernel.of(F32Logarithms::asinh);
      case ACOSH -> BlockKernel.of(F32Logarithms::acosh);
      case ATANH -> BlockKernel.of(F32Logarithms::atanh);
      case TAN -> BlockKernel.of(F32Angles::tan);
      case ASIN -> BlockKernel.of(F32Angles::asin);
      case ACOS -> BlockKernel.of(F32Angles::acos);
      case ATAN -> BlockKernel.of(F32Angles::atan);
      case SIN -> BlockKernel.of(F32Functions::sin);
      case COS -> BlockKernel.of(F32Functions::cos);
      case TANH -> BlockKernel.of(F32Functions::tanh);
      case SIGMOID -> BlockKernel.of(F32Functions::sigmoid);
      case ERF -> BlockKernel.of(F32Functions::erf);
      case GELU -> BlockKernel.of(F32Functions::gelu);
      case SILU -> BlockKernel.of(F32Functions::silu);
      case IS_NAN -> BlockKernel.of(BoolLoops::isNanF32);
      case IS_FINITE -> BlockKernel.of(BoolLoops::isFiniteF32);
      case NOT -> throw new IllegalArgumentException("NOT of f32 (a boolean would fit)");
      case BIT_NOT -> throw new IllegalArgumentException("BIT_NOT of f32 (an integer would fit)");
    };
  }

  static BlockKernel binary(BinaryOp op, Lane lane) {
    return switch (lane) {
      case F32 -> binaryF32(op);
      case F64 -> binaryF64(op);
      case I64 -> binaryI64(op);
      case BOOL -> binaryBool(op);
    };
  }

  private static BlockKernel binaryF32(BinaryOp op) {
    return switch (op) {
      case ADD -> BlockKernel.of(F32Binary::add, F32Numbers::add, F32Numbers::add);
      case SUB -> BlockKernel.of(F32Binary::sub, F32Numbers::subFrom, F32Numbers::sub);
      case MUL -> BlockKernel.of(F32Binary::mul, F32Numbers::mul, F32Numbers::mul);
      case DIV -> BlockKernel.of(F32Binary::div, F32Numbers::divFrom, F32Numbers::div);
      case POW -> BlockKernel.of(F32Binary::pow);
      case MAX -> BlockKernel.of(F32Binary::max, F32Numbers::max, F32Numbers::max);
      case MIN -> BlockKernel.of(F32Binary::min, F32Numbers::min, F32Numbers::min);
      case ATAN2 -> BlockKernel.of(F32Angles::atan2);
      case HYPOT -> BlockKernel.of(F32Quotients::hypot);
      case COPY_SIGN -> BlockKernel.of(F32Quotients::copySign);
      case FMOD -> BlockKernel.of(F32Quotients::fmod);
      case REMAINDER -> BlockKernel.of(F32Quotients::remainder);
      case FLOOR_DIV -> BlockKernel.of(F32Quotients::floorDivide);
      case EQ -> BlockKernel.of(F32Binary::eq);
      case NE -> BlockKernel.of(F32Binary::ne);
      case LT -> BlockKernel.of(F32Binary::lt);
      case LE -> BlockKernel.of(F32Binary::le);
      case GT -> BlockKernel.exchanged(F32Binary::lt);
      case GE -> BlockKernel.exchanged(F32Binary::le);
      case BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT, AND, OR, XOR -> throw notBoolean(op);
    };
  }

  private static BlockKernel binaryF64(BinaryOp op) {
    return switch (op) {
      case ADD -> BlockKernel.of(F64Loops::add);
      case SUB -> BlockKernel.of(F64Loops::sub);
      case MUL -> BlockKernel.of(F64Loops::mul);
      case DIV -> BlockKernel.of(F64Loops::div);
      case POW -> BlockKernel.of(F64Loops::pow);
      case MAX -> BlockKernel.of(F64Loops::max);
      case MIN -> BlockKernel.of(F64Loops::min);
      case ATAN2 -> BlockKernel.of(F64Quotients::atan2);
      case HYPOT -> BlockKernel.of(F64Quotients::hypot);
      case COPY_SIGN -> BlockKernel.of(F64Quotients::copySign);
      case FMOD -> BlockKernel.of(F64Quotients::fmod);
      case REMAINDER -> BlockKernel.of(F64Quotients::remainder);
      case FLOOR_DIV -> BlockKernel.of(F64Quotients::floorDivide);
      case EQ -> BlockKernel.of(F64Loops::eq);
      case NE -> BlockKernel.of(F64Loops::ne);
      case LT -> BlockKernel.of(F64Loops::lt);
      case LE -> BlockKernel.of(F64Loops::le);
      case GT -> BlockKernel.exchanged(F64Loops::lt);
      case GE -> BlockKernel.exchanged(F64Loops::le);
      case BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT, AND, OR, XOR -> throw notBoolean(op);
    };
  }

  private static BlockKernel binaryI64(BinaryOp op) {
    return switch (op) {
      case ADD -> BlockKernel.of(I64Loops::add);
      case SUB -> BlockKernel.of(I64Loops::sub);
      case MUL -> BlockKernel.of(I64Loops::mul);
      case DIV -> BlockKernel.of(I64Loops::div);
      case POW -> BlockKernel.of(I64Loops::pow);
      case MAX -> BlockKernel.of(I64Loops::max);
      case MIN -> BlockKernel.of(I64Loops::min);
      case FMOD -> BlockKernel.of(I64Bits::fmod);
      case REMAINDER -> BlockKernel.of(I64Bits::remainder);
      case FLOOR_DIV -> BlockKernel.of(I64Bits::floorDivide);
      case BIT_AND -> BlockKernel.of(I64Bits::and);
      case BIT_OR -> BlockKernel.of(I64Bits::or);
      case BIT_XOR -> BlockKernel.of(I64Bits::xor);
      case SHIFT_LEFT -> BlockKernel.of(I64Bits::shiftLeft);
      case SHIFT_RIGHT -> BlockKernel.of(I64Bits::shiftRight);
      case ATAN2, HYPOT, COPY_SIGN ->
          throw new IllegalArgumentException(op + " of integers (floats would fit)");
      case EQ -> BlockKernel.of(I64Loops::eq);
      case NE -> BlockKernel.of(I64Loops::ne);
      case LT -> BlockKernel.of(I64Loops::lt);
      case LE -> BlockKernel.of(I64Loops::le);
      case GT -> BlockKernel.exchanged(I64Loops::lt);
      case GE -> BlockKernel.exchanged(I64Loops::le);
      case AND, OR, XOR -> throw notBoolean(op);
    };
  }

  /** Arithmetic on booleans is that of 0 and 1 where every sum but 0 is 1. */
  private static BlockKernel binaryBool(BinaryOp op) {
    return switch (op) {
      case ADD, MAX, OR, BIT_OR -> BlockKernel.of(BoolLoops::or);
      case MUL, MIN, AND, BIT_AND, DIV -> BlockKernel.of(BoolLoops::and);
      case SUB, XOR, BIT_XOR, NE -> BlockKernel.of(BoolLoops::xor);
      case EQ -> BlockKernel.of(BoolLoops::equal);
      case LT -> BlockKernel.of(BoolLoops::less);
      case LE -> BlockKernel.of(BoolLoops::atMost);
      case GT -> BlockKernel.exchanged(BoolLoops::less);
      case GE, POW -> BlockKernel.exchanged(BoolLoops::atMost);
      case ATAN2, HYPOT, COPY_SIGN, FMOD, REMAINDER, FLOOR_DIV, SHIFT_LEFT, SHIFT_RIGHT ->
          throw new IllegalArgumentException(op + " of booleans (numbers would fit)");
    };
  }

  private static IllegalArgumentException notBoolean(BinaryOp op) {
    return new IllegalArgumentException(
        op + " of floats or numbers (integers or booleans would fit)");
  }

  static BlockKernel where(Lane lane) {
    return switch (lane) {
      case F32 -> F32Binary::where;
      case F64 -> F64Loops::where;
      case I64 -> I64Loops::where;
      case BOOL -> BoolLoops::where;
    };
  }
}
