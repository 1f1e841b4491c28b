import { connect } from '@group-services/client';
import { replicated } from '@group-services/recipes';

interface Stock {
  readonly [article: string]: number;
}
const services = await connect();
const stock = await replicated(services, 'stock', {
  initial: {} as Stock,
  reduce: (state, { article, by }: { article: string; by: number }): Stock => {
    const left = (state[article] ?? 0) + by;
    if (left < 0) throw new RangeError(`not enough ${article}`);
    return { ...state, [article]: left };
  },
});
stock.subscribe((state, action) => console.log(action.article, 'is now', state[action.article]));
await stock.dispatch({ article: 'screws', by: 10 });
await stock.dispatch({ article: 'screws', by: -11 }).catch((error: Error) => {
  console.log(error.message);
});
await services.close();
