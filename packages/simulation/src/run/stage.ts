import type { NodeName } from '@group-services/core';
import { DaemonNode } from '../world/daemon-node.js';
import { type DomainOptions, makeShared } from '../world/make-shared.js';
import { NameServerNode } from '../world/name-server-node.js';
import { NAME_SERVER, type Shared } from '../world/shared.js';

/**
 * A simulated domain for somebody who plays with it: the same programs and the same network as in a run
 * of a seed, but nothing happens to them on its own. Whoever has it lets time pass, starts and ends
 * daemons, cuts links, and brings processes of its own. The same calls at the same times give the same run.
 */
export class Stage {
  readonly shared: Shared;
  readonly nameServer: NameServerNode;
  readonly daemons: readonly DaemonNode[];

  constructor(options: DomainOptions) {
    this.shared = makeShared(options);
    this.nameServer = new NameServerNode(this.shared);
    const { nameServer } = this;
    const names = Array.from({ length: options.profile.daemons }, (_, i) => `n${i + 1}`);
    this.daemons = names.map(
      (name, i) =>
        new DaemonNode(this.shared, {
          node: name as NodeName,
          place: i + 1,
          nameServer,
          branchReached: () => {},
        }),
    );
  }

  /** Where the name server stands, for cuts. */
  get nameServerPlace(): string {
    return NAME_SERVER;
  }

  /** Nothing passes between two places any more, in either direction. */
  cut(a: string, b: string): void {
    const { reachability } = this.shared;
    reachability.cut(a, b);
    reachability.cut(b, a);
  }

  mend(a: string, b: string): void {
    const { reachability } = this.shared;
    reachability.mend(a, b);
    reachability.mend(b, a);
  }
}
