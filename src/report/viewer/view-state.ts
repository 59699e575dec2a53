/** What a reader sees of an execution at a moment. */

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

export interface ViewState {
  /** Index of the current step. */
  readonly at: number;
  readonly size: Size;
  readonly ended: boolean;
  /** The keys are told in the place of the timeline. */
  readonly helps?: boolean;
  /** What is being typed; absent while nothing is. */
  readonly typed?: string;
  /** What was looked for last, and whether any step has it. */
  readonly sought?: { readonly text: string; readonly isFound: boolean };
}
