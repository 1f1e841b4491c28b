import type { DaemonInput, ListedNode } from '@group-services/daemon-engine';

type Nodes = readonly ListedNode[] | undefined;

/**
 * Questions of the admin endpoint for the nodes of the domain, which the engine passes to the name
 * server. It answers each within its own time limit; only its end leaves some open.
 */
export class NodeQuestions {
  readonly #enqueue: (input: DaemonInput) => void;
  readonly #waiting = new Map<number, (nodes: Nodes) => void>();
  #last = 0;

  constructor(enqueue: (input: DaemonInput) => void) {
    this.#enqueue = enqueue;
  }

  /** Undefined: the name server cannot be asked. */
  ask(): Promise<Nodes> {
    this.#last += 1;
    const question = this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(question, resolve);
      this.#enqueue({ kind: 'listNodes', question });
    });
  }

  answer(question: number, nodes: Nodes): void {
    this.#waiting.get(question)?.(nodes);
    this.#waiting.delete(question);
  }

  /** The engine answers no more. */
  close(): void {
    for (const question of [...this.#waiting.keys()]) this.answer(question, undefined);
  }
}
