import { setTimeout as pause } from 'node:timers/promises';
import type { Provider } from '@group-services/client';
import type { Line, Outcome } from './lines.js';
import { bytes } from './plain.js';

const IN_FLIGHT = 2;
/** Between two messages of a lane: enough traffic to be hit by every fault, and a core left over. */
const PAUSE_MS = 20;

/**
 * Sends numbered messages through one membership after another, and tells the outcome of each.
 * They are safe: what a provider of this group has seen of them, every other one has seen or will.
 */
export class Flow {
  readonly #provider: () => Provider | undefined;
  readonly #say: (line: Line) => void;
  #isOn = false;
  readonly #lanes: Array<Promise<void>> = [];
  #life = 0;
  #sent = 0;

  constructor(provider: () => Provider | undefined, say: (line: Line) => void) {
    this.#provider = provider;
    this.#say = say;
  }

  start(life: number): void {
    this.#isOn = true;
    this.onLife(life);
  }

  /** Every membership counts from 1, and goes on counting after a rest. */
  onLife(life: number): void {
    const provider = this.#provider();
    if (!this.#isOn || provider === undefined) return;
    if (life !== this.#life) this.#sent = 0;
    this.#life = life;
    for (let lane = 0; lane < IN_FLIGHT; lane += 1) this.#lanes.push(this.#lane(provider, life));
  }

  /** Resolves when nothing is sent any more and every outcome is known. */
  async rest(): Promise<void> {
    this.#isOn = false;
    const lanes = this.#lanes.splice(0);
    await Promise.all(lanes);
  }

  /** Changes the group's state value; what has become of it. */
  async change(value: string, life: number): Promise<Outcome> {
    const provider = this.#provider();
    if (provider === undefined) return `no membership (${life} so far)`;
    return await outcomeOf(provider.changeState(bytes(value)));
  }

  async #lane(provider: Provider, life: number): Promise<void> {
    while (this.#isOn && this.#provider() === provider) {
      this.#sent += 1;
      const text = `${provider.id}#${life}.${this.#sent}`;
      this.#say({ kind: 'sent', text });
      const outcome = await outcomeOf(provider.send(bytes(text), { delivery: 'safe' }));
      this.#say({ kind: 'settled', text, outcome });
      await pause(PAUSE_MS);
    }
  }
}

async function outcomeOf(result: Promise<{ readonly outcome: string }>): Promise<Outcome> {
  try {
    return (await result).outcome;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
