import { daemonId, nodeOf, type Rng } from '@group-services/core';
import type { DaemonNode } from '../world/daemon-node.js';
import type { NameServerNode } from '../world/name-server-node.js';
import { NAME_SERVER, type Shared } from '../world/shared.js';

/**
 * Now and again a second daemon is started with the name of a node (ADR 0044). While the first one lives it is
 * refused, and nobody notices. Where it is not, because the first one was cut off or stood still, it takes the
 * name, ends the first one by that, and ends itself: whoever looks after the node then starts its daemon again.
 */
export class SecondDaemons {
  readonly #shared: Shared;
  readonly #daemons: readonly DaemonNode[];
  readonly #nameServer: NameServerNode;
  readonly #rng: Rng;
  #healed = false;

  constructor(
    shared: Shared,
    victims: { readonly daemons: readonly DaemonNode[]; readonly nameServer: NameServerNode },
    rng: Rng,
  ) {
    this.#shared = shared;
    this.#daemons = victims.daemons;
    this.#nameServer = victims.nameServer;
    this.#rng = rng;
  }

  start(): void {
    const { seconds } = this.#shared.profile;
    if (seconds !== undefined)
      this.#startIn(this.#rng.next() * 2 * seconds.everyMs, seconds.everyMs);
  }

  heal(): void {
    this.#healed = true;
  }

  #startIn(delayMs: number, everyMs: number): void {
    this.#shared.time.after(delayMs, () => {
      if (this.#healed) return;
      this.#startOne();
      this.#startIn(this.#rng.next() * 2 * everyMs, everyMs);
    });
  }

  #startOne(): void {
    const { counters, timeline, time, witnesses, profile } = this.#shared;
    const node = this.#rng.pick(this.#daemons);
    const first = node.id;
    if (first === undefined) return;
    const daemon = daemonId(nodeOf(first), node.reserveIncarnation());
    counters.count('fault: second daemon');
    timeline.add(time.now, node.node, `gets a second daemon, ${daemon}`);
    this.#nameServer.knock({ daemon, address: `${node.address}/second` }, (outcome) => {
      timeline.add(time.now, NAME_SERVER, `second daemon ${daemon} is ${outcome}`);
      if (outcome === 'turned down') counters.count('second daemon refused');
      if (outcome !== 'admitted') return;
      counters.count('second daemon taken');
      if (profile.seconds?.alone === true) {
        const what = 'second daemons taken while the first one lives';
        witnesses.sample({ at: time.now, daemon: first, what, value: 1, bound: 0 });
      }
      this.#nameServer.enterAndLeave({ daemon, address: `${node.address}/second` });
    });
  }
}
