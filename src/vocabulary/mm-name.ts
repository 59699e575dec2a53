/** The name of a user mm by its index: A, B, ..., Z, then mm26, mm27. */
export function mmName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `mm${index}`;
}
