/** `1,234,567`. */
export function digits(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 step`, `3 steps`. */
export function counted(value: number, noun: string): string {
  return `${digits(value)} ${noun}${value === 1 ? '' : 's'}`;
}
