import type { FromClient, Phases } from '@group-services/wire';
import type { HandleEvent, HandleRecord, RequestEvent } from '../handles.js';
import { hex } from '../hex.js';

/** Everything that processes say about protocols, whoever hears it. */
export class Said {
  readonly #votes = new Map<string, SaidVote[]>();
  readonly #proposals = new Map<string, Map<number, FromClient>>();

  vote(record: HandleRecord, vote: Vote, order: number): void {
    const { protocol, phase, value, defaultVote, stateValue, message } = vote;
    const list = this.#votes.get(protocol) ?? [];
    this.#votes.set(protocol, list);
    list.push({
      record,
      order,
      phase,
      value,
      defaultVote,
      // A default vote carries no rider, whatever its process says; who rejects proposes no value.
      state: stateValue === undefined || !proposes(value) ? undefined : hex(stateValue),
      message: message === undefined || value === 'default' ? undefined : hex(message),
    });
  }

  request(event: RequestEvent): void {
    if (event.kind === 'ended') this.#proposals.delete(event.client);
    if (event.kind !== 'asked' || event.message.kind !== 'propose') return;
    const ofClient = this.#proposals.get(event.client) ?? new Map<number, FromClient>();
    this.#proposals.set(event.client, ofClient);
    ofClient.set(event.request, event.message);
  }

  /** All votes on one phase of a protocol. */
  votes(protocol: string, phase: number): readonly SaidVote[] {
    return (this.#votes.get(protocol) ?? []).filter((vote) => vote.phase === phase);
  }

  votesOf(protocol: string, phase: number, { key }: HandleRecord): readonly SaidVote[] {
    return this.votes(protocol, phase).filter(({ record }) => record.key === key);
  }

  /** The phases that a living connection's proposal asked for. */
  phasesOf(client: string, request: number | undefined): Phases | undefined {
    const asked = request === undefined ? undefined : this.#proposals.get(client)?.get(request);
    return asked?.kind === 'propose' ? asked.phases : undefined;
  }
}

type Vote = Extract<HandleEvent, { kind: 'voted' }>['message'];

/** One vote as its process gave it; whether it counts is for the service to say. */
export interface SaidVote {
  readonly record: HandleRecord;
  readonly order: number;
  readonly phase: number;
  readonly value: Vote['value'];
  readonly defaultVote: Vote['defaultVote'];
  /** As text; undefined: no such rider. */
  readonly state: string | undefined;
  readonly message: string | undefined;
}

function proposes(value: Vote['value']): boolean {
  return value === 'approve' || value === 'continue';
}

/** Whether this vote may be one of that provider: a joiner does not know its name before it is in. */
export function mayBeOf({ record }: SaidVote, provider: string): boolean {
  return record.provider === undefined || record.provider === provider;
}
