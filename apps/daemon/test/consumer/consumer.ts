// What a user of the packed SDK may write. It is compiled outside the repository, with every strict
// option and nothing of ours but the package, and run against a real domain.
import {
  approve,
  type Ballot,
  connect,
  defineGroup,
  type GroupServicesError,
  keepVoting,
  type ProviderEvent,
  type StandardSchema,
} from '@group-services/client';

interface Config {
  readonly colour: string;
}

const config: StandardSchema<Config> = {
  '~standard': {
    version: 1,
    vendor: 'consumer',
    validate: (value) =>
      typeof value === 'object' && value !== null && 'colour' in value
        ? { value }
        : { issues: [{ message: 'no colour' }] },
  },
};

const rollout = defineGroup({
  name: process.argv[3] ?? 'rollout',
  state: config,
  message: config,
  attributes: { defaultVote: 'reject' },
});

type RolloutBallot = Parameters<NonNullable<Parameters<typeof join>[0]>>[0];

async function join(vote: (ballot: Ballot<NonNullable<(typeof rollout)['~types']>>) => 'approve') {
  return await services.join(rollout, { vote });
}

const services = await connect({ endpoint: process.argv[2] });
const colours: string[] = [];
const first = await join((ballot: RolloutBallot) => {
  colours.push(ballot.proposedStateValue?.colour ?? 'none');
  return 'approve';
});
const second = await services.join(rollout, {
  vote: ({ phase }) =>
    phase === 1
      ? keepVoting({ stateValue: { colour: 'blue' } })
      : approve({ message: { colour: 'hint' } }),
});
const events: ProviderEvent['type'][] = [];
second.on('state', (event) => events.push(event.type));
const result = await first.changeState({ colour: 'red' }, { phases: 'voting' });
let code: GroupServicesError['code'] | undefined;
try {
  await first.changeState({ colour: 'green' }, { ifState: null });
} catch (error) {
  // Codes are the contract; the class is one of the package's.
  code = (error as GroupServicesError).code;
}
const { outcome, phases, stateValue, messages } = result;
const hints = messages.map(({ message }) => message.colour);
const { node } = process.versions;
const report = { node, outcome, phases, colour: stateValue?.colour, hints, colours, code };
process.stdout.write(`${JSON.stringify(report)}\n`);
await services.close();
