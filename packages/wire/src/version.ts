/**
 * Which bytes two programs may say to each other.
 *
 * The *version* is that of the format: who does not speak it reads nothing. Its *minor* counts what was
 * added since, in a way that whoever does not know it can do without; each addition is a *feature* with a
 * name, and is used on a link only if both ends have named it. So programs of different releases meet in
 * every upgrade, and nobody is sent what it cannot read. None of this has to do with package versions.
 */

/** What everybody says first of all: whoever says something else has dialled the wrong port. */
export const MAGIC = 'group-services';

/** The versions that this release speaks. */
export const WIRE_VERSION = { min: 1, max: 1 } as const;

/** What was added to the newest version, and the minor with which it came. */
export const FEATURES = {
  /** Proposals, and what is told of their protocols, may name a trace. */
  trace: 1,
  /** A daemon says that it lives when another one wants the name of its node. */
  'name-held': 1,
  /** The daemons of the domain can be watched. */
  nodes: 1,
  /** A renewal says what is held as a digest, and names it when the name server asks. */
  'renew-digest': 1,
} as const;

export type Feature = keyof typeof FEATURES;
export type Features = ReadonlySet<Feature>;

const KNOWN = Object.keys(FEATURES) as readonly Feature[];

/** The minor of the newest version. */
export const WIRE_MINOR: number = Math.max(0, ...Object.values(FEATURES));

/** What one side says that it speaks; without a minor it is 0, as all said before there were any. */
export interface WireVersions {
  readonly min: number;
  readonly max: number;
  /** Of `max`; of a version below it a program knows everything that was added. */
  readonly minor?: number | undefined;
}

/** What a HELLO says of it. */
export interface WireOffer {
  readonly wire: { min: number; max: number; minor?: number | undefined };
  readonly features: Feature[];
}

/** What is spoken on one link; a WELCOME says it. */
export interface AgreedWire {
  readonly wire: number;
  readonly minor: number;
  readonly features: Features;
}

/** What a program offers that speaks nothing newer than this minor. */
export function wireOffer(minor: number = WIRE_MINOR): WireOffer {
  const features = KNOWN.filter((feature) => FEATURES[feature] <= minor);
  return { wire: { ...WIRE_VERSION, ...(minor > 0 && { minor }) }, features };
}

/** The highest version and minor that both sides speak, and the features that both name. */
export function agreeOnWire(ours: Offered, theirs: Offered): AgreedWire | undefined {
  const wire = commonWireVersion(ours.wire, theirs.wire);
  if (wire === undefined) return undefined;
  const minor = Math.min(minorAt(ours.wire, wire), minorAt(theirs.wire, wire));
  const isNamed = (it: Feature) => ours.features.includes(it) && theirs.features.includes(it);
  const features = KNOWN.filter((it) => FEATURES[it] <= minor && isNamed(it));
  return { wire, minor, features: new Set(features) };
}

/** The dialling side reads what was agreed out of a WELCOME; undefined: a version that it does not speak. */
export function wireOfWelcome(ours: Offered, welcome: Welcomed): AgreedWire | undefined {
  const { wire, minor, features } = welcome;
  return agreeOnWire(ours, { wire: { min: wire, max: wire, minor }, features });
}

/** The fields of a WELCOME that say what was agreed. */
export function welcomeWire({ wire, minor, features }: AgreedWire): {
  wire: number;
  minor?: number;
  features: Feature[];
} {
  return { wire, ...(minor > 0 && { minor }), features: [...features] };
}

/** The highest version that both sides speak; undefined when there is none. */
function commonWireVersion(a: WireVersions, b: WireVersions): number | undefined {
  const highest = Math.min(a.max, b.max);
  return highest >= Math.max(a.min, b.min) ? highest : undefined;
}

/** Why two programs cannot speak with each other, and which of them is the older one. */
export function noCommonWire(ours: Speaker, theirs: Speaker): string {
  const older = ours.wire.max < theirs.wire.max ? ours : theirs;
  return (
    `no common wire version: ${ours.who} speaks ${rangeOf(ours.wire)}, ` +
    `${theirs.who} ${rangeOf(theirs.wire)}; upgrade ${older.who}, which is the older one`
  );
}

/** Who speaks what, for {@link noCommonWire}. */
export interface Speaker {
  /** Such as `this daemon`. */
  readonly who: string;
  readonly wire: WireVersions;
}

/** What a HELLO says that was read. */
export interface Offered {
  readonly wire: WireVersions;
  readonly features: readonly string[];
}

interface Welcomed {
  readonly wire: number;
  readonly minor?: number | undefined;
  readonly features: readonly string[];
}

function minorAt({ max, minor = 0 }: WireVersions, version: number): number {
  return version === max ? minor : Number.MAX_SAFE_INTEGER;
}

function rangeOf({ min, max, minor = 0 }: WireVersions): string {
  const newest = `${max}.${minor}`;
  return min === max ? newest : `${min} to ${newest}`;
}
