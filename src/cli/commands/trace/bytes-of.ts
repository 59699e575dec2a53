import { statSync } from 'node:fs';

/** How large a file is; 0 where it cannot be told: whoever reads it says why. */
export function bytesOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
