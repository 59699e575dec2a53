/** In the stripped build protocol functions have lost their star. */
export function isProtocolFunction(value: unknown): boolean {
  return typeof value === 'function';
}
