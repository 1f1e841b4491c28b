import { causeProblems, isOverruled, isSaid } from '@group-services/testkit';
import type { ToClient } from '@group-services/wire';
import type { CastVote, Process } from './processes.js';

type End = Extract<ToClient, { kind: 'approved' | 'rejected' }>;

export interface Ended {
  readonly outcome: 'approved' | 'rejected';
  readonly phases: number;
  readonly position: number;
  readonly causes: End['causes'];
}

/** Every outcome is the same for all, and is what the votes and default votes make it. */
export function outcomesWrong(living: readonly Process[]): readonly string[] {
  const wrong: string[] = [];
  const ends = endsOf(living, wrong);
  for (const [protocol, end] of ends) {
    const votes = living.flatMap((process) =>
      process.cast
        .filter((vote) => vote.protocol === protocol && vote.phase === end.phases)
        .map((vote) => ({ ...vote, provider: providerOf(process, vote) })),
    );
    wrong.push(...outcomeProblems(end, votes).map((problem) => `${protocol}: ${problem}`));
  }
  return wrong;
}

/** How each protocol that was voted on ended; a difference goes to `wrong`. */
export function endsOf(
  living: readonly Process[],
  wrong: string[] = [],
): ReadonlyMap<string, Ended> {
  const ends = new Map<string, Ended>();
  for (const process of living) {
    const handles = new Set(process.heard.flatMap((it) => (it.kind === 'joined' ? it.handle : [])));
    for (const message of process.heard) {
      if (message.kind !== 'approved' && message.kind !== 'rejected') continue;
      // Subscribers are not told of votes; a joiner's own end has no causes.
      if (message.phases === 0 || !handles.has(message.handle)) continue;
      if (message.kind === 'approved' && isOwnJoin(process, message)) continue;
      const { kind: outcome, phases, position, causes = [] } = message;
      const key = message.protocol.id;
      const end = { outcome, phases, position, causes };
      const known = ends.get(key);
      if (known === undefined) ends.set(key, end);
      else if (JSON.stringify(known) !== JSON.stringify(end)) {
        wrong.push(`${key} ended as ${JSON.stringify(known)} and as ${JSON.stringify(end)}`);
      }
    }
  }
  return ends;
}

function isOwnJoin(process: Process, end: End): boolean {
  return process.heard.some(
    (it) =>
      it.kind === 'joined' && it.handle === end.handle && it.snapshot.position === end.position,
  );
}

function providerOf(process: Process, { handle }: CastVote): string | undefined {
  const joined = process.heard.find((it) => it.kind === 'joined' && it.handle === handle);
  return joined?.kind === 'joined' ? joined.provider : undefined;
}

function outcomeProblems(
  { outcome, causes = [] }: Ended,
  votes: readonly (CastVote & { readonly provider: string | undefined })[],
): readonly string[] {
  const wrong = [...causeProblems(outcome, causes)];
  for (const { provider, value } of votes) {
    if (provider === undefined) continue;
    const own = causes.find((cause) => cause.provider === provider);
    if (own === undefined) {
      if (outcome === 'approved' && isOverruled([value])) {
        wrong.push(`approved although ${provider} voted ${value}`);
      }
    } else if (!isSaid(own, [value])) {
      wrong.push(
        `${provider} is said to have voted ${own.value} (${own.code}), and voted ${value}`,
      );
    }
  }
  return wrong;
}
