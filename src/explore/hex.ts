/** Eight hex digits of an int32. */
export function hex(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
