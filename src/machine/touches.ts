/**
 * Who touched each word last in this execution: what strategies ask that look for racy accesses. Kept only
 * where one does.
 */
export class Touches {
  /** CPU + 1; 0: nobody. */
  private readonly last: Uint16Array;

  constructor(words: number) {
    this.last = new Uint16Array(words);
  }

  begin(): void {
    this.last.fill(0);
  }

  note(cpu: number, address: number): void {
    this.last[address] = cpu + 1;
  }

  /** Whether another CPU was the last to read or write the word. */
  byOther(cpu: number, address: number): boolean {
    const last = this.last[address];
    return last !== 0 && last !== cpu + 1;
  }
}
