import type { ClientView } from '@group-services/wire';
import type { HandleEvent, RequestEvent } from '../handles.js';
import { readPayload } from '../payload.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

/**
 * Messages and state values of one provider come in the order in which it gave them, at most once,
 * only to its own group, under its own number, and none that nobody gave.
 */
export class SenderOrder implements Checker {
  readonly name = 'sender-order';
  readonly #given = new Set<string>();
  readonly #groups = new Map<string, string>();
  readonly #providers = new Map<string, string>();
  readonly #last = new Map<string, Map<string, number>>();
  readonly #views = new Map<string, ClientView>();

  request(event: RequestEvent): void {
    if (event.kind === 'ended') return;
    if (event.kind === 'answered') {
      if (event.message.kind === 'joined') {
        this.#providers.set(`${event.client}#${event.message.handle}`, event.message.provider);
      }
      return;
    }
    const { message } = event;
    if (message.kind === 'join')
      this.#groups.set(`${event.client}#${message.handle}`, message.group);
    if (message.kind === 'send') this.#gives(message.payload);
    if (message.kind !== 'propose') return;
    const { proposed } = message;
    if (proposed.kind === 'state') this.#gives(proposed.value);
    if (proposed.kind === 'voted-message') this.#gives(proposed.payload);
  }

  #gives(payload: Uint8Array | undefined): void {
    if (payload !== undefined) this.#given.add(readPayload(payload).id);
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    if (event.kind === 'closed') {
      this.#last.delete(record.key);
      this.#views.delete(record.key);
    } else if (event.kind === 'snapshot') {
      this.#views.set(record.key, event.snapshot.view);
      if (event.snapshot.stateValue !== null) this.#known(record.key, event.snapshot.stateValue);
    } else if (event.kind === 'voted') {
      this.#gives(event.message.stateValue);
      this.#gives(event.message.message);
    } else if (event.kind === 'rider') {
      this.#known(record.key, event.message.payload);
    } else if (event.kind === 'message') {
      const sender = this.#ordered(event, event.message.payload);
      this.#number(record.key, sender, event.message.from);
    } else if (event.kind === 'approved') this.#approved(event);
    else if (event.kind === 'rejected' && event.view !== undefined) {
      this.#views.set(record.key, event.view);
    }
  }

  #approved(event: Extract<HandleEvent, { kind: 'approved' }>): void {
    const { record, message, view } = event;
    // In the stream, a voted message and a state value stand where their proposals stood.
    if (message.state !== undefined) {
      const { value } = message.state;
      if (isRider(value)) this.#known(record.key, value);
      else this.#ordered(event, value);
    }
    if (message.message !== undefined) this.#ordered(event, message.message);
    if (view !== undefined) this.#views.set(record.key, view);
  }

  #known(key: string, payload: Uint8Array): { readonly sender: string; readonly number: number } {
    const read = readPayload(payload);
    if (this.#given.has(read.id)) return read;
    throw new Violation(this.name, `${key} sees ${read.id}, which nobody gave`);
  }

  /** Checks the order per sender and gives the sending handle. */
  #ordered({ record }: HandleEvent, payload: Uint8Array): string {
    const { sender, number } = this.#known(record.key, payload);
    if (this.#groups.get(sender) !== record.group) {
      throw new Violation(
        this.name,
        `${record.key} of ${record.group} sees a message of ${sender}`,
      );
    }
    let senders = this.#last.get(record.key);
    if (senders === undefined) {
      senders = new Map();
      this.#last.set(record.key, senders);
    }
    const before = senders.get(sender) ?? 0;
    if (number <= before) {
      throw new Violation(this.name, `${record.key} sees ${sender}:${number} after :${before}`);
    }
    senders.set(sender, number);
    return sender;
  }

  #number(key: string, sender: string, from: number): void {
    const view = this.#views.get(key);
    const provider = view?.providers[view.numbers.indexOf(from)];
    const expected = this.#providers.get(sender);
    if (provider === undefined) {
      throw new Violation(this.name, `${key} hears number ${from}, which its view does not list`);
    }
    if (expected === undefined || expected === provider) return;
    throw new Violation(this.name, `${key} hears ${expected} under the name ${provider}`);
  }
}

/** Riders have an order of their own, by which the leader received their votes. */
function isRider(payload: Uint8Array): boolean {
  return readPayload(payload).sender.endsWith('/rider');
}
