/** CPU masks of a recording as the model's words have them. */

export const hex = (mask: number): string => `0x${(mask >>> 0).toString(16)}`;
export const low32 = (mask: bigint): number => Number(mask & 0xffff_ffffn);
