/** All ways to answer the choices on the way through some code, which is run once for each. */
export class Choices {
  private readonly limits: number[] = [];
  private readonly values: number[] = [];
  private at = 0;

  /** Before the first way. */
  begin(): void {
    this.limits.length = 0;
    this.values.length = 0;
    this.at = 0;
  }

  next(n: number): number {
    if (this.at === this.values.length) {
      this.values.push(0);
      this.limits.push(n);
    }
    return this.values[this.at++];
  }

  answers(): number[] {
    return this.values.slice(0, this.at);
  }

  /** Turns to the next way, if there is one. */
  another(): boolean {
    this.at = 0;
    while (this.values.length > 0) {
      const last = this.values.length - 1;
      if (++this.values[last] < this.limits[last]) return true;
      this.values.pop();
      this.limits.pop();
    }
    return false;
  }
}
