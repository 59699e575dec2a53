import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A measurement that is kept; `key`: what was measured, and with what. */
export interface KeptLine {
  readonly key: string;
}

/**
 * What a long measurement has come to so far: a JSON line each in a file, written as soon as it is there. A
 * run that was stopped is started again, and goes on.
 */
export class Kept<Line extends KeptLine> {
  private readonly lines = new Map<string, Line>();
  private isCut = false;

  /** `file` may be there or not; '' keeps nothing beyond this run. */
  constructor(private readonly file: string) {
    const text = file !== '' && existsSync(file) ? readFileSync(file, 'utf8') : '';
    for (const line of text.split('\n').filter((one) => one !== '')) {
      try {
        const made = JSON.parse(line) as Line;
        this.lines.set(made.key, made);
      } catch (error) {
        // A run that was killed may leave half a line.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    this.isCut = text !== '' && !text.endsWith('\n');
  }

  get all(): readonly Line[] {
    return [...this.lines.values()];
  }

  find(key: string): Line | undefined {
    return this.lines.get(key);
  }

  add(line: Line): void {
    this.lines.set(line.key, line);
    if (this.file === '') return;
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${this.isCut ? '\n' : ''}${JSON.stringify(line)}\n`);
    this.isCut = false;
  }

  /** The line of that key: kept, or made now. */
  async of(key: string, make: () => Line | Promise<Line>): Promise<Line> {
    const known = this.find(key);
    if (known !== undefined) return known;
    const made = await make();
    this.add(made);
    return made;
  }
}
