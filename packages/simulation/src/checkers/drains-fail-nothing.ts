import type { HandleEvent, RequestEvent } from '../handles.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

/**
 * For domains in which operators drain nodes, and nothing else happens: no proposal fails by it, whoever
 * led when it was made, or leads meanwhile. One whose provider had ended when it was its turn may fail, if
 * that provider went by itself or was expelled.
 */
export class DrainsFailNothing implements Checker {
  readonly name = 'drains-fail-nothing';
  /** Proposals without an answer, and the handle of each. */
  readonly #open = new Map<string, string>();
  readonly #wentAway = new Set<string>();
  /** Handles with a proposal that failed since its provider had ended. */
  readonly #lost = new Map<string, string>();

  request(event: RequestEvent): void {
    if (event.kind === 'ended') return;
    const { client, message } = event;
    const key = `${client} ${event.request}`;
    if (event.kind === 'asked') {
      if (message.kind === 'send' || message.kind === 'propose') {
        this.#open.set(key, `${client} ${message.handle}`);
      }
      return;
    }
    const handle = this.#open.get(key);
    this.#open.delete(key);
    if (handle === undefined || message.kind !== 'refused') return;
    const what = `${client} is refused a proposal (${event.request}) as ${message.code}`;
    if (message.code === 'CONNECTION_LOST') this.#lost.set(handle, what);
    else if (message.code === 'UNAVAILABLE') this.#fail(what);
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    if (event.kind !== 'removed' || !OF_THEIR_OWN.includes(event.message.reason)) return;
    this.#wentAway.add(`${record.client} ${record.handle}`);
  }

  finish(): void {
    for (const [handle, what] of this.#lost) if (!this.#wentAway.has(handle)) this.#fail(what);
  }

  #fail(what: string): never {
    throw new Violation(this.name, `${what}, although nobody has failed`);
  }
}

/** Why providers may end here. */
const OF_THEIR_OWN: readonly string[] = ['leave', 'goodbye', 'expel'];
