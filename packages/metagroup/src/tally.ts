/** What the streams of one daemon count together. */
export class StreamTally {
  /** Messages that this daemon, as a leader, has sent again. */
  sentAgain = 0;
  /** Messages that came although they were here. */
  receivedAgain = 0;
}
