/** A value on the stack of WebAssembly while it is translated. */
export type Value =
  | { readonly kind: 'constant'; readonly value: number }
  /** An address in the function's frame: so many bytes above its lowest. */
  | { readonly kind: 'frame'; readonly offset: number }
  | {
      readonly kind: 'text';
      /** An expression without effects, whose value is a 32-bit integer. */
      readonly text: string;
      /** Names of variables that may change. */
      readonly reads: readonly string[];
      /** Whether it may stand in several places. */
      readonly isShort: boolean;
      /** Whether it is 0 or 1. */
      readonly isBoolean?: boolean;
      /** What is true where it is 1. */
      readonly condition?: string;
    };

export const constant = (value: number): Value => ({ kind: 'constant', value: value | 0 });

export function text(
  expression: string,
  reads: readonly string[],
  isShort = false,
  isBoolean = false,
): Value {
  return { kind: 'text', text: expression, reads, isShort, isBoolean };
}

/** 1 where the condition is true, else 0. */
export function condition(made: string, reads: readonly string[]): Value {
  const value = `(${made} ? 1 : 0)`;
  return { kind: 'text', text: value, reads, isShort: false, isBoolean: true, condition: made };
}

/** The expression; `frame`: that of the frame's lowest address. */
export function expression(value: Value, frame: string): string {
  if (value.kind === 'constant') return String(value.value);
  if (value.kind === 'frame') return value.offset === 0 ? frame : `(${frame} + ${value.offset})`;
  return value.text;
}

export function readsOf(value: Value): readonly string[] {
  return value.kind === 'text' ? value.reads : [];
}
