import type { Rng } from '@group-services/core';
import { PIECE_BYTES } from '@group-services/wire';
import { drawLasting } from '../faults/lasting-fault.js';
import { withDrains } from '../profile/drain-profile.js';
import { drawLengths } from '../profile/lengths.js';
import { drawLoad, loaded } from '../profile/load-profile.js';
import { withNameServerAlone } from '../profile/name-server-profile.js';
import type {
  FaultProfile,
  LimitsProfile,
  NetworkProfile,
  PaceProfile,
  Profile,
  Timing,
  WorkloadProfile,
} from '../profile/profile.js';
import { drawReleases } from '../profile/releases.js';
import { withSeconds } from '../profile/second-profile.js';
import { drawVoting, votingAllowance } from '../profile/voting-profile.js';

const NARROW_QUEUE = 100;
/** Less than a flood brings. */
const FLOOD_BYTES = 64 * 1024;
/** Frames to processes are longer than what is placed: the messages of a simulation are short. */
const BUFFER_PER_UNSTABLE = 4;
const WIDE_SHARE = 0.03;
const LONG_SHARE = 0.01;
/** In so many seeds a pause is the sleep of a machine. */
const SLEEP_SHARE = 0.3;
/** In so many, leases are renewed by digest; in the others, holdings are named. */
const DIGEST_SHARE = 0.5;

/** In so many a process of each node watches which daemons there are. */
const WATCHED_SHARE = 0.25;
/** In so many seeds processes take back much of what they ask for. */
const WITHDRAWS_SHARE = 0.1;
const DEPENDENT_SHARE = 0.35;

type Scale = Profile['scale'];
type DrawnWorkload = Omit<WorkloadProfile, 'bundleMax' | 'labelled' | 'withdraws'>;
type DrawnLimits = Omit<LimitsProfile, 'busyGroupsMax' | 'pieceBytes'>;

/** Drawn after all the rest, so that what was added moves nothing else. */
type DrawnLater =
  | 'limits'
  | 'voting'
  | 'lasting'
  | 'sleeps'
  | 'names'
  | 'pace'
  | 'workload'
  | 'load'
  | 'drains'
  | 'seconds'
  | 'nameServerAlone'
  | 'releases'
  | 'watched'
  | 'byDigest'
  | 'dependent';

/** @param variants Draws the protocol's variants, so that the rest of a seed does not depend on them. */
export function drawProfile(rng: Rng, variants: Rng): Profile {
  const scale = drawScale(rng);
  const timing = drawTiming(rng, scale);
  const { suspectAfterMs } = timing;
  const limits = drawLimits(rng, scale);
  const network = drawNetwork(rng, suspectAfterMs);
  const daemons = drawDaemons(rng, scale);
  const groups = drawGroups(rng, scale);
  const clients = scale === 'wide' ? 1 : rng.between(1, 3);
  const faultRates = drawFaults(rng, scale, suspectAfterMs);
  const calls = drawWorkload(rng, { scale, timing, limits });
  const drawn: Omit<Profile, DrawnLater> = {
    scale,
    daemons,
    groups,
    clients,
    timing,
    network,
    faults: faultRates,
    store: rng.pick(['memory', 'file']),
    isolation: rng.chance(0.7) ? 'continue' : 'suspend',
    leaderRecovery: variants.pick(['announced', 'silent', 'name-server']),
    quiesce: variants.pick(['anticipate', 'anticipate', 'sync', 'ack-required', 'convert']),
    ...drawLengths(rng, variants, { scale, timing, network }),
  };
  const voting = drawVoting(variants.fork(), scale);
  const processes = daemons * clients;
  const allowance = votingAllowance(voting, { processes, timing, network });
  const lasting = drawLasting(variants.fork(), scale);
  const sleeps = variants.fork().chance(SLEEP_SHARE);
  const livenessMs = drawn.livenessMs + allowance;
  // What was added later is drawn last.
  const storeChange = drawStoreChange(variants.fork(), drawn);
  const busyGroupsMax = variants.fork().pick([1, 3, 128, 128]);
  const pieceBytes = variants.fork().pick([1, 1_000, PIECE_BYTES]);
  const names = drawNames(variants, { ...drawn, lasting });
  const pace = drawPace(variants.fork(), scale, timing);
  const bundleMax = variants.fork().pick([1, 1, 1, 2, 8, 256]);
  const lateAnswers = drawLateAnswers(variants.fork(), drawn);
  const faults = { ...drawn.faults, storeChange, lateAnswers };
  const allLimits = { ...roomForBursts(limits, pace), busyGroupsMax, pieceBytes };
  const workload = { ...calls, bundleMax, labelled: false, withdraws: 'last' as const };
  const whole = { ...drawn, faults, voting, lasting, sleeps, names, pace, workload, livenessMs };
  const absent = { load: undefined, drains: undefined, seconds: undefined, releases: undefined };
  const off = { watched: false, byDigest: false, nameServerAlone: false, dependent: false };
  const nothing = { ...absent, ...off };
  const profile = { ...whole, limits: allLimits, ...nothing };
  const load = drawLoad(variants.fork(), scale, timing);
  const last = withDrains(variants.fork(), load === undefined ? profile : loaded(profile, load));
  const labelled = variants.fork().chance(0.3);
  const calm = load !== undefined || lasting !== undefined || last.drains?.alone === true;
  const releases = drawReleases(variants.fork(), { calm });
  const all = { ...last, workload: { ...last.workload, labelled }, releases };
  const doubled = withSeconds(variants.fork(), all);
  const watched = variants.fork().chance(WATCHED_SHARE) && scale === 'usual';
  const byDigest = variants.fork().chance(DIGEST_SHARE);
  const withdraws = variants.fork().chance(WITHDRAWS_SHARE)
    ? ('often' as const)
    : ('last' as const);
  const calling = { ...doubled.workload, withdraws };
  const busy = { ...doubled, watched, byDigest, workload: calling };
  const alone = withNameServerAlone(variants.fork(), busy);
  return withSources(variants.fork(), alone, calm);
}

/** In some seeds with two or three groups each depends on the one before. */
function withSources(rng: Rng, drawn: Profile, calm: boolean): Profile {
  const isCalm = calm || drawn.nameServerAlone || drawn.seconds?.alone === true;
  const isApt = drawn.scale === 'usual' && !isCalm && drawn.groups > 1 && drawn.groups <= 3;
  return { ...drawn, dependent: isApt && rng.chance(DEPENDENT_SHARE) };
}

/** Comes late, so that it moves nothing else. */
function drawNames(
  variants: Rng,
  { scale, isolation, lasting }: Pick<Profile, 'scale' | 'isolation' | 'lasting'>,
): Profile['names'] {
  const choice = variants.next();
  if (scale !== 'usual' || isolation !== 'continue' || lasting !== undefined) return 'kept';
  if (choice < 0.1) return 'ephemeral';
  return choice < 0.2 ? 'forgotten' : 'kept';
}

function drawPace(rng: Rng, scale: Scale, { suspectAfterMs }: Timing): PaceProfile {
  const slow = scale !== 'wide' && rng.chance(0.3);
  return {
    markBytes: rng.pick([1024, 4096, 64 * 1024]),
    stoppedAfterMs: suspectAfterMs,
    slowAfterMs: 10 * suspectAfterMs,
    slowReader: slow ? suspectAfterMs * rng.pick([2, 5, 10]) : undefined,
  };
}

/** What the configuration of a daemon asks for; what is drawn stays, where it is more. */
function roomForBursts(limits: DrawnLimits, { markBytes }: PaceProfile): DrawnLimits {
  const { clientBufferBytes, maxUnstableBytes } = limits;
  const least = markBytes + BUFFER_PER_UNSTABLE * maxUnstableBytes;
  return clientBufferBytes >= least ? limits : { ...limits, clientBufferBytes: least };
}

function drawScale(rng: Rng): Scale {
  const choice = rng.next();
  if (choice < WIDE_SHARE) return 'wide';
  return choice < WIDE_SHARE + LONG_SHARE ? 'long' : 'usual';
}

/** Heartbeats grow with the square of the daemons: the widest domains are rare. */
function drawDaemons(rng: Rng, scale: Scale): number {
  if (scale === 'wide') return rng.chance(0.9) ? rng.between(8, 14) : rng.between(15, 40);
  if (scale === 'long') return rng.between(2, 4);
  return rng.pick([1, 2, 3, 3, 3, 4, 4, 5, 6, 7]);
}

function drawGroups(rng: Rng, scale: Scale): number {
  if (scale === 'wide') return rng.between(1, 2);
  return rng.chance(0.95) ? rng.between(1, 3) : rng.between(4, 20);
}

function drawTiming(rng: Rng, scale: Scale): Timing {
  const suspectAfterMs = scale === 'usual' ? rng.pick([200, 500, 1000]) : 1000;
  const heartbeats = scale === 'usual' ? rng.between(3, 5) : 3;
  return {
    suspectAfterMs,
    heartbeatMs: Math.floor(suspectAfterMs / heartbeats),
    leaseMs: suspectAfterMs * (scale === 'wide' ? 1 : rng.between(1, 4)),
    idleSyncMs: rng.pick([10, 50, 100]),
    slowMemberTimeoutMs: suspectAfterMs * rng.between(2, 6),
    leaveTimeoutMs: suspectAfterMs * rng.between(2, 4),
    lingerMs: rng.pick([0, suspectAfterMs, 4 * suspectAfterMs]),
    clockDrift: rng.pick([0, 0.0005]),
  };
}

function drawNetwork(rng: Rng, suspectAfterMs: number): NetworkProfile {
  const meanMax = suspectAfterMs / 20;
  // Delays that come near to the failure timeout are a fault of their own: a twentieth of the seeds.
  const distant = suspectAfterMs >= 1000 && rng.chance(0.05);
  const slow = rng.chance(0.1);
  return {
    delayMinMs: rng.chance(0.5) ? 0 : rng.between(0, distant ? 30 : Math.floor(meanMax / 2)),
    delayMeanMs: rng.between(1, distant ? 100 : Math.floor(meanMax)),
    tailChance: rng.chance(0.4) ? 0 : rng.pick([0.002, 0.01, 0.03, 0.1]),
    tailMs: suspectAfterMs * rng.between(1, 10),
    loss: rng.chance(0.4) ? 0 : rng.pick([0.01, 0.05, 0.1, 0.3]),
    duplication: rng.chance(0.5) ? 0 : rng.pick([0.02, 0.1, 0.5]),
    reordering: rng.pick([1, 1, 0, 0.1, 0.5]),
    answerDuplication: rng.chance(0.5) ? 0 : rng.pick([0.05, 0.3]),
    slowShare: slow ? rng.pick([0.2, 0.5, 1]) : 0,
    // 1 kB/s to 100 MB/s, evenly by order of magnitude.
    slowBytesPerMs: slow ? rng.pick([1, 10, 100, 1_000, 10_000, 100_000]) : 0,
  };
}

function drawFaults(rng: Rng, scale: Scale, suspectAfterMs: number): FaultProfile {
  const rest = (scale === 'long' ? 60 : 8) * suspectAfterMs;
  const rate = (onChance: number): number | undefined =>
    rng.chance(onChance) ? rest * rng.pick([0.2, 0.5, 1.3]) : undefined;
  return {
    daemonCrash: rate(0.6),
    daemonStop: rate(0.3),
    pause: rate(0.4),
    partition: rate(0.5),
    linkReset: rate(0.4),
    halfOpen: rate(0.2),
    stall: rate(0.2),
    nameServerCrash: rate(0.4),
    nameServerLink: rate(0.4),
    nameServerPause: rate(0.2),
    outdatedRecovery: rate(0.15),
    clientKill: rate(0.5),
    clientDeaf: rate(0.2),
    clockJump: rate(0.15),
    storeChange: undefined,
    lateAnswers: undefined,
    targeted: rng.chance(0.5) ? 0 : rng.pick([0.02, 0.1, 0.3]),
    oneWayLinks: rng.chance(0.1) ? rng.between(1, 3) : 0,
    everythingStops: rng.chance(0.02),
    partitionMaxMs: scale === 'long' ? 600_000 : 15 * suspectAfterMs,
    pauseMaxMs: scale === 'long' ? 90_000 : 8 * suspectAfterMs,
    outageMaxMs: scale === 'long' ? 120_000 : 10 * suspectAfterMs,
    stallMaxMs: scale === 'long' ? 60_000 : 10 * suspectAfterMs,
  };
}

/** In a fifth of the domains that keep the table in a file; where something may be lost, now and again. */
function drawStoreChange(
  rng: Rng,
  { store, scale, timing }: Pick<Profile, 'store' | 'scale' | 'timing'>,
): number | undefined {
  if (store !== 'file' || !rng.chance(0.2)) return undefined;
  return (scale === 'long' ? 60 : 8) * timing.suspectAfterMs * rng.pick([0.5, 1.3]);
}

/** Where daemons count on their lease; in a third of these domains. */
function drawLateAnswers(
  rng: Rng,
  { isolation, scale, timing }: Pick<Profile, 'isolation' | 'scale' | 'timing'>,
): number | undefined {
  if (isolation !== 'suspend' || scale === 'long' || !rng.chance(0.3)) return undefined;
  return timing.leaseMs * rng.pick([4, 10]);
}

function drawWorkload(
  rng: Rng,
  drawn: { readonly scale: Scale; readonly timing: Timing; readonly limits: DrawnLimits },
): DrawnWorkload {
  const { suspectAfterMs } = drawn.timing;
  // What waits behind a queue of a few would still wait when the liveness phase is over.
  const { proposalQueue, maxUnstableMessages, maxUnstableBytes } = drawn.limits;
  const narrow = proposalQueue < NARROW_QUEUE;
  // Where little may be unstable a flood is what flow control is for.
  const tight = maxUnstableMessages < NARROW_QUEUE || maxUnstableBytes < FLOOD_BYTES;
  const floods = !narrow && drawn.scale === 'usual' && rng.chance(tight ? 0.4 : 0.02);
  const quiet = drawn.scale === 'usual' ? 1 : drawn.scale === 'wide' ? 3 : 10;
  const burstMax = narrow ? 2 : rng.pick([1, 1, 5, 20]);
  // Long bursts in quick succession cost ten seeds each and reach nothing that a flood does not.
  const paces = burstMax > 5 ? [0.4, 0.4, 1] : [0.15, 0.4, 0.4, 1];
  return {
    thinkMs: suspectAfterMs * quiet * (narrow ? 1 : rng.pick(paces)),
    handlesMax: drawn.scale === 'wide' ? rng.between(1, 2) : rng.between(1, 4),
    burstMax,
    payloadMax: rng.pick([64, 256, 2000]),
    safeChance: rng.pick([0, 0.3, 1]),
    endChance: rng.pick([0.02, 0.1, 0.3]),
    subscribeChance: rng.pick([0, 0.3, 0.3, 0.6]),
    floodChance: floods ? 0.02 : 0,
    namedInstances: rng.chance(0.3),
    attributes: rng.chance(0.3),
  };
}

/** Snapshots of many members in pieces of a few bytes take longer than any bound of a wide domain. */
function drawLimits(rng: Rng, scale: Scale): DrawnLimits {
  return {
    ackWindow: rng.pick([1, 5, 16, 64]),
    maxUnstableBytes: rng.chance(0.2) ? 4096 : 1024 * 1024,
    maxUnstableMessages: rng.chance(0.1) ? rng.between(1, 16) : 1024,
    snapshotChunkBytes: rng.chance(0.2) && scale !== 'wide' ? 64 : 64 * 1024,
    proposalQueue: rng.chance(0.1) ? rng.between(1, 16) : 1000,
    clientBufferBytes: rng.chance(0.1) ? 16 * 1024 : 1024 * 1024,
  };
}
