/** CPU masks of a recording as the model's words have them. */

export const hex = (mask: number | bigint): string =>
  `0x${(typeof mask === 'bigint' ? mask : mask >>> 0).toString(16)}`;
export const low32 = (mask: bigint): number => Number(mask & 0xffff_ffffn);
export const has = (mask: number, cpu: number): boolean => ((mask >>> cpu) & 1) !== 0;
/** The CPUs of a mask, ascending. */
export function cpusOf(mask: number): number[] {
  const cpus: number[] = [];
  for (let cpu = 0, left = mask >>> 0; left !== 0; cpu++, left >>>= 1) if ((left & 1) !== 0) cpus.push(cpu);
  return cpus;
}
