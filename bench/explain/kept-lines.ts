import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Values by name in a file, a line each; whoever is stopped loses at most the one that it was at. */
export class KeptLines<T> {
  private readonly known = new Map<string, T>();

  /** `path`: null keeps nothing. */
  constructor(private readonly path: string | null) {
    const lines = path !== null && existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    // A run that was killed may have written half a line, its last.
    for (const line of lines.slice(0, -1)) {
      const { key, value } = JSON.parse(line);
      this.known.set(key, value);
    }
  }

  get(key: string): T | undefined {
    return this.known.get(key);
  }

  keep(key: string, value: T): T {
    this.known.set(key, value);
    if (this.path !== null) appendFileSync(this.path, `${JSON.stringify({ key, value })}\n`);
    return value;
  }
}
