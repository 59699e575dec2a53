import type { Terminal, TerminalListener } from '../../src/cli/io.js';

/** A terminal of strings: what was drawn last, and hands that press keys. */
export class FakeTerminal implements Terminal {
  rows = 24;
  columns = 100;
  screens: string[] = [];
  isOpen = false;
  listener: TerminalListener | null = null;

  /** `act`: what the reader does once the screen stands. */
  constructor(private readonly act: (terminal: FakeTerminal) => void) {}

  write(text: string): void {
    this.screens.push(text);
    if (this.screens.length === 1) queueMicrotask(() => this.act(this));
  }

  open(listener: TerminalListener): () => void {
    this.isOpen = true;
    this.listener = listener;
    return () => {
      this.isOpen = false;
    };
  }

  press(keys: string): void {
    this.listener?.onInput(keys);
  }

  /** Without what moves the cursor. */
  get screen(): string {
    return (this.screens.at(-1) ?? '')
      .replaceAll('\u001b[H', '')
      .replaceAll('\u001b[K', '')
      .replaceAll('\r', '');
  }
}
