import { connect } from '@group-services/client';
import { rollout } from '@group-services/recipes';

const services = await connect();
const limits = await rollout<{ connections: number }>(services, 'limits', {
  prepare: ({ connections }) => {
    if (connections > 1_000) throw new Error('more than this host can take');
  },
  commit: ({ connections }) => console.log('in force:', connections),
  abort: ({ connections }) => console.log('taken back:', connections),
});
await limits.propose({ connections: 500 });
const { outcome, vetoes } = await limits.propose({ connections: 5_000 });
console.log(outcome, vetoes[0]?.reason);
await services.close();
