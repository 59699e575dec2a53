import type { Backend } from '../kernel/backend.js';
import { nativeBackend } from './native.js';

/** Every backend, in the order of `list`. */
export const backends: readonly Backend[] = [nativeBackend];

export function findBackend(name: string): Backend | undefined {
  return backends.find((backend) => backend.name === name);
}
