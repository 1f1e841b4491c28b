/** Why a protocol ended as it did: a vote that was given, or a default vote in its place. */
export interface OutcomeCause {
  readonly code: string;
  readonly value: string;
  /** Whose vote it was; without it, a rule of the group. */
  readonly provider?: string | undefined;
}

export type Outcome = 'approved' | 'rejected';

/** What cannot be right about these causes, whatever the votes were. */
export function causeProblems(
  outcome: Outcome,
  causes: readonly OutcomeCause[],
): readonly string[] {
  const wrong: string[] = [];
  const named = causes.flatMap(({ provider }) => provider ?? []);
  if (new Set(named).size < named.length) wrong.push('one provider is named twice');
  if (outcome === 'rejected' && causes.length === 0) wrong.push('rejected for no reason');
  const wanted = outcome === 'approved' ? 'approve' : 'reject';
  for (const { code, value } of causes) {
    if (value !== wanted) wrong.push(`${outcome} because of a vote to ${value}`);
    // Nobody needs to be told that votes to approve have led to approval.
    if (outcome === 'approved' && code === 'voted') {
      wrong.push('approved because of a vote that was given');
    }
  }
  return wrong;
}

/** Whether the provider that a cause names has said that; `said` is all that it may have voted. */
export function isSaid({ code, value }: OutcomeCause, said: readonly string[]): boolean {
  if (code === 'voted') return said.includes(value);
  return code !== 'default-vote' || said.includes('default');
}

/** Whether approval overrules somebody who has voted, and whom no cause names. */
export function isOverruled(said: readonly string[]): boolean {
  return said.length > 0 && !said.includes('approve');
}
