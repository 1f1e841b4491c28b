import { type DaemonId, nodeOf } from '@group-services/core';
import type { OutgoingFrame } from '@group-services/transport';
import type { Sample } from './metrics.js';

/** Nodes with lines of their own; what later ones send and get is summed. */
const NODES_MAX = 256;
const OTHERS = '_other';

interface Flow {
  bytes: number;
  frames: number;
}

/** What goes to and comes from other daemons, by node. */
export class Traffic {
  readonly #byNode = new Map<string, { readonly out: Flow; readonly in: Flow }>();
  /** Found without taking an id apart, since every frame asks. */
  readonly #byDaemon = new Map<DaemonId, { readonly out: Flow; readonly in: Flow }>();

  sent(peer: DaemonId, { head, tail }: OutgoingFrame): void {
    const { out } = this.#of(peer);
    out.frames += 1;
    out.bytes += head.length + (tail?.length ?? 0);
  }

  received(peer: DaemonId, frame: Uint8Array): void {
    const flow = this.#of(peer).in;
    flow.frames += 1;
    flow.bytes += frame.length;
  }

  bytes(): readonly TrafficSample[] {
    return this.#samples(({ bytes }) => bytes);
  }

  frames(): readonly TrafficSample[] {
    return this.#samples(({ frames }) => frames);
  }

  #of(peer: DaemonId): { readonly out: Flow; readonly in: Flow } {
    const known = this.#byDaemon.get(peer);
    if (known !== undefined) return known;
    const node = nodeOf(peer);
    const name = this.#byNode.has(node) || this.#byNode.size < NODES_MAX ? node : OTHERS;
    const flows = this.#byNode.get(name) ?? { out: newFlow(), in: newFlow() };
    this.#byNode.set(name, flows);
    // Daemons that start again and again have ever new ids.
    if (this.#byDaemon.size >= 4 * NODES_MAX) this.#byDaemon.clear();
    this.#byDaemon.set(peer, flows);
    return flows;
  }

  #samples(read: (flow: Flow) => number): readonly TrafficSample[] {
    return [...this.#byNode].flatMap(([peer, flows]) => [
      { labels: { peer, direction: 'sent' }, value: read(flows.out) },
      { labels: { peer, direction: 'received' }, value: read(flows.in) },
    ]);
  }
}

function newFlow(): Flow {
  return { bytes: 0, frames: 0 };
}

type TrafficSample = Sample<'peer' | 'direction'>;
