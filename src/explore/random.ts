/**
 * The only source of randomness: sfc32 (Chris Doty-Humphrey's small fast counter generator, from PractRand),
 * seeded through a mixing of integers. Integers only, so that every machine and Node version draws the same
 * numbers.
 */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 0;

  /**
   * A stream for (seed, stream, index): execution `index` of a hunt draws from its own stream, whatever was
   * drawn before it. An index may have up to 53 bits: many shards pass 2^32 in a night, and must not do the
   * first executions again.
   */
  seed(seed: number, stream: number, index: number): void {
    this.a = mix(seed ^ 0x9e3779b9);
    this.b = mix(stream ^ this.a);
    this.c = mix(index ^ this.b);
    this.counter = 1 + Math.floor(index / 0x100000000);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 32 random bits as an int32. */
  next(): number {
    const result = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + result) | 0;
    return result;
  }

  /** A number in [0, n), n from 1 to 2^20; the bias of multiplying 32 bits is below 2^-12. */
  below(n: number): number {
    return (((this.next() >>> 0) * n) / 0x100000000) | 0;
  }
}

/** A bijective mixing of 32 bits (the finaliser of MurmurHash3). */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** A hash of a string, for streams named by text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}
