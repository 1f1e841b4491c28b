/** A list of providers as one process has it. */
export interface List {
  readonly version: number;
  readonly fence: string;
  readonly providers: readonly string[];
}

/** What a process is told of a change of its list. */
export interface ListChange {
  readonly version: number;
  readonly joined: readonly string[];
  readonly left: readonly { readonly provider: string }[];
}

/**
 * What is wrong about the step from one list to the next: only those leave who are in it, whoever joins
 * stands behind the others, versions count one by one and fences grow.
 */
export function listProblems(
  before: List,
  after: List | undefined,
  { version, joined, left }: ListChange,
): readonly string[] {
  const gone = new Set(left.map(({ provider }) => provider));
  if (after === undefined) {
    const change = `joined [${joined.join(' ')}], left [${[...gone].join(' ')}]`;
    return [`version ${version} cannot follow version ${before.version} with ${change}`];
  }
  const wrong: string[] = [];
  const expected = [...before.providers.filter((id) => !gone.has(id)), ...joined].join(' ');
  const actual = after.providers.join(' ');
  if (actual !== expected) wrong.push(`list [${actual}] where [${expected}] has to follow`);
  for (const id of gone) if (!before.providers.includes(id)) wrong.push(`${id} left unseen`);
  if (after.version !== before.version + 1) {
    wrong.push(`version ${after.version} after ${before.version}`);
  }
  if (after.fence <= before.fence) wrong.push(`fence ${after.fence} after ${before.fence}`);
  return wrong;
}
