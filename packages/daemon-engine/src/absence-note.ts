import type { GroupName, Instant } from '@group-services/core';
import type { AbsentNode } from '@group-services/wire';
import type { Shared } from './shared.js';
import { namesText, waitingText } from './waiting-text.js';

/** What the name server said last of those a group waits for, when this daemon asked to get in. */
export class AbsenceNote {
  readonly #group: GroupName;
  readonly #shared: Shared;
  #generation = 0;
  #nodes: readonly AbsentNode[] = [];
  #notedAt: Instant = 0;
  #said = '';
  #saidAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(group: GroupName, shared: Shared) {
    this.#group = group;
    this.#shared = shared;
  }

  note(generation: number, nodes: readonly AbsentNode[]): void {
    const { now } = this.#shared;
    this.#generation = generation;
    this.#nodes = nodes;
    this.#notedAt = now;
    const key = `${generation} ${nodes.map(({ node }) => node).join(' ')}`;
    if (nodes.length === 0) this.#said = '';
    else if (this.#said !== key || now >= this.#saidAt + SAY_EVERY_MS) {
      this.#said = key;
      this.#saidAt = now;
      this.#say();
    }
  }

  /** For people; undefined: the group waits for nobody in particular. */
  get text(): string | undefined {
    if (this.#nodes.length === 0) return undefined;
    const passed = this.#shared.now - this.#notedAt;
    const nodes = this.#nodes.map(({ heardMsAgo, ...node }) => ({
      ...node,
      heardMsAgo: heardMsAgo === null ? null : heardMsAgo + passed,
    }));
    return waitingText(this.#group, this.#generation, nodes);
  }

  #say(): void {
    this.#shared.logOf(this.#group, 'warn', 'the group waits for nodes that are away', {
      ...(this.#generation > 0 && { generation: this.#generation }),
      waitsFor: namesText(this.#nodes),
      advice: `start their daemons again, or give them up: gsctl nodes forget NODE, or gsctl group reset ${this.#group}`,
    });
  }
}

/** The log says it again after so long, while somebody still asks. */
const SAY_EVERY_MS = 60_000;
