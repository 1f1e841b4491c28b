import { type Go, goSchema } from './channel.js';

/** Questions put to the process that started this one, and what waits for their answers. */
export class Questions {
  readonly #waiting = new Map<number, () => void>();
  #asked = 0;

  constructor() {
    process.on('message', (message) => {
      const go = goSchema.safeParse(message);
      if (go.success) this.#answered(go.data);
    });
  }

  /** Resolves when the answer comes; at once when nobody is there to ask. */
  async ask(question: Readonly<Record<string, unknown>>): Promise<void> {
    if (process.send === undefined || !process.connected) return;
    this.#asked += 1;
    const number = this.#asked;
    await new Promise<void>((resolve) => {
      this.#waiting.set(number, resolve);
      process.send?.({ ...question, number });
    });
  }

  #answered({ number }: Go): void {
    this.#waiting.get(number)?.();
    this.#waiting.delete(number);
  }
}
