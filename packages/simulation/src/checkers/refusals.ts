import type { FromClient, ToClient } from '@group-services/wire';
import type { HandleEvent, RequestEvent } from '../handles.js';
import { hex } from '../hex.js';
import { readPayload } from '../payload.js';
import type { Checker, FinalState } from './checker.js';
import type { DeliveryRules } from './content.js';
import { Instances } from './instances.js';
import { Unconfirmed } from './unconfirmed.js';
import { Violation } from './violation.js';

/**
 * Every refusal has its ground in what was asked: a collision only where a group may drop proposals, a
 * changed state only where one was expected and is another, a time limit only where one was given; and
 * what is refused for certain, state value or message, is never seen to have been run.
 */
export class Refusals implements Checker {
  readonly name = 'refusals';
  readonly #shown: Unconfirmed<Shown>;
  readonly #asked = new Map<string, Asked>();
  /** Groups in which somebody has asked for proposals to be dropped. */
  readonly #dropping = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #run = new Set<string>();
  readonly #instances: Instances;

  /**
   * What was delivered agreed may be lost with its daemon, and refused afterwards.
   *
   * @param hearingMs Within it a daemon has heard that a process of its node is gone.
   */
  constructor(rules: DeliveryRules, hearingMs = 0) {
    this.#shown = new Unconfirmed(rules);
    this.#instances = new Instances(hearingMs);
  }

  request(event: RequestEvent): void {
    this.#instances.request(event);
    if (event.kind === 'ended') this.#asked.delete(event.client);
    else if (event.kind === 'asked') this.#asks(event.client, event.request, event.message);
    else if (event.message.kind === 'refused') {
      this.#answered(event.client, event.request, event.message);
    }
  }

  handle(event: HandleEvent): void {
    this.#instances.handle(event);
    for (const id of shownBy(event)) this.#shown.add(event.record, { id, by: event.record.key });
    this.#ran(this.#shown.confirmedBy(event));
  }

  finish(final: FinalState): void {
    this.#ran(this.#shown.confirmedAtEnd(final.openHandles));
  }

  #ran(shown: readonly Shown[]): void {
    for (const { id, by } of shown) {
      this.#run.add(id);
      if (this.#refused.has(id)) this.#fail(by, `sees ${id}, which was refused`);
    }
  }

  #askedBy(client: string): Asked {
    let asked = this.#asked.get(client);
    if (asked === undefined) {
      const [requests, groups] = [new Map(), new Map()];
      asked = { requests, groups };
      this.#asked.set(client, asked);
    }
    return asked;
  }

  #asks(client: string, request: number, message: FromClient): void {
    const asked = this.#askedBy(client);
    asked.requests.set(request, message);
    if (message.kind === 'join' || message.kind === 'subscribe') {
      asked.groups.set(message.handle, message.group);
    }
    if (message.kind === 'join' && message.attributes.contention === 'drop') {
      this.#dropping.add(message.group);
    }
    if (message.kind !== 'propose' || message.proposed.kind !== 'attributes') return;
    if (message.proposed.attributes.contention !== 'drop') return;
    this.#dropping.add(asked.groups.get(message.handle) ?? '');
  }

  #answered(client: string, request: number, refusal: Refused): void {
    const asked = this.#askedBy(client);
    const message = asked.requests.get(request);
    if (message === undefined) return;
    const ground = this.#groundOf(asked, message, refusal);
    if (!ground) {
      this.#fail(client, `is refused its ${message.kind} (${request}) as ${refusal.code}`);
    }
    if (message.kind === 'join' && refusal.code === 'DUPLICATE_INSTANCE') {
      if (!this.#instances.wasTaken(client, request)) {
        this.#fail(client, `is refused ${message.instance} of ${message.group}, which nobody has`);
      }
    }
    const id = proposedId(message);
    if (id === undefined || UNCERTAIN.includes(refusal.code)) return;
    this.#refused.add(id);
    if (this.#run.has(id)) this.#fail(client, `is refused ${id}, which was run`);
  }

  #groundOf(asked: Asked, message: FromClient, refusal: Refused): boolean {
    switch (refusal.code) {
      case 'COLLISION': {
        const group = 'handle' in message ? asked.groups.get(message.handle) : undefined;
        return isProposal(message) && this.#dropping.has(group ?? '');
      }
      case 'STATE_CHANGED':
        return isChanged(message, refusal);
      case 'UNKNOWN_PROVIDER':
        return message.kind === 'propose' && message.proposed.kind === 'expel';
      case 'ATTRIBUTE_MISMATCH':
        return message.kind === 'join' && differs(message.attributes, refusal);
      case 'DUPLICATE_INSTANCE':
        return message.kind === 'join' && message.instance !== undefined;
      case 'TIMEOUT':
        return 'timeout' in message && message.timeout > 0;
      case 'UNKNOWN_GROUP':
        return message.kind === 'subscribe' && !message.persistent;
      case 'INVALID_ARGUMENT':
      case 'NOT_AUTHORIZED':
        return false;
      default:
        return true;
    }
  }

  #fail(who: string, text: string): never {
    throw new Violation(this.name, `${who} ${text}`);
  }
}

type Refused = Extract<ToClient, { kind: 'refused' }>;

/** What one connection has asked for. */
interface Asked {
  readonly requests: Map<number, FromClient>;
  readonly groups: Map<number, string>;
}

/** A state value or a message that somebody was shown. */
interface Shown {
  readonly id: string;
  readonly by: string;
}

/** Refusals that leave it open whether the proposal was run. */
const UNCERTAIN: readonly string[] = ['CONNECTION_LOST'];

/** The names of the state value and the message that came with an event. */
function shownBy(event: HandleEvent): readonly string[] {
  if (event.kind === 'message') return [readPayload(event.message.payload).id];
  if (event.kind !== 'approved') return [];
  const { state, message } = event.message;
  return [state?.value, message].flatMap((bytes) =>
    bytes === undefined ? [] : readPayload(bytes).id,
  );
}

/** The name of the state value or message that was proposed. */
function proposedId(message: FromClient): string | undefined {
  if (message.kind === 'send') return readPayload(message.payload).id;
  if (message.kind !== 'propose') return undefined;
  const { proposed } = message;
  if (proposed.kind === 'state') return readPayload(proposed.value).id;
  return proposed.kind === 'voted-message' ? readPayload(proposed.payload).id : undefined;
}

function isProposal({ kind }: FromClient): boolean {
  return kind === 'propose' || kind === 'send';
}

/** The value was expected to be another one than it is. */
function isChanged(message: FromClient, { stateValue }: Refused): boolean {
  if (message.kind !== 'propose' || message.proposed.kind !== 'state') return false;
  const { ifState } = message.proposed;
  if (ifState === undefined) return false;
  const expected = ifState === null ? 'none' : hex(ifState);
  return expected !== (stateValue === null || stateValue === undefined ? 'none' : hex(stateValue));
}

function differs(given: object, { differences = [] }: Refused): boolean {
  const values = new Map<string, unknown>(Object.entries(given));
  return (
    differences.length > 0 &&
    differences.every(
      (difference) =>
        JSON.stringify(values.get(difference.attribute)) === JSON.stringify(difference.given) &&
        JSON.stringify(difference.given) !== JSON.stringify(difference.group),
    )
  );
}
