import { InfrastructureError } from '../vocabulary/errors.js';

/**
 * Looks at the answers so often. Looks are counted, not the clock read: a machine that was asleep, or this
 * thread, is no silence.
 */
const LOOKS = 10;

/**
 * Answers that are waited for, and what to do when none of them comes: a worker that hangs must not hang the
 * hunt.
 */
export class Silence {
  private readonly waiting = new Set<(error: unknown) => void>();
  private looks = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly limitMs: number) {}

  /** The answer; rejects when no answer at all has come for too long, or when `fail` is called. */
  async broken<T>(answer: Promise<T>, what: string): Promise<T> {
    let reject: (error: unknown) => void = () => undefined;
    const lost = new Promise<never>((_, rejectLost) => {
      reject = (error) =>
        rejectLost(
          error ??
            new InfrastructureError(
              `no worker has answered for ${Math.round(this.limitMs / 1000)} s ${what}: it hangs`,
              'run with another --seed, or fewer --jobs',
            ),
        );
    });
    this.waiting.add(reject);
    this.timer ??= setInterval(() => this.look(), this.limitMs / LOOKS).unref();
    try {
      return await Promise.race([answer, lost]);
    } finally {
      this.waiting.delete(reject);
      this.looks = 0;
      if (this.waiting.size === 0 && this.timer !== null) {
        clearInterval(this.timer);
        this.timer = null;
      }
    }
  }

  /** Rejects everything that is waited for. */
  fail(error: unknown): void {
    for (const reject of [...this.waiting]) reject(error);
  }

  private look(): void {
    this.looks++;
    if (this.looks > LOOKS) this.fail(undefined);
  }
}
