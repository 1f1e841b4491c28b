import type { Checker, HandleEvent } from '@group-services/simulation';
import { readPayload } from '@group-services/simulation';
import type { Cell, Told } from './happenings.js';

/**
 * Listens to what the processes are told, in the place of one of the simulation's checkers, and turns it
 * into cells: one for each place in the group's order. Processes are named by their letter.
 */
export class Listening implements Checker {
  readonly name = 'playground';
  readonly #tell: (told: Told) => void;
  /** Generations of the group, in the order in which somebody heard of them. */
  readonly #lives: number[] = [];

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
  }

  handle(event: HandleEvent): void {
    const by = letterIn(event.record.client);
    if (event.kind === 'ballot') {
      this.#tell({ kind: 'ballot', by, protocol: event.message.protocol.id });
      return;
    }
    const cell = cellOf(event, this.#lifeOf(event.record.generation));
    if (cell !== undefined) this.#tell({ kind: 'heard', by, cell });
  }

  /** Where the places of this life of the group begin. */
  #lifeOf(generation = 0): number {
    let index = this.#lives.indexOf(generation);
    if (index < 0) index = this.#lives.push(generation) - 1;
    return index * POSITIONS_PER_LIFE;
  }
}

/** Generations are times of day: too large to be multiplied. */
const POSITIONS_PER_LIFE = 1e9;

function cellOf(event: HandleEvent, life: number): Cell | undefined {
  switch (event.kind) {
    case 'message': {
      const { from, text } = nameOf(event.message.payload);
      const title = `message ${text} of ${from}`;
      return { ...BARE, place: life + event.message.position, what: 'message', from, text, title };
    }
    case 'snapshot': {
      const { view, position, stateValue } = event.snapshot;
      const list = view.providers.map(processOf);
      const state = stateValue === null ? undefined : nameOf(stateValue).text;
      const title = `joins here and gets the whole group: ${list.join(', ')}`;
      return {
        place: life + position,
        what: 'snapshot',
        from: undefined,
        text: '⇥',
        title,
        list,
        state,
      };
    }
    case 'approved':
      return approved(event, life);
    case 'rejected': {
      const title = 'a proposal was voted down: nothing changes';
      return { ...BARE, place: life + event.message.position, what: 'rejected', text: '✗', title };
    }
    default:
      return undefined;
  }
}

function approved(event: Extract<HandleEvent, { kind: 'approved' }>, life: number): Cell {
  const { message, view } = event;
  const { membership, state, position } = message;
  const list = view?.providers.map(processOf);
  const place = life + position;
  if (membership !== undefined && membership.left.length > 0) {
    const gone = membership.left.map(({ provider }) => processOf(provider));
    const why = membership.left[0]?.reason ?? 'leave';
    const title = `${gone.join(', ')} no longer on the list (${REASONS[why] ?? why}): ${list?.join(', ')}`;
    return {
      place,
      what: 'gone',
      from: gone[0],
      text: `−${gone.join('')}`,
      title,
      list,
      state: undefined,
    };
  }
  if (membership !== undefined && membership.joined.length > 0) {
    const joined = membership.joined.map(processOf);
    const title = `${joined.join(', ')} joined: ${list?.join(', ')}`;
    return {
      place,
      what: 'join',
      from: joined[0],
      text: `+${joined.join('')}`,
      title,
      list,
      state: undefined,
    };
  }
  if (state !== undefined) {
    const { from, text } = nameOf(state.value);
    const title = `all voted for it: the state value is ${text} now`;
    return { ...BARE, place, what: 'state', from, text: `✓${text}`, title, state: text };
  }
  return { ...BARE, place, what: 'message', text: '·', title: message.protocol.kind };
}

const BARE = { from: undefined, list: undefined, state: undefined } as const;

const REASONS: Readonly<Record<string, string>> = {
  'process-failure': 'its process failed',
  'node-failure': 'its node failed',
  'cast-out': 'its node lost the source',
  goodbye: 'it said goodbye',
};

/** `A.2#1:7` is the seventh thing that process A has said, in this life of it. */
function nameOf(payload: Uint8Array): { readonly from: string; readonly text: string } {
  const { sender, number } = readPayload(payload);
  const from = letterIn(sender);
  const lives = /^[A-Z]\.(\d+)/.exec(sender)?.[1] ?? '1';
  const prime = '′'.repeat(Math.min(3, Number(lives) - 1));
  return { from, text: `${from}${number}${prime}` };
}

/** The process of a provider, which is named after its node: `n2/…` is B. */
export function processOf(provider: string): string {
  return letterOf(Number(/^n(\d+)/.exec(provider)?.[1] ?? 1));
}

export function letterOf(number: number): string {
  return String.fromCharCode(64 + number);
}

function letterIn(client: string): string {
  return client.slice(0, 1);
}
