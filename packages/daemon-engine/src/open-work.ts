import type { ProcessGroupEngine } from '@group-services/process-group';
import { LIMITS, type Refusal } from '@group-services/wire';
import type { ClientNo } from './inputs.js';

/**
 * What one process may have open over all its groups (`client-api.md`, Proposals and Limits): proposals,
 * the bytes that they carry, and joins, those included that it has given up and the leader does not know
 * of yet. The library keeps to this by itself; here it holds for whoever speaks to the socket.
 *
 * Only the groups know what is still open. They are not asked each time: what may be added at most
 * until they are is kept, since nothing but the process itself adds anything.
 */
export class OpenWork {
  readonly #client: ClientNo;
  readonly #proposalsMax: number;
  readonly #groups = new Set<ProcessGroupEngine>();
  /** What may be added before it is counted again. */
  #proposals: number;
  #bytes: number = LIMITS.pendingProposalBytes;
  #joins: number = LIMITS.membershipsPerProcess;

  constructor(client: ClientNo, proposalsMax: number = LIMITS.pendingProposals) {
    this.#client = client;
    this.#proposalsMax = Math.min(proposalsMax, LIMITS.pendingProposals);
    this.#proposals = this.#proposalsMax;
  }

  /** Notes one more proposal, or the messages of a bundle; or says why it is too much. */
  addProposal(group: ProcessGroupEngine, size: number, count: number): Refusal | undefined {
    if (this.#proposals < count || this.#bytes < size) this.#count();
    if (this.#proposals < count) return overloaded('pendingProposals');
    if (this.#bytes < size) return overloaded('pendingProposalBytes');
    this.#remember(group);
    this.#proposals -= count;
    this.#bytes -= size;
    return undefined;
  }

  /** Why one more join is too much; undefined when it is not. */
  joinProblem(): Refusal | undefined {
    if (this.#joins === 0) this.#count();
    if (this.#joins > 0) return undefined;
    const limit = 'membershipsPerProcess';
    const text = `${LIMITS[limit]} joins have not ended, given up ones among them; wait before joining more`;
    return { code: 'OVERLOADED', text, limit };
  }

  addJoin(group: ProcessGroupEngine): void {
    this.#remember(group);
    this.#joins -= 1;
  }

  #remember(group: ProcessGroupEngine): void {
    if (this.#groups.has(group)) return;
    if (this.#groups.size >= GROUPS_MAX) this.#count();
    this.#groups.add(group);
  }

  #count(): void {
    let [proposals, bytes, joins] = [0, 0, 0];
    for (const group of this.#groups) {
      const open = group.openOf(this.#client);
      proposals += open.proposals;
      bytes += open.proposalBytes;
      joins += open.joins;
      if (open.proposals + open.joins === 0) this.#groups.delete(group);
    }
    this.#proposals = Math.max(0, this.#proposalsMax - proposals);
    this.#bytes = Math.max(0, LIMITS.pendingProposalBytes - bytes);
    this.#joins = Math.max(0, LIMITS.membershipsPerProcess - joins);
  }
}

/** Groups that are remembered at most before those with nothing open are looked for. */
const GROUPS_MAX = 2 * LIMITS.membershipsPerProcess;

function overloaded(limit: 'pendingProposals' | 'pendingProposalBytes'): Refusal {
  const what = limit === 'pendingProposals' ? 'proposals' : 'bytes of proposals';
  const advice = 'wait for some before proposing more';
  const text = `more than ${LIMITS[limit]} ${what} wait for their results; ${advice}`;
  return { code: 'OVERLOADED', text, limit };
}
