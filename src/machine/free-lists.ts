/**
 * Free frames as a chain for each CPU, for machines whose CPUs run beside each other: one stack would be
 * everybody's. Addresses, and distances in words.
 */
export interface FreeLists {
  readonly lists: number;
  /** The first list's head, and from one head to the next. */
  readonly head: number;
  readonly headStride: number;
  /** The link of frame 0 in its list, and from one frame's link to the next one's. */
  readonly link: number;
  readonly linkStride: number;
}
