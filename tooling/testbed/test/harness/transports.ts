/** How the programs of a domain reach each other. */
export interface TransportUnderTest {
  readonly name: string;
  /** What a daemon or name server at this address of the testbed listens at. */
  readonly nameServer: (address: string) => string;
  readonly daemon: (address: string) => string;
  /** A network that this transport shall bear: frames are lost, doubled and overtaken. */
  readonly bad: { readonly loss: number; readonly duplicate: number; readonly reorder: number };
}

/** Inside their namespaces the ports belong to nobody else. */
const NAME_SERVER_PORT = 7400;
const DAEMON_PORT = 7401;

/** A kernel's TCP waits 200 ms and more before it repeats a frame, so more loss is a cut link to it. */
export const tcp: TransportUnderTest = {
  name: 'tcp',
  nameServer: (address) => `tcp://${address}:${NAME_SERVER_PORT}`,
  daemon: (address) => `tcp://${address}:${DAEMON_PORT}`,
  bad: { loss: 5, duplicate: 10, reorder: 20 },
};
