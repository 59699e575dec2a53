/** Which steps of an execution decided its outcome, and the outcome in a sentence. */
export interface Explanation {
  /** By step index: why it decides. */
  readonly deciding: ReadonlyMap<number, string>;
  readonly sentence: string;
}
