import {
  approve,
  type Ballot,
  connect,
  GroupServicesError,
  keepVoting,
  type ProtocolResult,
  type Provider,
  type RejectedEvent,
  reject,
  type Vote,
} from '@group-services/client';
import { jobOf, Parent } from '@group-services/example-harness/worker';
import { ConfigurationFiles } from './configuration-files.js';
import { type Configuration, type RolloutTypes, rolloutGroup } from './group.js';
import { type Fact, type Job, jobSchema, type Veto } from './job.js';

/**
 * One member. Phase 1 of a rollout: everybody checks and prepares the new configuration, and votes for
 * another phase or against it. Nobody is in phase 2 before all have prepared; there all approve. Each
 * puts the new configuration into force when it sees it as the group state value.
 *
 * The oldest member proposes. When it is gone the next one goes on where it stopped.
 */
class Member {
  readonly #job: Job;
  readonly #files: ConfigurationFiles;
  /** What the files need, one after the other. */
  #fileWork: Promise<void> = Promise.resolve();
  /** Versions whose end was seen: approved, or voted down. */
  readonly #ended = new Set<number>();
  /** The same of those that this member proposed; it hears of them by its proposals, too. */
  readonly #decided = new Set<number>();
  readonly #vetoes: Veto[] = [];
  /** Reasons that came with votes of the protocol at this position. */
  #reasons = new Map<string, string>();
  #everybodyCame = false;
  #proposal: Promise<void> | undefined;

  constructor(job: Job) {
    this.#job = job;
    this.#files = new ConfigurationFiles(job.folder);
  }

  /** Gives whether it was there to the end. */
  async run(): Promise<boolean> {
    const { endpoint, group, worker } = this.#job;
    await using services = await connect({ endpoint });
    const provider = await services.join(rolloutGroup(group), {
      instance: `w${worker}`,
      vote: (ballot) => this.#vote(ballot),
    });
    parent.tell({ kind: 'joined', id: provider.id });
    await this.#follow(provider);
    await Promise.all([this.#proposal, this.#fileWork]);
    if (!this.#isComplete) return false;
    await provider.goodbye();
    parent.tell({ kind: 'finished', vetoes: this.#vetoes });
    return true;
  }

  async #vote(ballot: Ballot<RolloutTypes>): Promise<Vote<RolloutTypes>> {
    const proposed = ballot.proposedStateValue;
    if (proposed === undefined) return approve();
    const { version, maxConnections } = proposed;
    if (ballot.phase > 1) {
      await parent.moment(`approve-${version}`);
      return approve();
    }
    // What was approved before is in force first.
    await this.#fileWork;
    await parent.moment(`prepare-${version}`);
    const { connectionsMax } = this.#job;
    if (maxConnections > connectionsMax) {
      return reject({ message: { reason: `this host can take ${connectionsMax} connections` } });
    }
    await this.#files.prepare(proposed);
    return keepVoting();
  }

  /** Takes events as they come, without waiting, so that a ballot finds all of them dealt with. */
  async #follow(provider: Provider<RolloutTypes>): Promise<void> {
    for await (const event of provider) {
      if (event.type === 'removed') parent.say(`${provider.id} is out: ${event.reason}`);
      else if (event.type === 'state') this.#onApproved(event.stateValue, event.position);
      else if (event.type === 'message') this.#reasons.set(event.from, event.message.reason);
      else if (event.type === 'rejected') this.#onRejected(event);
      if (this.#isComplete) return;
      this.#everybodyCame ||= provider.view.providers.length >= this.#job.members;
      this.#proposeNext(provider);
    }
  }

  #onApproved(configuration: Configuration, position: number): void {
    this.#ended.add(configuration.version);
    this.#fileWork = this.#fileWork.then(async () => {
      await parent.moment(`apply-${configuration.version}`);
      await this.#files.apply(configuration, position);
    });
  }

  /** A vote against it decides; one that is only missing means that it has to be proposed again. */
  #onRejected({ proposedStateValue, causes }: RejectedEvent<RolloutTypes>): void {
    const reasons = this.#reasons;
    this.#reasons = new Map();
    if (proposedStateValue === undefined) return;
    const { version } = proposedStateValue;
    for (const { code, provider: by } of causes) {
      if (code !== 'voted' || by === undefined) continue;
      this.#ended.add(version);
      this.#vetoes.push({ version, by, reason: reasons.get(by) ?? '' });
    }
    this.#fileWork = this.#fileWork.then(() => this.#files.discard(proposedStateValue));
  }

  get #isComplete(): boolean {
    return this.#job.plan.every(({ version }) => this.#ended.has(version));
  }

  #proposeNext(provider: Provider<RolloutTypes>): void {
    const free = this.#proposal === undefined && this.#everybodyCame;
    if (!free || !provider.isOldest) return;
    const inForce = provider.stateValue?.version ?? 0;
    const next = this.#job.plan.find(
      ({ version }) =>
        version > inForce && !this.#ended.has(version) && !this.#decided.has(version),
    );
    if (next === undefined) return;
    this.#proposal = this.#propose(provider, next).finally(() => {
      this.#proposal = undefined;
      this.#proposeNext(provider);
    });
  }

  async #propose(provider: Provider<RolloutTypes>, next: Configuration): Promise<void> {
    const { version } = next;
    parent.tell({ kind: 'began' });
    parent.say(`${provider.id} proposes version ${version}: ${next.maxConnections} connections`);
    try {
      // Should somebody have put another one into force meanwhile, there is nothing to vote on.
      const ifState = provider.stateValue ?? null;
      const result = await provider.changeState(next, { phases: 'voting', ifState });
      if (decides(result)) this.#decided.add(version);
      parent.say(`version ${version} is ${outcome(result)}`);
    } catch (error) {
      // The events tell what follows: another state value, or the end of this membership.
      if (!(error instanceof GroupServicesError)) throw error;
      parent.say(`version ${version}: ${error.message}`);
    }
  }
}

function decides({ outcome: end, causes }: ProtocolResult<RolloutTypes>): boolean {
  return end === 'approved' || causes.some(({ code }) => code === 'voted');
}

function outcome({ outcome: end, causes, messages }: ProtocolResult<RolloutTypes>): string {
  if (end === 'approved') return 'in force';
  const against = causes.map(({ provider, code }) => {
    const reason = messages.find(({ from }) => from === provider)?.message.reason ?? code;
    return `${provider} (${reason})`;
  });
  return `rejected by ${against.join(', ')}`;
}

const parent = new Parent<Fact>();
parent.end((await new Member(jobOf(jobSchema)).run()) ? 0 : 1);
