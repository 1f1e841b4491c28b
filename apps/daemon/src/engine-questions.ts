import type { DaemonInput } from '@group-services/daemon-engine';

/**
 * Questions of the admin endpoint to the engine. It answers each within its own time limit; only its
 * end leaves some open, which are then answered by undefined.
 */
export class EngineQuestions<Answer> {
  readonly #enqueue: (input: DaemonInput) => void;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #last = 0;

  constructor(enqueue: (input: DaemonInput) => void) {
    this.#enqueue = enqueue;
  }

  /** `input` makes the question with its number. */
  ask(input: (question: number) => DaemonInput): Promise<Answer | undefined> {
    this.#last += 1;
    const question = this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(question, resolve);
      this.#enqueue(input(question));
    });
  }

  answer(question: number, answer: Answer | undefined): void {
    this.#waiting.get(question)?.(answer);
    this.#waiting.delete(question);
  }

  /** The engine answers no more. */
  close(): void {
    for (const question of [...this.#waiting.keys()]) this.answer(question, undefined);
  }
}
