import type { RequestEvent } from '../handles.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

/** Each request gets exactly one answer, for the handle that asked; none is open at the end. */
export class OneAnswer implements Checker {
  readonly name = 'one-answer';
  readonly eventual = true;
  readonly #open = new Map<string, Map<number, string>>();
  readonly #answered = new Map<string, Map<number, string>>();

  request(event: RequestEvent): void {
    const { client } = event;
    if (event.kind === 'ended') {
      this.#open.delete(client);
      this.#answered.delete(client);
      return;
    }
    if (event.kind === 'asked') {
      const handle = 'handle' in event.message ? ` of handle ${event.message.handle}` : '';
      set(this.#open, client, event.request, `${event.message.kind}${handle}`);
      return;
    }
    const { request, message } = event;
    const open = this.#open.get(client);
    if (open?.delete(request) === true) {
      set(this.#answered, client, request, message.kind);
      return;
    }
    const earlier = this.#answered.get(client)?.get(request);
    const why = earlier === undefined ? 'which was never asked' : `already answered by ${earlier}`;
    throw new Violation(this.name, `${client} hears ${message.kind} to request ${request}, ${why}`);
  }

  finish(): void {
    for (const [client, open] of this.#open) {
      for (const [request, what] of open) {
        throw new Violation(
          this.name,
          `${client} has no answer to its request ${request} (${what})`,
        );
      }
    }
  }
}

function set(
  table: Map<string, Map<number, string>>,
  client: string,
  request: number,
  what: string,
): void {
  const row = table.get(client);
  if (row === undefined) table.set(client, new Map([[request, what]]));
  else row.set(request, what);
}
