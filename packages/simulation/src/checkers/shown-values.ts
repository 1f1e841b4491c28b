import type { HandleEvent, RequestEvent } from '../handles.js';
import { hex, textOfHex } from '../hex.js';
import type { Checker, FinalState } from './checker.js';
import { Violation } from './violation.js';

/**
 * A refusal shows no state value that never was (ADR 0010): it rests on what is delivered where it is decided.
 * So whoever is refused is told of that value, before what it asks for afterwards or by the end at the latest.
 * Where results are agreed, one may be lost with the leader that delivered it.
 */
export class ShownValues implements Checker {
  readonly name = 'shown-values';
  readonly eventual = true;
  readonly #handles = new Map<string, Values>();
  /** The handle of each change that was asked for, by connection and request. */
  readonly #asked = new Map<string, Map<number, string>>();
  readonly #lastRequests = new Map<string, number>();

  handle(event: HandleEvent): void {
    const { key } = event.record;
    if (event.kind === 'snapshot') {
      this.#shows(key, event.snapshot.stateValue);
    } else if (event.kind === 'approved' || event.kind === 'message') {
      const { message } = event;
      if (event.kind === 'approved') this.#shows(key, event.message.state?.value ?? null);
      this.#follows(key, message.request ?? 0);
    } else if (event.kind === 'removed' || event.kind === 'closed') this.#handles.delete(key);
  }

  #shows(key: string, value: Uint8Array | null): void {
    const values = this.#handles.get(key) ?? { shown: new Set(), heard: new Map() };
    this.#handles.set(key, values);
    if (value === null) return;
    values.shown.add(hex(value));
    values.heard.delete(hex(value));
  }

  /** What was asked for after the refusal stands behind the value. */
  #follows(key: string, request: number): void {
    for (const [value, before] of this.#handles.get(key)?.heard ?? []) {
      if (request > before) this.#fail(key, value);
    }
  }

  request(event: RequestEvent): void {
    const { client } = event;
    if (event.kind === 'ended') {
      this.#asked.delete(client);
      this.#lastRequests.delete(client);
    } else if (event.kind === 'asked') {
      const { message, request } = event;
      this.#lastRequests.set(client, Math.max(request, this.#lastRequests.get(client) ?? 0));
      if (message.kind !== 'propose' || message.proposed.kind !== 'state') return;
      const asked = this.#asked.get(client) ?? new Map();
      this.#asked.set(client, asked.set(request, `${client}#${message.handle}`));
    } else this.#answered(event);
  }

  #answered({ client, request, message }: Answered): void {
    const key = this.#asked.get(client)?.get(request);
    this.#asked.get(client)?.delete(request);
    if (key === undefined || message.kind !== 'refused' || message.code !== 'STATE_CHANGED') return;
    const { stateValue } = message;
    const values = this.#handles.get(key);
    if (values === undefined || stateValue === null || stateValue === undefined) return;
    const value = hex(stateValue);
    if (!values.shown.has(value)) values.heard.set(value, this.#lastRequests.get(client) ?? 0);
  }

  finish({ openHandles }: FinalState): void {
    for (const { key } of openHandles) {
      for (const value of this.#handles.get(key)?.heard.keys() ?? []) this.#fail(key, value);
    }
  }

  #fail(key: string, value: string): never {
    const what = textOfHex(value.slice(0, 48));
    throw new Violation(this.name, `${key} was refused because of ${what}, which never was`);
  }
}

type Answered = Extract<RequestEvent, { kind: 'answered' }>;

/** What one handle was shown, and what it has only heard of: each with the last request before. */
interface Values {
  readonly shown: Set<string>;
  readonly heard: Map<string, number>;
}
