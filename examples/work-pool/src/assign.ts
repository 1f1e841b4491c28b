/**
 * Spreads partitions evenly over the members, moving as few as possible: owners that are still there
 * keep theirs up to their share, and the rest goes to who has least, the oldest first.
 */
export function assign(
  partitions: number,
  members: readonly string[],
  before: readonly string[],
): string[] {
  const least = Math.floor(partitions / members.length);
  /** So many members have one more than the others. */
  let withOneMore = partitions % members.length;
  const counts = new Map(members.map((member) => [member, 0]));
  const owners = Array.from({ length: partitions }, (_, partition) => {
    const owner = before[partition];
    const count = owner === undefined ? undefined : counts.get(owner);
    if (owner === undefined || count === undefined) return undefined;
    if (count > least || (count === least && withOneMore === 0)) return undefined;
    if (count === least) withOneMore -= 1;
    counts.set(owner, count + 1);
    return owner;
  });
  return owners.map((owner) => owner ?? takeLeast(counts));
}

function takeLeast(counts: Map<string, number>): string {
  const [first = ['', 0] as const, ...others] = counts;
  const [member, count] = others.reduce(
    (least, each) => (each[1] < least[1] ? each : least),
    first,
  );
  counts.set(member, count + 1);
  return member;
}
