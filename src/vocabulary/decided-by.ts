/** Who decided a finding's execution, where that was no hunt: stands in the place of the strategy. */

export const BY_SEARCH = 'verify';
export const BY_HAND = 'by hand';

/** Whether the execution has a number and a seed; elsewhere both are 0 and say nothing. */
export function isNumbered({ strategy }: { readonly strategy: string }): boolean {
  return strategy !== BY_SEARCH && strategy !== BY_HAND;
}
