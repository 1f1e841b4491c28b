import type { Program } from './program.js';

/** A client process that can be killed. */
export class Member {
  readonly id: string;
  readonly #program: Program;

  private constructor(program: Program, id: string) {
    this.#program = program;
    this.id = id;
  }

  /** Waits until the process has joined its group. */
  static async joined(program: Program): Promise<Member> {
    const { id } = (await program.message()) as { readonly id: string };
    return new Member(program, id);
  }

  /** Waits until it has been asked for a vote: its second message, after its id. */
  async asked(): Promise<void> {
    await this.#program.message(1);
  }

  /** What it has told its parent so far. */
  get told(): readonly unknown[] {
    return this.#program.messages;
  }

  /** A word that its program waits for. */
  tell(word: string): void {
    this.#program.tell(word);
  }

  resume(): void {
    this.#program.signal('SIGCONT');
  }

  /** It lives, and does nothing any more. */
  pause(): void {
    this.#program.signal('SIGSTOP');
  }

  async kill(): Promise<void> {
    await this.#program.kill();
  }
}
