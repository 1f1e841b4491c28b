/** Two 32-bit halves mixed over the text (after cyrb53), as a number above 0 and below 1. */
function unitHash(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  const bits = (low >>> 0) * 2 ** 20 + (high >>> 12);
  return (bits + 1) / (2 ** 52 + 2);
}

/** The weight stands in the instance, so that everybody knows it: `<node>/w2-…`. */
export function markOf(weight: number): string {
  return `w${weight}`;
}

function weightOf(id: string): number {
  const weight = Number(/\/w([^-]+)-/.exec(id)?.[1]);
  return weight > 0 && Number.isFinite(weight) ? weight : 1;
}

/**
 * Weighted rendezvous hashing: each key goes to the member with the highest score for it. A member that
 * comes takes keys and moves no others; the keys of one that goes are spread over the rest. Everybody comes
 * to the same result from the same list.
 */
export function shareOf(
  id: string,
  members: readonly string[],
  keys: readonly string[],
): readonly string[] {
  if (!members.includes(id)) return [];
  const weighted = members.map((member) => ({ member, weight: weightOf(member) }));
  return keys.filter((key) => {
    let owner = '';
    let best = Number.NEGATIVE_INFINITY;
    for (const { member, weight } of weighted) {
      const score = -weight / Math.log(unitHash(`${key}\n${member}`));
      if (score > best || (score === best && member < owner)) {
        best = score;
        owner = member;
      }
    }
    return owner === id;
  });
}
