import type { HandleEvent, HandleRecord } from '../handles.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

/**
 * Each kind of protocol changes what it may, and each listener hears what concerns it: subscribers
 * nothing of votes, rejections and messages; nobody of its own unresponsiveness. Joins and departures
 * are never mixed, and failed providers go whatever the votes say.
 */
export class Visibility implements Checker {
  readonly name = 'visibility';

  handle(event: HandleEvent): void {
    const { record } = event;
    if (record.role === 'subscriber') this.#subscriber(record, event);
    if (event.kind === 'announcement') {
      const { code, providers } = event.message;
      if (code !== 'time-limit' && providers.includes(record.provider ?? '')) {
        this.#fail(record, `is told that it is itself ${code}`);
      }
    } else if (event.kind === 'ballot') {
      const { joining, leaving, protocol } = event.message;
      if (joining.length > 0 && leaving.length > 0) this.#fail(record, 'is asked about a mixture');
      if (joining.length > 0 !== (protocol.kind === 'join')) {
        this.#fail(record, `is asked about joins by ${protocol.kind}`);
      }
    } else if (event.kind === 'approved' || event.kind === 'rejected') this.#ended(event);
  }

  #subscriber(record: HandleRecord, event: HandleEvent): void {
    if (['ballot', 'rider', 'rejected', 'announcement', 'message'].includes(event.kind)) {
      this.#fail(record, `is a subscriber and hears ${event.kind}`);
    }
    if (event.kind !== 'approved') return;
    const { message, attributes, causes, membership, state } = event.message;
    if (message !== undefined || attributes !== undefined || causes !== undefined) {
      this.#fail(record, 'is a subscriber and hears what is for providers');
    }
    if (state !== undefined && !record.state) this.#fail(record, 'did not ask for state values');
    if (membership === undefined && state === undefined) this.#fail(record, 'hears nothing');
  }

  #ended({ record, kind, message }: Extract<HandleEvent, { kind: 'approved' | 'rejected' }>): void {
    const { protocol, membership } = message;
    if (membership !== undefined) this.#change(record, protocol.kind, membership);
    if (kind !== 'rejected') return;
    const kept = message.leaving.find(({ reason }) => FORCED.includes(reason));
    if (kept !== undefined) this.#fail(record, `sees votes keep ${kept.provider}, who has failed`);
    const removes = protocol.kind === 'failure';
    if (removes === (membership !== undefined)) return;
    this.#fail(record, `sees a rejected ${protocol.kind} ${removes ? 'keep' : 'change'} the list`);
  }

  #change(record: HandleRecord, kind: string, { joined, left }: Change): void {
    if (joined.length > 0 && left.length > 0) this.#fail(record, 'sees joins with departures');
    if (joined.length > 0 !== (kind === 'join')) this.#fail(record, `sees joins by ${kind}`);
    if (left.length > 0 !== ['leave', 'expel', 'failure'].includes(kind)) {
      this.#fail(record, `sees departures by ${kind}`);
    }
    const forced = left.some(({ reason }) => FORCED.includes(reason));
    if (forced !== (kind === 'failure')) this.#fail(record, `sees failures by ${kind}`);
    const expelled = left.some(({ reason }) => reason === 'expel');
    if (expelled !== (kind === 'expel')) this.#fail(record, `sees an expel by ${kind}`);
  }

  #fail({ key, group }: HandleRecord, text: string): never {
    throw new Violation(this.name, `${key} of ${group} ${text}`);
  }
}

/** Removals that votes cannot prevent. */
const FORCED: readonly string[] = [
  'goodbye',
  'quit',
  'process-failure',
  'node-failure',
  'cast-out',
];

type Change = NonNullable<Extract<HandleEvent, { kind: 'approved' }>['message']['membership']>;
