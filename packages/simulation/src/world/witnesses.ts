import type { MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type {
  Checker,
  FinalState,
  InternalEvent,
  NodesEvent,
  Presence,
  Sample,
} from '../checkers/checker.js';
import { Violation } from '../checkers/violation.js';
import type { HandleEvent, HandleListener, RequestEvent } from '../handles.js';

/** Passes everything that happens to all checkers. */
export class Witnesses implements HandleListener {
  readonly #checkers: readonly Checker[];
  readonly #ofInternal: readonly Checker[];
  readonly #ofHandles: readonly Checker[];
  readonly #left = new Set<MembershipId>();

  constructor(checkers: readonly Checker[]) {
    this.#checkers = checkers;
    this.#ofInternal = checkers.filter((checker) => checker.internal !== undefined);
    this.#ofHandles = checkers.filter((checker) => checker.handle !== undefined);
  }

  internal(event: InternalEvent): void {
    const { fact, membership } = event;
    if (fact.kind === 'ended' && fact.reason === 'left') this.#left.add(membership);
    for (const checker of this.#ofInternal) checker.internal?.(event);
  }

  /** Whether a membership is over by its own wish, listed or not. */
  hasLeft(membership: MembershipId): boolean {
    return this.#left.has(membership);
  }

  entry(entry: Entry): void {
    for (const checker of this.#checkers) checker.entry?.(entry);
  }

  handle(event: HandleEvent): void {
    for (const checker of this.#ofHandles) checker.handle?.(event);
  }

  request(event: RequestEvent): void {
    for (const checker of this.#checkers) checker.request?.(event);
  }

  presence(event: Presence): void {
    for (const checker of this.#checkers) checker.presence?.(event);
  }

  nodes(event: NodesEvent): void {
    for (const checker of this.#checkers) checker.nodes?.(event);
  }

  sample(sample: Sample): void {
    for (const checker of this.#checkers) checker.sample?.(sample);
  }

  /** Asks the checkers that wait for something whether it has come about. */
  finishEventual(final: FinalState): void {
    for (const checker of this.#checkers) if (checker.eventual === true) checker.finish?.(final);
  }

  /** Whether no checker objects to what `ask` shows them. */
  accept(ask: () => void): boolean {
    try {
      ask();
      return true;
    } catch (error) {
      if (error instanceof Violation) return false;
      throw error;
    }
  }

  finish(final: FinalState): void {
    for (const checker of this.#checkers) checker.finish?.(final);
  }

  misfit(client: string, text: string): void {
    throw new Violation('client-frames', `${client} hears ${text}`);
  }
}
