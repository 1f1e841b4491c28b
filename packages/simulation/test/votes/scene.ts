import type { DaemonId, GroupName } from '@group-services/core';
import {
  type Attributes,
  type ClientView,
  DEFAULT_ATTRIBUTES,
  type FromClient,
  type ToClient,
} from '@group-services/wire';
import type { Checker, FinalState } from '../../src/checkers/checker.js';
import { Stories, type StoryChecker } from '../../src/checkers/stories.js';
import { Handles } from '../../src/handles.js';
import { writePayload } from '../../src/payload.js';
import { Witnesses } from '../../src/world/witnesses.js';

type Frame<K extends ToClient['kind']> = Extract<ToClient, { readonly kind: K }>;
type Fields<K extends ToClient['kind']> = Partial<Omit<Frame<K>, 'kind' | 'handle'>>;

const DAEMON = 'n1.1' as DaemonId;
const GROUP = 'g' as GroupName;
export const RULES = { isSafe: (): boolean => false, agreedResults: false };
/** The protocol of most scenes: its START stands at 5. */
const PROTOCOL = { id: '5.5', kind: 'barrier' as const, proposer: 'n1/a' };

/**
 * Clients a, b and c provide one group from position 3 on, each with handle 1; frames are made by hand.
 * A scene begins well: what a test adds is the one thing that is wrong.
 */
export class VotingScene {
  readonly #handles: Handles;
  readonly #checker: Checker;

  constructor(
    checker: Checker | StoryChecker,
    attributes: Partial<Attributes> = {},
    clients: readonly string[] = ['a', 'b'],
  ) {
    this.#checker = 'story' in checker ? new Stories(RULES, [checker]) : checker;
    this.#handles = new Handles(new Witnesses([this.#checker]));
    for (const client of clients) {
      this.joining(client);
      this.joined(client, { attributes: { ...DEFAULT_ATTRIBUTES, ...attributes } });
    }
  }

  /** Asks for a membership, and no more. */
  joining(client: string, fields: Partial<Extract<FromClient, { kind: 'join' }>> = {}): this {
    this.#handles.connected(client, DAEMON);
    const join = { request: 1, handle: 1, group: GROUP, attributes: {}, timeout: 0 };
    return this.says(client, { kind: 'join', ...join, ...fields });
  }

  joined(client: string, fields: Fields<'joined'> = {}): this {
    const snapshot = { view: VIEW, stateValue: null, position: 3 };
    const provider = `n1/${client}`;
    const joined = { request: 1, handle: 1, provider, attributes: DEFAULT_ATTRIBUTES, snapshot };
    return this.hears(client, { kind: 'joined', ...joined, ...fields });
  }

  subscribed(client: string): this {
    this.#handles.connected(client, DAEMON);
    const wants = { membership: true, state: true, persistent: false, timeout: 0 };
    this.says(client, { kind: 'subscribe', request: 1, handle: 1, group: GROUP, ...wants });
    const snapshot = { view: VIEW, stateValue: null, position: 3 };
    return this.hears(client, { kind: 'subscribed', request: 1, handle: 1, snapshot });
  }

  ballot(clients: string, phase: number, fields: Fields<'ballot'> = {}): this {
    for (const client of clients) {
      this.hears(client, {
        kind: 'ballot',
        handle: 1,
        protocol: PROTOCOL,
        phase,
        joining: [],
        leaving: [],
        fence: VIEW.fence,
        causes: [],
        defaultVote: 'reject',
        ...fields,
      });
    }
    return this;
  }

  votes(
    clients: string,
    phase: number,
    value: Extract<FromClient, { kind: 'vote' }>['value'],
    riders: Partial<Extract<FromClient, { kind: 'vote' }>> = {},
  ): this {
    for (const client of clients) {
      this.says(client, {
        kind: 'vote',
        handle: 1,
        protocol: PROTOCOL.id,
        phase,
        value,
        ...riders,
      });
    }
    return this;
  }

  rider(clients: string, from: string, payload: Uint8Array): this {
    for (const client of clients) {
      this.hears(client, {
        kind: 'rider',
        handle: 1,
        protocol: PROTOCOL.id,
        from: `n1/${from}`,
        payload,
      });
    }
    return this;
  }

  approved(clients: string, phases: number, fields: Fields<'approved'> = {}): this {
    for (const client of clients) {
      const end = { handle: 1, position: 10, protocol: PROTOCOL, phases };
      this.hears(client, { kind: 'approved', ...end, ...fields });
    }
    return this;
  }

  rejected(clients: string, phases: number, fields: Fields<'rejected'> = {}): this {
    for (const client of clients) {
      const end = { handle: 1, position: 10, protocol: PROTOCOL, phases };
      const proposal = { causes: [], joining: [], leaving: [] };
      this.hears(client, { kind: 'rejected', ...end, ...proposal, ...fields });
    }
    return this;
  }

  says(client: string, message: FromClient): this {
    this.#handles.said(client, message, 0);
    return this;
  }

  hears(client: string, message: ToClient): this {
    this.#handles.heard(client, message, 0);
    return this;
  }

  /** Stories of handles that live to the end are told now. */
  finish(): void {
    const openHandles = this.#handles.open;
    const final: FinalState = { at: 0, liveDaemons: new Set(), entries: [], openHandles };
    this.#checker.finish?.(final);
  }
}

export const VIEW: ClientView = {
  version: 3,
  fence: `${'5'.padStart(16, '0')}-${'3'.padStart(16, '0')}`,
  providers: ['n1/a', 'n1/b'],
  numbers: [1, 2],
};

export function voted(value: 'continue' | 'reject', client: string) {
  return { code: 'voted', value, provider: `n1/${client}` } as const;
}

/** A rider that names who gives it. */
export function riderOf(client: string, number: number): Uint8Array {
  return writePayload({ sender: `${client}#1/rider`, number, safe: false }, 0);
}
