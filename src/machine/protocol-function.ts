/** Whether a value can stand for protocol code. The stripped build has its own of this module: there a protocol function is a plain one. */
export function isProtocolFunction(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object GeneratorFunction]';
}
