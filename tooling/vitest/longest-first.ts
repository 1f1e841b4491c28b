import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, so that no worker begins one of them when the others are done. */
const LONG: readonly RegExp[] = [
  /simulation\/test\/seeds/,
  /simulation\/test\/known-seeds/,
  /simulation\/test\/mutations\/seeds/,
  /metagroup\/test\/random/,
  /tidy\/test\/checks-fire/,
  /simulation\/test\/mutations\/(members|lives|library)/,
  /process-group\/test\/voted-leader-killed/,
  /daemon-engine\/test\/(registration|client-bounds)/,
  /fuzz\/test/,
  /daemon\/test\/packed-client/,
  /testbed\/test\/(tcp|udp|multicast)/,
  /console-check\/test/,
  /daemon\/test\/(daemon-failure|name-server|ordering)/,
  /local-domain\/test/,
  /examples\/checkpoint\/test/,
  /ctl\/test\/(gsctl|gone-nodes)/,
  /daemon\/test\/(datagrams|daemon-stands-still|attacks)/,
  /examples\/(work-pool|crew|rollout)\/test/,
];

/** Begins with what takes longest, also in a clone, where no earlier run has left its times. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((pattern) => pattern.test(moduleId));
  return place === -1 ? LONG.length : place;
}
