/** In the stripped build protocol functions have lost their star. */
export function isProtocolFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** It has run, and answers nothing. */
export function isProtocol(_value: unknown): boolean {
  return true;
}
