/** What the transport over UDP has met since it was made; for operators and tests. */
export interface UdpCounters {
  datagramsSent: number;
  datagramsReceived: number;
  /** Not ours, cut short, or contradicting themselves. */
  malformed: number;
  /** For an association or multicast stream that does not exist, or from another sender. */
  foreign: number;
  /** Frames that were dropped because too much was waiting to be read or put together. */
  overflowed: number;
  /** Frames given up for lack of fragments. */
  incomplete: number;
  fragmentsResent: number;
  /** Attempts to open an association beyond the limits. */
  openingsRefused: number;
}

export function newCounters(): UdpCounters {
  return {
    datagramsSent: 0,
    datagramsReceived: 0,
    malformed: 0,
    foreign: 0,
    overflowed: 0,
    incomplete: 0,
    fragmentsResent: 0,
    openingsRefused: 0,
  };
}
