import {
  approve,
  type Ballot,
  type Cause,
  connect,
  GroupServicesError,
  type GroupView,
  type Provider,
  reject,
  StateChangedError,
  type Vote,
} from '@group-services/client';
import type { Parent } from '@group-services/example-harness/worker';
import { assign } from './assign.js';
import { type Assignment, type WorkPoolTypes, workPoolGroup } from './group.js';
import type { Fact, Job } from './job.js';
import { openItems, PartitionLog } from './partition-log.js';
import { Tenure } from './tenure.js';

type PoolProvider = Provider<WorkPoolTypes>;

/**
 * One worker. Whenever the list of members changes, the oldest proposes another assignment, in two
 * phases. Phase 1: who loses a partition stops working on it, and votes when it has. Phase 2: everybody
 * has stopped, which those who gain a partition read in its log. Approved: they start.
 *
 * An assignment is made for one view and voted on in that view only. Its fencing token goes with all
 * that is written to the partitions, so that the log refuses a worker that was removed and does not know.
 */
export class PoolMember {
  readonly #job: Job;
  readonly #parent: Parent<Fact>;
  readonly #tenures = new Map<number, Tenure>();
  readonly #finished = new Set<number>();
  #provider: PoolProvider | undefined;
  /** The last ballot: the vote on an earlier one may still be in the making, and counts no more. */
  #newest: Ballot<WorkPoolTypes> | undefined;
  #proposing = false;
  #over = false;
  #allFinished: () => void = () => {};

  constructor(job: Job, parent: Parent<Fact>) {
    this.#job = job;
    this.#parent = parent;
  }

  /** Gives whether it was there until everything was done. */
  async run(): Promise<boolean> {
    const { endpoint, group, worker } = this.#job;
    await using services = await connect({ endpoint });
    const provider = await services.join(workPoolGroup(group), {
      instance: `w${worker}`,
      vote: (ballot) => this.#vote(ballot),
    });
    this.#provider = provider;
    this.#parent.tell({ kind: 'joined', id: provider.id });
    const everythingDone = new Promise<boolean>((resolve) => {
      this.#allFinished = () => resolve(true);
    });
    const removed = this.#follow(provider).then(() => false);
    // What was finished before this worker came is in the logs; the rest will be told.
    await this.#readLogs();
    const complete = await Promise.race([everythingDone, removed]);
    this.#over = true;
    await Promise.all([...this.#tenures.values()].map((tenure) => tenure.stop()));
    return complete;
  }

  /** Takes events as they come, without waiting, so that a ballot finds all of them dealt with. */
  async #follow(provider: PoolProvider): Promise<void> {
    for await (const event of provider) {
      if (event.type === 'message') {
        if (event.message.kind === 'finished') this.#onFinished(event.message.partition);
      } else if (event.type === 'state') {
        this.#startMine(provider, event.stateValue);
      } else if (event.type === 'rejected') {
        // What was stopped for it goes on.
        this.#startMine(provider, provider.stateValue);
      } else if (event.type === 'removed') {
        if (!this.#over) this.#parent.say(`${provider.id} is out: ${event.reason}`);
        this.#over = true;
        return;
      }
      this.#proposeIfOutdated(provider);
    }
  }

  async #vote(ballot: Ballot<WorkPoolTypes>): Promise<Vote<WorkPoolTypes>> {
    const { proposedStateValue: proposed, phase, view } = ballot;
    const provider = this.#provider;
    if (proposed === undefined || provider === undefined) return approve();
    this.#newest = ballot;
    const me = provider.id;
    if (proposed.fence !== view.fence) return objection('it was made for another view');
    if (phase === 1) {
      const lost = [...this.#tenures].filter(([partition]) => proposed.owners[partition] !== me);
      for (const [partition, tenure] of lost) {
        await tenure.stop();
        this.#tenures.delete(partition);
      }
      // It took too long: the proposal was rejected without waiting for this vote, and what was stopped
      // for it goes on, unless there is another ballot already, whose end decides.
      if (ballot.signal.aborted && this.#newest === ballot) {
        this.#startMine(provider, provider.stateValue);
      }
      await this.#parent.moment(`released-${view.providers.length}`);
      return approve();
    }
    for (const [partition, owner] of proposed.owners.entries()) {
      if (owner !== me || this.#tenures.has(partition)) continue;
      const last = (await new PartitionLog(this.#job.folder, partition).read()).at(-1);
      if (last !== undefined && last.kind !== 'end' && view.providers.includes(last.owner)) {
        return objection(`${last.owner} is still working on partition ${partition}`);
      }
    }
    await this.#parent.moment(`agreed-${view.providers.length}`);
    return approve();
  }

  #startMine(provider: PoolProvider, assignment: Assignment | undefined): void {
    if (assignment === undefined || this.#over) return;
    const { fence, owners } = assignment;
    for (const [partition, owner] of owners.entries()) {
      const isOpen = !this.#finished.has(partition) && !this.#tenures.has(partition);
      if (owner !== provider.id || !isOpen) continue;
      const tenure = new Tenure({ partition, owner, fence }, this.#job, this.#parent);
      this.#tenures.set(partition, tenure);
      this.#reportEnd(provider, partition, tenure).catch(onlyTheGroupIsGone);
    }
  }

  async #reportEnd(provider: PoolProvider, partition: number, tenure: Tenure): Promise<void> {
    const end = await tenure.ended;
    const { id } = provider;
    if (end === 'fenced') this.#parent.say(`${id} is fenced out of partition ${partition}`);
    if (end === 'finished') await provider.send({ kind: 'finished', partition });
  }

  async #readLogs(): Promise<void> {
    for (let partition = 0; partition < this.#job.partitions; partition += 1) {
      const records = await new PartitionLog(this.#job.folder, partition).read();
      if (openItems(records, this.#job.items).length === 0) this.#onFinished(partition);
    }
  }

  #onFinished(partition: number): void {
    this.#finished.add(partition);
    if (this.#finished.size === this.#job.partitions) this.#allFinished();
  }

  #proposeIfOutdated(provider: PoolProvider): void {
    const outdated = provider.stateValue?.fence !== provider.view.fence;
    if (!provider.isOldest || this.#proposing || !outdated) return;
    this.#proposing = true;
    this.#propose(provider)
      .then(() => this.#proposeIfOutdated(provider))
      .catch(onlyTheGroupIsGone);
  }

  /** Resolves when it is time to look again whether the assignment is of the present view. */
  async #propose(provider: PoolProvider): Promise<void> {
    const { view, stateValue } = provider;
    const owners = assign(this.#job.partitions, view.providers, stateValue?.owners ?? []);
    const counts = view.providers.map((id) => `${id} ${owners.filter((o) => o === id).length}`);
    this.#parent.say(`partitions are to go to: ${counts.join(', ')}`);
    try {
      const { outcome, causes } = await provider.changeState(
        { fence: view.fence, owners },
        { phases: { exactly: 2 }, ifState: stateValue ?? null },
      );
      if (outcome === 'rejected') this.#parent.say(`that is rejected: ${causes.map(told)}`);
      if (causes.some(({ code }) => code === 'provider-failed')) await viewAfter(provider, view);
    } catch (error) {
      // Somebody else's proposal was faster.
      if (!(error instanceof StateChangedError)) throw error;
    } finally {
      this.#proposing = false;
    }
  }
}

/** Resolves when the list of members is another one: who failed is removed in the very next protocol. */
async function viewAfter(provider: PoolProvider, view: GroupView): Promise<void> {
  if (provider.view.fence !== view.fence) return;
  await new Promise<void>((resolve) => {
    provider.on('membership', () => resolve());
    provider.on('removed', () => resolve());
  });
}

function told({ code, provider }: Cause): string {
  return `${provider} (${code})`;
}

function objection(reason: string): Vote<WorkPoolTypes> {
  return reject({ message: { kind: 'objection', reason } });
}

/** A proposal fails when this worker is no longer in the group; its events have told that. */
function onlyTheGroupIsGone(error: unknown): void {
  if (!(error instanceof GroupServicesError)) throw error;
}
