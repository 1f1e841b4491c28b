import {
  approve,
  type Ballot,
  connect,
  GroupServicesError,
  keepVoting,
  type Provider,
  reject,
  type Vote,
} from '@group-services/client';
import type { Parent } from '@group-services/example-harness/worker';
import { type CheckpointTypes, checkpointGroup, type Manifest, type Transfer } from './group.js';
import type { Fact, Job } from './job.js';
import { newestOf, partsOf } from './manifests.js';
import { ProcessFolder } from './parts.js';

type CheckpointProvider = Provider<CheckpointTypes>;

/** The oldest takes a checkpoint when so many transfers have come since the last one. */
const TRANSFERS_BETWEEN = 20;

/**
 * One process. Its work is to transfer amounts to the others by provider messages, so that everybody
 * sees every transfer at the same place of the order; the sum over all never changes.
 *
 * Two voted state changes, each of two phases:
 * - *recovery*, the first of all: in phase 1 each tells the newest manifest it has on its disk, in phase
 *   2 all propose the newest of these. Approved: each loads its part of it, and the work begins.
 * - *checkpoint*: in phase 1 each writes its part, and tells name and digest. While a protocol runs no
 *   message is delivered, so all parts are of one place in the order. In phase 2, when all parts are on
 *   disk, each makes the manifest of them and proposes it. Approved: each writes it to its MANIFEST.
 *
 * Somebody gone: the work stops everywhere, and all start again from the last manifest.
 */
export class Participant {
  readonly #job: Job;
  readonly #parent: Parent<Fact>;
  readonly #folder: ProcessFolder;
  /** The transfers seen so far; what was recovered is added when it is known. */
  #balance = 0;
  #transfersSeen = 0;
  /** What has to be done on disk, one after the other. */
  #diskWork: Promise<void> = Promise.resolve();
  #proposing = false;
  #over = false;

  constructor(job: Job, parent: Parent<Fact>) {
    this.#job = job;
    this.#parent = parent;
    this.#folder = new ProcessFolder(job.folder, job.worker);
  }

  /** Gives whether it was there to the last checkpoint. */
  async run(): Promise<boolean> {
    const { endpoint, group, worker } = this.#job;
    await using services = await connect({ endpoint });
    const provider = await services.join(checkpointGroup(group), {
      instance: `p${worker}`,
      vote: (ballot) => this.#vote(ballot),
    });
    this.#parent.tell({ kind: 'joined' });
    const complete = await this.#follow(provider);
    this.#over = true;
    await this.#diskWork;
    return complete;
  }

  /** Takes events as they come, without waiting, so that a ballot finds all of them dealt with. */
  async #follow(provider: CheckpointProvider): Promise<boolean> {
    for await (const event of provider) {
      if (event.type === 'message') {
        if (event.message.kind === 'transfer') this.#onTransfer(event.message.transfer);
      } else if (event.type === 'state') {
        this.#onManifest(provider, event.stateValue, event.previous === undefined);
        if (event.stateValue.number >= this.#job.checkpoints) return true;
      } else if (event.type === 'membership' && event.left.length > 0) {
        return false;
      }
      if (event.type !== 'removed') this.#proposeIfTime(provider);
    }
    return false;
  }

  #onTransfer({ from, to, amount }: Transfer): void {
    this.#transfersSeen += 1;
    if (from === this.#job.worker) this.#balance -= amount;
    if (to === this.#job.worker) this.#balance += amount;
  }

  #onManifest(provider: CheckpointProvider, manifest: Manifest, isRecovery: boolean): void {
    this.#transfersSeen = 0;
    this.#diskWork = this.#diskWork.then(async () => {
      if (isRecovery) {
        // Transfers of those who were faster have come meanwhile: the sum is made after the wait.
        const recovered = await this.#folder.recover(manifest);
        this.#balance += recovered;
        if (provider.isOldest) this.#parent.say(`going on from checkpoint ${manifest.number}`);
        this.#transferOnAndOn(provider).catch(onlyTheGroupIsGone);
        return;
      }
      await this.#parent.moment(`approved-${manifest.number}`);
      await this.#folder.writeManifest(manifest);
      this.#parent.tell({ kind: 'approved', manifest });
    });
  }

  async #vote(ballot: Ballot<CheckpointTypes>): Promise<Vote<CheckpointTypes>> {
    const { proposedStateValue: proposed, phase, stateValue, messages, view } = ballot;
    if (proposed === undefined) return approve();
    if (stateValue === undefined) {
      if (phase > 1) return approve({ stateValue: newestOf(messages) });
      const manifest = await this.#folder.readManifest();
      return keepVoting({ message: { kind: 'newest', manifest } });
    }
    const { number } = proposed;
    if (phase === 1) {
      // What was approved before is on disk first, and what was recovered is in the balance.
      await this.#diskWork;
      await this.#parent.moment(`write-${number}`);
      const part = await this.#folder.writePart(number, this.#balance);
      await this.#parent.moment(`written-${number}`);
      return keepVoting({ message: { kind: 'part', part } });
    }
    const parts = partsOf(messages);
    if (parts.length !== this.#job.processes) {
      const reason = `${parts.length} parts of ${view.providers.length}`;
      return reject({ message: { kind: 'incomplete', reason } });
    }
    await this.#parent.moment(`agree-${number}`);
    return approve({ stateValue: { number, parts } });
  }

  #proposeIfTime(provider: CheckpointProvider): void {
    if (this.#proposing || this.#over || !provider.isOldest) return;
    const { stateValue, view } = provider;
    if (stateValue === undefined) {
      if (view.providers.length < this.#job.processes) return;
    } else if (this.#transfersSeen < TRANSFERS_BETWEEN) return;
    this.#proposing = true;
    this.#propose(provider, stateValue).catch(onlyTheGroupIsGone);
  }

  /** The number is what is proposed; the parts come with the votes. */
  async #propose(provider: CheckpointProvider, before: Manifest | undefined): Promise<void> {
    const draft: Manifest = { number: before === undefined ? 0 : before.number + 1, parts: [] };
    const ifState = before ?? null;
    const { outcome } = await provider.changeState(draft, { phases: 'voting', ifState });
    this.#proposing = false;
    if (before !== undefined) this.#parent.say(`checkpoint ${draft.number} is ${outcome}`);
  }

  async #transferOnAndOn(provider: CheckpointProvider): Promise<void> {
    const { worker, processes } = this.#job;
    for (let count = 0; !this.#over; count += 1) {
      const to = (worker + 1 + (count % (processes - 1))) % processes;
      const transfer = { from: worker, to, amount: 1 + (count % 7) };
      await provider.send({ kind: 'transfer', transfer });
    }
  }
}

/** A proposal fails when this process is no longer in the group; its events have told that. */
function onlyTheGroupIsGone(error: unknown): void {
  if (!(error instanceof GroupServicesError)) throw error;
}
