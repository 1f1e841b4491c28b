import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, so that no worker begins one of them when the others are done. */
const LONG: readonly RegExp[] = [
  /simulation\/test\/seeds/,
  /simulation\/test\/mutations\/(seeds|members|lives)/,
  /simulation\/test\/known-seeds/,
  /simulation\/test\/month/,
  /tidy\/test\/checks-fire/,
  /daemon-engine\/test\/client-bounds/,
  /local-domain\/test/,
  /examples\/(checkpoint|work-pool)\/test/,
  /ctl\/test\/gsctl/,
  /daemon\/test\/(daemon-failure|name-server|datagrams)/,
  /testbed\/test\/(tcp|udp|multicast)/,
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
