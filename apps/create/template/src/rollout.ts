import { type Rollout, rollout } from '@group-services/recipes';
import { startDomain } from '@group-services/testing';

interface Release {
  readonly version: number;
}

// A value comes into force at all members or at none: each prepares, and votes; each commits, and votes.
const domain = await startDomain({ daemons: 3 });
const members: Rollout<Release>[] = [];
for (const node of domain.nodes) {
  const say = (text: string) => console.log(`  ${node}: ${text}`);
  const member = await rollout<Release>(await domain.connect(node), 'release', {
    prepare: ({ version }) => {
      if (node === 'n3' && version > 1) throw new Error(`no room for version ${version}`);
      say(`version ${version} is prepared`);
    },
    commit: ({ version }) => say(`version ${version} is in force`),
    abort: ({ version }) => say(`version ${version} is taken back`),
  });
  members.push(member);
}

for (const version of [1, 2]) {
  console.log(`version ${version} is proposed`);
  const result = await members[0]?.propose({ version });
  const vetoes = result?.vetoes.map(({ provider, reason }) => `: ${provider} says "${reason}"`);
  console.log(`version ${version} is ${result?.outcome}${vetoes?.join('') ?? ''}`);
}
await domain.stop();
