/**
 * What may change without a new version of the wire format (docs/WIRE.md, Changing the format), decided on
 * descriptions of an older and a newer release.
 *
 * Whoever speaks the older one reads what the newer one writes, and the other way round. So nothing that
 * was there may go, be called otherwise, hold something else, or begin or cease to be left out; and what is
 * new can be left out, and belongs to a feature that came with a later minor.
 */
export function incompatibilities(
  older: string,
  newer: string,
  /** New places, and all below them, that are accounted for. */
  announced: readonly string[],
): string[] {
  const before = placesOf(older);
  const after = placesOf(newer);
  const problems: string[] = [];
  for (const [place, holds] of before) {
    const now = after.get(place);
    if (now === undefined) problems.push(isLeftOut(place, after));
    else {
      const lost = [...holds].filter((it) => !now.has(it));
      if (lost.length > 0) problems.push(`${place} held ${lost.join(', ')} before`);
    }
  }
  for (const [place, holds] of after) {
    const had = before.get(place);
    const added = [...holds].filter((it) => had?.has(it) !== true);
    if (added.length === 0 || (had === undefined && before.has(other(place)))) continue;
    const isBelow = (it: string): boolean => place === it || /^[.[/|=]/u.test(rest(place, it));
    if (!announced.some(isBelow)) {
      problems.push(`${place} (${added.join(', ')}) is new and belongs to no feature`);
    } else if (had === undefined && !isOptional(place, before)) {
      problems.push(`${place} is new and may not be left out`);
    }
  }
  return problems;
}

function placesOf(description: string): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  for (const line of description.trimEnd().split('\n')) {
    const [place = '', ...holds] = line.split(' = ');
    places.set(place, (places.get(place) ?? new Set()).add(holds.join(' = ')));
  }
  return places;
}

function isLeftOut(place: string, after: ReadonlyMap<string, unknown>): string {
  if (!after.has(other(place))) return `${place} was there before`;
  return place.endsWith('?')
    ? `${place} could be left out before`
    : `${place} could not be left out before`;
}

/** The same place, if it could be left out and may not be any more, or the other way round. */
function other(place: string): string {
  return place.endsWith('?') ? place.slice(0, -1) : `${place}?`;
}

/** New as a whole, or in what was there: then old readers must be able to do without. */
function isOptional(place: string, before: ReadonlyMap<string, unknown>): boolean {
  const field = place.lastIndexOf('.');
  const parent = place.slice(0, field);
  return place.endsWith('?') || field < 0 || !before.has(parent);
}

function rest(place: string, announced: string): string {
  return place.startsWith(announced) ? place.slice(announced.length) : ' ';
}
